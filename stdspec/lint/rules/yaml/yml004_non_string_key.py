"""YML004: a key is a number, a truth value or nothing."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML004",
    summary="A key is a number, a truth value or nothing",
    why=(
        "Keys are words. YAML 1.1 reads on, off, yes and no as truth values, so that the key `on` is true and"
        " no reader finds it by its name. Quote it."
    ),
    found_by=(
        "stdspec.compose.policy:_of_value",
        "stdspec.source.reader:_Reading._key",
    ),
    good=(
        FormCase({"conf/config.yaml": "'on': push\n"}),
        FormCase({"conf/config.yaml": "steps: {'10': 0.1, ten: 0.2}\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
on: push
"""
            },
            "conf/config.yaml:2:1",
            "key on is a boolean; quote it",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training:
  loggers: {10: {kind: csv}}
"""
            },
            "conf/config.yaml:3:13",
            "key 10 is a number; quote it",
        ),
        FormCase({"conf/config.yaml": "rate: {~: 1}\n"}, "conf/config.yaml:1:8", "key ~ is null; quote it"),
    ),
    fixable="safe",
)
