"""YML021: a number or a text was pasted with typographic characters."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML021",
    summary="A number or a text was pasted with typographic characters",
    why=(
        "Word processors write a minus, quotes and wide digits that YAML does not know: the whole becomes "
        "text, quotes included."
    ),
    found_by=("stdspec.source.hygiene:_value",),
    severity=Severity.WARNING,
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
offset: -1.5
name: adam
"""
            }
        ),
        FormCase({"conf/config.yaml": "offset: '\u22121.5'\nnote: \u201cadam\u201d is the default\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "offset: \u22121.5\n"},
            "conf/config.yaml:1:9",
            "−1.5 is read as text; write -1.5, or quote it",
        ),
        FormCase(
            {"conf/config.yaml": "name: “adam”\n"},
            "conf/config.yaml:1:7",
            '“adam” is read as text; write "adam", or quote it',
        ),
        FormCase(
            {"conf/config.yaml": "steps: [\uff11\uff10, 20]\n"},
            "conf/config.yaml:1:9",
            "１０ is read as text; write 10, or quote it",
        ),
    ),
    fixable="unsafe",
)
