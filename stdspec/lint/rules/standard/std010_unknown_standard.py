"""STD010: a spec or a standard names a standard that does not exist, or standards extend each other in a circle."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD010",
    summary="A spec or a standard names a standard that does not exist",
    why=(
        "A spec that is judged by nothing would be found in order. Standards are looked for in `standards/` "
        "beside the settings and among those that ship. Standards that extend each other in a circle do not "
        "exist either; a standard that is at fault says so itself."
    ),
    found_by=("stdspec.lint.judged:_refused", "stdspec.standard.load:_unfound"),
    good=(
        FormCase({"conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n"}),
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
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [stdspec/bases@1]
"""
            },
            "conf/config.yaml:2:13",
            "there is no standard stdspec/bases@1; did you mean stdspec/base@1?",
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
extends: [stdspec/basis@1]
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "standards/parts.yaml:5:11",
            "there is no standard stdspec/basis@1; did you mean stdspec/base@1?",
        ),
    ),
    fixable="unsafe",
)
