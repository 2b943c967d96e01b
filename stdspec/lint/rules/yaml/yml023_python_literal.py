"""YML023: a word or a tuple of Python is read as text."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML023",
    summary="A word or a tuple of Python is read as text",
    why=(
        "YAML knows null and lists. `None` is a text of four letters, and `(0.9, 0.999)` one of twelve; code "
        "that takes them for what they look like fails late or not at all. Quote them where text is meant."
    ),
    found_by=("stdspec.source.hygiene:_value",),
    severity=Severity.INFO,
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
limit: null
betas: [0.9, 0.999]
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
limit: 'None'
note: None of these
call: f(1, 2)
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "limit: None\n"},
            "conf/config.yaml:1:8",
            "None is read as text; write null, or quote it",
        ),
        FormCase(
            {"conf/config.yaml": "betas: (0.9, 0.999)\n"},
            "conf/config.yaml:1:8",
            "(0.9, 0.999) is read as text; write [0.9, 0.999], or quote it",
        ),
    ),
    fixable="unsafe",
)
