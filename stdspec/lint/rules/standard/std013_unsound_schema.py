"""STD013: a JSON Schema fragment of a clause would accept more than it seems to."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD013",
    summary="A schema in a clause would accept more than it seems to",
    why=(
        "JSON Schema ignores a keyword that it does not know, and one that has nothing to do with the type; "
        "without a type it accepts every other type, and a reference leads out of the standard. A clause "
        "would pass what its author meant to refuse. Write the type at every level, and known keywords alone."
    ),
    found_by=("stdspec.standard.document:_fragments",),
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
    schema: {spec.data.license: {type: string, minLength: 1}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
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
    schema: {spec.data.license: {anyOf: [{type: string, pattern: '[A-Z]'}, {enum: [MIT]}]}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
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
    schema: {spec.data.license: {minLength: 1}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:10:14",
            "the schema has no type, so it would accept any value of another type; add type",
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
    schema: {spec.data.license: {type: string, minLenght: 1}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:10:48",
            "there is no keyword 'minLenght'; did you mean 'minLength'?",
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
    schema: {spec.data.license: {type: string, maximum: 3}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:10:48",
            "'maximum' says nothing about a value of type string; change the type",
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
    schema: {spec.data.license: {$ref: 'https://example.org/license.json'}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:10:34",
            "a schema in a clause stands for itself, and '$ref' leads elsewhere; write out what is meant",
        ),
    ),
)
