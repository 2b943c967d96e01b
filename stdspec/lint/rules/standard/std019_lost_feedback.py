"""STD019: feedback on a clause that is not there."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FILE = "standards/feedback.yaml"
ENTRY = (
    'feedback:\n  - {{"date": "2026-11-24", "standard": "{standard}", "version": "1.0.0", "clause": "{clause}", '
    '"kind": "unclear", "says": "Is a contract a licence?"}}\n'
)


def _case(standard: str, clause: str, place: str = "", message: str = "") -> FormCase:
    return FormCase({FILE: ENTRY.format(standard=standard, clause=clause)}, place, message)


FORM = Form(
    code="STD019",
    summary="Feedback is on a clause that is not there",
    why=(
        "Feedback is shown beside its clause, so nobody reads what is said of a clause that was renamed or taken out, "
        "or of a standard that is not at hand. Name what took its place, or take the entry out where it is mended."
    ),
    found_by=("stdspec.standard.feedback:lost",),
    severity=Severity.WARNING,
    good=(_case("stdspec/base@1", "DAT002"), _case("stdspec/healthcare-imaging@1", "DAT002")),
    bad=(
        _case(
            "stdspec/base@1",
            "DAT0002",
            f"{FILE}:2:5",
            "stdspec/base@1 has no clause DAT0002; did you mean DAT002?",
        ),
        _case(
            "stdspec/bsae@1",
            "DAT002",
            f"{FILE}:2:5",
            "there is no standard stdspec/bsae@1 here; did you mean stdspec/base@1?",
        ),
    ),
)
