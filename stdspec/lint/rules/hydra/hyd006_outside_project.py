"""HYD006: a file outside the project is drawn into a config."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD006",
    summary="A file outside the project is drawn into a config",
    why=(
        "Nobody who reviews the project sees what such a file says, and it may differ on the next machine. No"
        " line of it is shown, for it may hold what does not belong into a log. Copy it into the config "
        "folder."
    ),
    found_by=(
        "stdspec.compose.policy:_outside",
        "stdspec.compose.policy:_outside_search_path",
        "stdspec.compose.policy:leads_outside",
    ),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
hydra: {searchpath: ['file://conf/more']}
seed: 3
"""
            }
        ),
        FormCase(
            {"conf/config.yaml": "defaults: [data: mine]\n", "conf/data/yours.yaml": "x: 1\n"},
            links={"conf/data/mine.yaml": "yours.yaml"},
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
hydra: {searchpath: ['file:///srv/configs']}
"""
            },
            "conf/config.yaml:2:22",
            "the search path file:///srv/configs lies outside the project; copy its files into the config folder",
        ),
        FormCase(
            {"conf/config.yaml": "seed: 3\n"},
            "conf/data/mine.yaml:1:1",
            "this leads to a file outside the project; put a copy in its place",
            links={"conf/data/mine.yaml": "/etc/passwd"},
        ),
    ),
)
