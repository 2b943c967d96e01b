"""STD012: a derived standard replaces a clause that it inherits, or tightens one that is not there."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD012",
    summary="A derived standard replaces a clause that it inherits, or tightens one that is not there",
    why=(
        "A derived standard may add clauses and tighten them by new ones, so that whoever asks for the parent"
        " gets at least what it says. Give the clause an id of its own and say `tightens`."
    ),
    found_by=("stdspec.standard.load:_clashes",),
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [stdspec/base@1, acme/parts@1]
""",
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [stdspec/base@1]
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [stdspec/base@1, acme/parts@1]
""",
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [stdspec/base@1]
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    tightens: DAT002
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [stdspec/base@1, acme/parts@1]
""",
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [stdspec/base@1]
clauses:
  DAT002:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:7:3",
            (
                "the clause DAT002 stands already in stdspec/base@1; give yours an id of its own and say tightens: "
                "DAT002"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [stdspec/base@1, acme/parts@1]
""",
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [stdspec/base@1]
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    tightens: DAT200
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:7:3",
            "there is no clause DAT200 to tighten; did you mean DAT002?",
        ),
    ),
)
