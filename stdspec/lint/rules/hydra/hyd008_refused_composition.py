"""HYD008: hydra would refuse the composition."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD008",
    summary="Hydra would refuse the composition",
    why=(
        "An option, a group, a key or an override does not fit, so that nothing is composed and nothing more "
        "can be checked. The remedy names what is nearest."
    ),
    found_by=("stdspec.lint.engine:_entry", "stdspec.sweep.gate:_refusal"),
    good=(
        FormCase({"conf/config.yaml": "defaults: [data: mine]\n", "conf/data/mine.yaml": "x: 1\n"}),
        FormCase({"conf/config.yaml": "defaults: [optional data: mine]\n", "conf/data/yours.yaml": "x: 1\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n",
                "conf/experiment/wide.yaml": "# @package _global_\ndefaults: [override model: cnn]\n",
            },
            "conf/experiment/wide.yaml:2:12",
            (
                "there is no choice of experiment/model to override; write /model, for a group without / is looked for"
                " below that of the file"
            ),
        ),
        FormCase(
            {"conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mpl, _self_]\n"},
            "conf/config.yaml:1:47",
            "the group model has no option 'mpl'; did you mean 'mlp'? the options are cnn, mlp, onnx",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
description: '${name'
"""
            },
            "conf/config.yaml:2:14",
            (
                "description holds no valid interpolation: a '}' is missing at its end; close the braces, or write "
                "\\${ for a plain ${"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
seed: 3
""",
                "conf/experiment/wide.yaml": """\
# @package _global_
defaults: [override /data: digts]
""",
            },
            "conf/experiment/wide.yaml:2:28",
            (
                "the group data has no option 'digts'; did you mean 'digits'? the options are breast_cancer, cifar10,"
                " csv, diabetes, digits, idx"
            ),
        ),
    ),
    fixable="unsafe",
)
