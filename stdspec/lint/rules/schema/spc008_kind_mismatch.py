"""SPC008: a kind was written by hand over another option's values."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC008",
    summary="A kind was written by hand over another option's values",
    why=(
        "Hydra merges: the keys of the option that was chosen before stay and stand beside those of the new "
        "kind. Choose the option in the defaults list instead: `override /training/optimizer: sgd`."
    ),
    found_by=(
        "stdspec.validate.kinds:_finding",
        "stdspec.validate.kinds:_over_option",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults:
- stdspec/base
- data: digits
- model: mlp
- override /training/optimizer: sgd
- _self_
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training: {optimizer: {lr: 0.01}}
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training: {optimizer: {kind: sgd, momentum: 0.9}}
"""
            },
            "conf/config.yaml:2:30",
            (
                "kind 'sgd' is written over the values of kind 'adamw'; choose the option instead: override "
                "/training/optimizer: sgd"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
data: {source: {kind: csv, path: a.csv}}
"""
            },
            "conf/config.yaml:2:23",
            "kind 'csv' is written over the values of kind 'sklearn'; choose the option instead: data: csv",
        ),
    ),
)
