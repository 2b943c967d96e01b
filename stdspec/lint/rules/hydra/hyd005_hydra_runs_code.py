"""HYD005: a key of `hydra:` through which code is run."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD005",
    summary="A key of `hydra:` is set through which code is run",
    why=(
        "Hydra configures logging, callbacks, launchers and sweepers by names of classes, which it calls when the "
        "program starts. A spec is data: it may not bring code in by this way, and neither may an override. The "
        "launchers basic and joblib and the sweepers basic and optuna are known, and may be chosen and set up."
    ),
    found_by=(
        "stdspec.compose.policy:_runs_code",
        "stdspec.compose.searchpath:unseen",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
hydra: {run: {dir: outputs}}
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
hydra: {job: {name: digits}}
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
hydra: {job_logging: {version: 1}}
"""
            },
            "conf/config.yaml:2:9",
            "hydra.job_logging can have code run and is not taken from a file; remove it",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
hydra: {callbacks: {log: {_target_: acme.Log}}}
"""
            },
            "conf/config.yaml:2:9",
            "hydra.callbacks can have code run and is not taken from a file; remove it",
        ),
    ),
)
