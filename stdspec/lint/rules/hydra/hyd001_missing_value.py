"""HYD001: a value is missing (???)."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD001",
    summary="A value is missing (???)",
    why=(
        "`???` says that somebody has to fill the value in before the config is used. Write it in the config "
        "or give it on the command line. A config of another language than ours may be waiting for the "
        "command line: there it is only noted."
    ),
    found_by=("stdspec.compose.located:_left_open", "stdspec.compose.resolve:HYD_MISSING"),
    good=(
        FormCase({"conf/config.yaml": "seed: 3\n"}),
        FormCase({"conf/config.yaml": "seed: '???x'\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
evaluation: {metrics: {accuracy: {at_least: '???'}}}
"""
            },
            "conf/config.yaml:2:45",
            "a value is missing ('???'); write it here, in what selects this file, or on the command line",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
data: {source: {path: a.csv}}
"""
            },
            "conf/config.yaml:2:1",
            "data.target.column is missing, which data: csv leaves open; write it in the spec or on the command line",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
data:
  path: ???
"""
            },
            "conf/config.yaml:2:9",
            "a value is missing ('???'); write it here, in what selects this file, or on the command line",
        ),
    ),
)
