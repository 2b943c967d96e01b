"""YML009: a value is read as something else than it looks like."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML009",
    summary="A value is read as something else than it looks like",
    why=(
        "`012` is 10, `12:30:45` is 45045 and `no` is false in YAML 1.1, which Hydra reads; YAML 1.2, which "
        "most editors follow, says otherwise. Quote it when it is text, or write out what it is read as. A number "
        "with underscores is read as it was meant, and is an info."
    ),
    found_by=("stdspec.source.reader:_Reading.document",),
    severity=Severity.WARNING,
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
code: '012'
start: '12:30:45'
debug: false
"""
            }
        ),
        FormCase({"conf/config.yaml": "answers: ['no', 'yes', 1000]\n"}),
    ),
    bad=(
        FormCase(
            {"conf/config.yaml": "code: 012\n"},
            "conf/config.yaml:1:7",
            "012 is read as 10 (octal) here and as another value by YAML 1.2 editors; quote it, or write 10",
        ),
        FormCase(
            {"conf/config.yaml": "start: 12:30:45\n"},
            "conf/config.yaml:1:8",
            "12:30:45 is read as 45045 (base 60) here and as text by YAML 1.2 editors; quote it, or write 45045",
        ),
        FormCase(
            {"conf/config.yaml": "debug: off\n"},
            "conf/config.yaml:1:8",
            "off is read as false here and as text by YAML 1.2 editors; write false, or quote it",
        ),
        FormCase(
            {"conf/config.yaml": "rows: 55_000\n"},
            "conf/config.yaml:1:7",
            "55_000 is read as 55000 here and as text by YAML 1.2 editors; write 55000",
        ),
    ),
    fixable="safe",
)
