"""STD020: a clause rests on a document that no longer holds."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

_STANDARD = """\
standard: acme/credit
version: 1.0.0
owner: {{name: Model Risk, approver: head-of-model-risk}}
goal: Models that somebody else has checked
clauses:
  ACME-01:
    says: {{en: The licence is stated}}
    level: should
    from: research
    require: {{spec.data.license: {{exists: true}}}}
    cites:
      - {{ref: "{ref}", relation: supports, status: title-only}}
    remedy: Write data.license.
    tests: {{pass: [{{spec.data.license: MIT}}], fail: [{{}}]}}
"""


def _case(ref: str, message: str = "") -> FormCase:
    return FormCase({"standards/credit.yaml": _STANDARD.format(ref=ref)}, "standards/credit.yaml:12:15", message)


FORM = Form(
    code="STD020",
    summary="A clause rests on a document that no longer holds",
    why=(
        "A reader who looks a withdrawn document up finds that it was withdrawn, and doubts the clause. The clause "
        "still judges; its owner is asked to read what took the document's place. Known are the documents in "
        "`stdspec/standard/references.py`."
    ),
    found_by=("stdspec.standard.document:_outdated",),
    severity=Severity.WARNING,
    good=(
        FormCase({"standards/credit.yaml": _STANDARD.format(ref="SR 26-2")}),
        FormCase({"standards/credit.yaml": _STANDARD.format(ref="PCI DSS 4.0.1, requirement 3.5.1")}),
    ),
    bad=(
        _case(
            "SR 11-7, section V",
            "SR 11-7 no longer holds since 2026-04-17; look at SR 26-2, which took its place, and cite that",
        ),
        _case(
            "PCI DSS v4.0, 3.5.1",
            "PCI DSS 4.0 no longer holds since 2024-12-31; look at PCI DSS 4.0.1, which took its place, and cite that",
        ),
        _case(
            "Executive Order 14110",
            "Executive Order 14110 was withdrawn on 2025-01-20; cite what still holds, or say in house why it is asked",
        ),
    ),
)
