"""YML020: a character that nobody sees stands in a key or a value."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML020",
    summary="A character that nobody sees stands in a key or a value",
    why=(
        "Characters without width come along when text is pasted, and those that turn the direction of "
        "writing can make a line look like another. A comparison sees them; a reviewer does not."
    ),
    found_by=("stdspec.source.hygiene:_invisible",),
    severity=Severity.WARNING,
    good=(
        FormCase({"conf/config.yaml": "note: Länge in mm\n"}),
        FormCase({"conf/config.yaml": "# pasted \u200b here\nseed: 3\n"}),
        FormCase({"conf/config.yaml": "note: '\U0001f468\u200d\U0001f52c in the laboratory'\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "seed\u200b: 3\n"},
            "conf/config.yaml:1:1",
            "the key holds a character that nobody sees, U+200B zero width space; remove it",
        ),
        FormCase(
            {"conf/config.yaml": "learning\xa0rate: 0.1\n"},
            "conf/config.yaml:1:1",
            "the key holds a character that nobody sees, U+00A0 no-break space; remove it",
        ),
        FormCase(
            {"conf/config.yaml": "user: admin\u202e\n"},
            "conf/config.yaml:1:7",
            "the value holds a character that nobody sees, U+202E right-to-left override; remove it",
        ),
    ),
    fixable="unsafe",
)
