"""STD009: a clause names a built-in check that does not exist."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD009",
    summary="A clause names a built-in check that does not exist",
    why=(
        "`rule` names a check by its code; `stdspec rules` lists them. Only those about the eight domains can be named."
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
    rule: DAT003
    remedy: Write data.license.
    tests: {pass: [{spec.deployment.serving: {auth: bearer}}], fail: [{spec.deployment.serving: {auth: none}}]}
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
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
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
    rule: DEP999
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:10:11",
            "there is no rule DEP999; `stdspec explain` lists the rules",
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
    rule: YML003
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:10:11",
            "there is no rule YML003; `stdspec explain` lists the rules",
        ),
    ),
)
