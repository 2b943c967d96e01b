"""STD010: a spec names a standard that does not exist or is at fault itself."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD010",
    summary="A spec names a standard that does not exist or is at fault itself",
    why=(
        "A spec that is judged by nothing would be found in order. Standards are looked for in `standards/` "
        "beside the settings and among those that ship."
    ),
    found_by=("stdspec.lint.judged:standards",),
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
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: shall
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
""",
            },
            "conf/config.yaml:2:29",
            (
                "the standard acme/parts@1 is at fault in 1 place: 'level' is 'shall' and must be one of must, should"
                " or may; see `stdspec lint standards/parts.yaml`"
            ),
        ),
    ),
)
