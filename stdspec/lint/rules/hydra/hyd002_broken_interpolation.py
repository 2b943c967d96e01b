"""HYD002: an interpolation names nothing."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD002",
    summary="An interpolation names nothing",
    why=(
        "`${a.b}` stands for the value at a.b, from the top of the composition; one dot at its front begins "
        "beside it. What it names has to exist when all is composed."
    ),
    found_by=(
        "stdspec.compose.options:Options.fill_in",
        "stdspec.compose.resolve:Resolver._piece",
        "stdspec.compose.resolve:_broken",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
seed: 3
data: {seed: '${seed}'}
"""
            }
        ),
        FormCase({"conf/config.yaml": "data: {seed: 3, again: '${.seed}'}\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
evaluation: {interval: {level: '${levl}'}}
"""
            },
            "conf/config.yaml:2:32",
            "${levl} names nothing: there is no 'levl' at the top; correct the name or add the value",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
description: '${nam} on ${data.modality}'
"""
            },
            "conf/config.yaml:2:14",
            "${nam} names nothing: there is no 'nam' at the top; did you mean 'name'?",
        ),
        FormCase(
            {"conf/config.yaml": "a: {b: '${.c}'}\n"},
            "conf/config.yaml:1:8",
            "${.c} names nothing: there is no 'c' in a; correct the name or add the value",
        ),
    ),
    fixable="unsafe",
)
