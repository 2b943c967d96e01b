"""STD015: a clause asks for nothing."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD015",
    summary="A clause asks for nothing",
    why=(
        "A clause without `require` and without `rule` would always pass, and look in the report as if "
        "something had been checked."
    ),
    found_by=("stdspec.standard.document:_clause_faults",),
    good=(
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            }
        ),
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The checkpoint is chosen on the validation rows}
    level: should
    from: research
    rule: TRN004
    remedy: Monitor a value of the validation rows.
    tests:
      pass: [{spec.training.checkpoint: {monitor: validation/loss, mode: min}}]
      fail: [{spec.training.checkpoint: {monitor: test/loss, mode: min}}]
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:6:3",
            "the clause asks for nothing; add require or rule",
        ),
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    when: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:6:3",
            "the clause asks for nothing; add require or rule",
        ),
    ),
)
