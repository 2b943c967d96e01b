"""SPC006: a key is missing without which the rest means nothing."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="SPC006",
    summary="A key is missing without which the rest means nothing",
    why=(
        "Such a key is part of what its neighbours say: a layer without a width, an alert without a "
        "statistic. What a standard asks for beyond that is said by its clauses."
    ),
    found_by=(
        "stdspec.validate.check:_missing_values",
        "stdspec.validate.translate:_missing_key",
    ),
    good=(
        FormCase({"conf/deployment/mine.yaml": "serving: {replicas: {min: 1, max: 2}}\n"}),
        FormCase({"conf/training/mine.yaml": "optimizer: {kind: sgd, lr: 0.1}\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
deployment: {serving: {protocol: oip-v2, auth: bearer, replicas: {min: 1}}}
"""
            },
            "conf/config.yaml:2:56",
            "'replicas' lacks 'max'; add it: the greatest number of replicas",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
evaluation: {slices: {old: {above: 65}}}
"""
            },
            "conf/config.yaml:2:23",
            "'old' lacks 'column'; add it: the column that is compared",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
evaluation: {metrics: {acuracy: {at_least: 0.9}}}
"""
            },
            "conf/config.yaml:2:24",
            "'acuracy' names no kind; did you mean 'accuracy'?",
        ),
    ),
    fixable="unsafe",
)
