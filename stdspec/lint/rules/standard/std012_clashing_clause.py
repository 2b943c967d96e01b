"""STD012: a derived standard inherits two clauses of one id, or tightens or drops one that is not there."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD012",
    summary="A derived standard inherits two clauses of one id, or tightens or drops one that is not there",
    why=(
        "An id means one clause. Where two standards that are extended give one id to two clauses, or reach one "
        "standard in two versions, extend one of them; a clause of your own that tightens another has an id of its "
        "own and says `tightens`, or says that clause anew under its id."
    ),
    found_by=(
        "stdspec.standard.derive:joined",
        "stdspec.standard.derive:faults",
        "stdspec.standard.derive:_absent",
        "stdspec.standard.load:_taken",
    ),
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
    level: must
    from: research
    require: {spec.data.license: {exists: true}}
    house: What has no licence cannot be shipped.
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
                "standards/base.yaml": """\
standard: stdspec/base
version: 1.0.0
owner: {name: Quality}
goal: A base that asks for nothing
clauses:
  OWN-DAT-01:
    says: {en: The licence is stated}
    level: may
    from: release
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/base.yaml:1:11",
            (
                "stdspec/base: names that begin with stdspec/ are those of the standards that ship; give it the name "
                "of who keeps it"
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
  DAT002:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    tightens: DAT003
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:7:3",
            ("the clause DAT002 stands already in stdspec/base@1; give yours an id of its own"),
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
            "standards/parts.yaml:12:15",
            "there is no clause DAT200 to tighten; did you mean DAT002?",
        ),
    ),
    fixable="unsafe",
)
