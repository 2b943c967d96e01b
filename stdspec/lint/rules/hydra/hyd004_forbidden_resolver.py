"""HYD004: a spec calls a resolver."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD004",
    summary="A spec calls a resolver",
    why=(
        "A resolver is a function that may read the machine on which the spec is composed, so that one text "
        "gives two specs. Only `${oc.env:NAME}` is taken, for the variables that `allow-env` of the project's"
        " settings names, and it is filled in where it is used."
    ),
    found_by=(
        "stdspec.compose.composer:_computed",
        "stdspec.compose.resolve:Resolver._call",
        "stdspec.compose.resolve:Resolver.all",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
seed: 3
training: {epochs: 5}
"""
            }
        ),
        FormCase({"conf/config.yaml": "path: ${oc.env:HOME}\n"}),
        FormCase(
            {
                "stdspec.toml": 'allow-env = ["DATA"]\n',
                "conf/data/mine.yaml": "source: {kind: csv, path: '${oc.env:DATA}/a.csv'}\n",
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
name: ${oc.env:USER}
"""
            },
            "conf/config.yaml:2:7",
            "the environment variable USER is not allowed; add it to allow-env in the project's settings",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
description: ${hydra:runtime.cwd}
"""
            },
            "conf/config.yaml:2:14",
            "the resolver 'hydra' is not allowed in a spec; write the value",
        ),
    ),
)
