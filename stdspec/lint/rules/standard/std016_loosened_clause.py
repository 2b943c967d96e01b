"""STD016: a derived standard asks less than one that it extends."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

CONFIG = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [acme/parts@1]
"""
HOUSE = """\
standard: acme/house
version: 1.0.0
owner: {name: Quality}
goal: What holds in every house
clauses:
  HOUSE-01:
    says: {en: The licence is stated}
    level: must
    from: research
    require: {spec.data.license: {exists: true}}
    house: Nobody may use what has none.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""

FORM = Form(
    code="STD016",
    summary="A derived standard asks less than one that it extends",
    why=(
        "Whoever asks for a standard may rely on every clause of those it extends: a lower level, a later "
        "stage, fewer specs or a dropped clause would take that away in silence. It needs a waiver for the "
        "derived standard, with an end and somebody who approves it."
    ),
    found_by=("stdspec.standard.derive:faults", "stdspec.standard.derive:_loosened"),
    good=(
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [acme/house@1]
clauses:
  HOUSE-01:
    says: {en: The licence is an open one}
    level: must
    from: research
    require: {spec.data.license: {one_of: [MIT]}}
    house: Our products are open.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [acme/house@1]
clauses:
  ACME-01:
    says: {en: The licence is an open one}
    level: must
    from: release
    tightens: HOUSE-01
    require: {spec.data.license: {one_of: [MIT]}}
    house: Our products are open.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [acme/house@1]
clauses:
  HOUSE-01:
    says: {en: The licence is an open one}
    level: should
    from: research
    require: {spec.data.license: {one_of: [MIT]}}
    house: Our products are open.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:9:12",
            (
                "the clause HOUSE-01 is a should, and HOUSE-01 is a must in acme/house@1; keep it, or have a "
                "waiver of HOUSE-01 granted for the standard acme/parts@1"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [acme/house@1]
clauses:
  HOUSE-01:
    says: {en: The licence is an open one}
    level: must
    from: release
    require: {spec.data.license: {one_of: [MIT]}}
    house: Our products are open.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:10:11",
            (
                "the clause HOUSE-01 holds from stage release, and from research in acme/house@1; keep it, or "
                "have a waiver of HOUSE-01 granted for the standard acme/parts@1"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [acme/house@1]
clauses:
  HOUSE-01:
    says: {en: The licence is an open one}
    level: must
    from: research
    when: {spec.data.modality: {is: image}}
    require: {spec.data.license: {one_of: [MIT]}}
    house: Our products are open.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:11:11",
            (
                "the clause HOUSE-01 applies to fewer specs than in acme/house@1; keep it, or have a waiver of "
                "HOUSE-01 granted for the standard acme/parts@1"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
extends: [acme/house@1]
drops: [HOUSE-01]
clauses:
  ACME-01:
    says: {en: The licence is an open one}
    level: must
    from: research
    require: {spec.data.license: {one_of: [MIT]}}
    house: Our products are open.
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:6:9",
            (
                "the clause HOUSE-01 of acme/house@1 is dropped; keep it, or have a waiver of HOUSE-01 granted "
                "for the standard acme/parts@1"
            ),
        ),
    ),
)
