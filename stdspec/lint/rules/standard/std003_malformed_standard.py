"""STD003: a part of a standard is missing or has the wrong form."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD003",
    summary="A part of a standard is missing or has the wrong form",
    why=(
        "Without its parts a standard cannot be judged by, so that it is refused whole: a version of three "
        "numbers, a level of must, should or may, a stage from which a clause holds."
    ),
    found_by=("stdspec.standard.document:_as_standard",),
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
    says: {en: The licence is stated}
    level: may
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
    level: shall
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:8:12",
            "'level' is 'shall' and must be one of must, should or may",
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
    level: shold
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:8:12",
            "'level' is 'shold'; did you mean 'should'?",
        ),
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: '1.0'
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
            },
            "standards/parts.yaml:2:10",
            "'version' is '1.0' and must be the version, three numbers; a new must makes a new major version",
        ),
    ),
    fixable="unsafe",
)
