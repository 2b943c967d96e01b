"""HYD014: a config names something that cannot be seen here."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="HYD014",
    summary="A config names something that cannot be seen here",
    why=(
        "It comes from a plugin or a package that is not installed, from code that registers it, or is left "
        "open for the command line. Whether it composes is not known without it; so nothing is said, and this"
        " is a note that nothing was."
    ),
    found_by=(
        "stdspec.compose.searchpath:unseen",
        "stdspec.lint.plain:judged",
    ),
    severity=Severity.INFO,
    good=(
        FormCase({"conf/config.yaml": "defaults: [data: mine]\n", "conf/data/mine.yaml": "x: 1\n"}),
        FormCase(
            {
                "conf/config.yaml": """\
hydra: {searchpath: ['pkg://hydra.conf']}
seed: 3
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults:
- data: ???
""",
                "conf/data/mine.yaml": "x: 1\n",
            },
            "conf/config.yaml:2:3",
            (
                "not checked: the option of data is left open ('???') for the command line; choose one to have it "
                "checked"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": """\
hydra: {searchpath: ['pkg://acme_configs']}
seed: 3
"""
            },
            "conf/config.yaml:1:22",
            (
                "the package of pkg://acme_configs is not found, so its configs are not seen; install it, or name its"
                " folder in packages of the project's settings"
            ),
        ),
    ),
)
