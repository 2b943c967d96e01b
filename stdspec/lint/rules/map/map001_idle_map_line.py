"""MAP001: a line of the map reads what no experiment has."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

_SEED = 'conf = "conf"\n[map]\nseed = "{}"\n'

FORM = Form(
    code="MAP001",
    summary="A line of the map reads what no experiment has",
    why=(
        "The line gives every experiment nothing, so that each of them seems to leave out what it may say under "
        "another key. Correct the key. Where no experiment says it, leave the line out, or give what is known of all "
        "of them as `{value = …}`. It is said only when all experiments are linted together."
    ),
    found_by=("stdspec.lint.mapped:_idle",),
    good=(
        FormCase({"stdspec.toml": _SEED.format("trainer.seed"), "conf/config.yaml": "trainer:\n  seed: 1\n"}),
        FormCase({"stdspec.toml": _SEED.format("seed"), "conf/config.yaml": "stdspec: '1'\n"}),
    ),
    bad=(
        FormCase(
            {"stdspec.toml": _SEED.format("trainer.sed"), "conf/config.yaml": "trainer:\n  seed: 1\n"},
            "stdspec.toml:3:1",
            "no experiment has trainer.sed, from which the map reads seed; correct it, or leave the line out",
        ),
        FormCase(
            {
                "stdspec.toml": 'conf = "conf"\n[map.training]\noptimizer.lr = "model.lr"\n',
                "conf/config.yaml": "model: mlp\n",
            },
            "stdspec.toml:3:1",
            "no experiment has model.lr, from which the map reads training.optimizer.lr; correct it, or leave the line "
            "out",
        ),
    ),
    severity=Severity.WARNING,
)
