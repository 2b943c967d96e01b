"""STD017: a standard is not what the lock of the repository says of it."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

CONFIG = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
standards: [acme/house@1]
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
    code="STD017",
    summary="A standard is not what the lock of the repository says of it",
    why=(
        "Verdicts of two days compare only when both were found by the same clauses. Once `stdspec standard "
        "lock` has written standards.lock, a standard that says something else under the same version is an "
        "error, and another version or a standard that is not locked is a warning. Comments and layout may "
        "change."
    ),
    found_by=("stdspec.standard.lock:findings",),
    good=(
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
            },
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards.lock": """\
acme/house@1: {"version": "1.0.0", "digest": "sha256:c0161a5d02e8fb6e16bf682bd5bca6e872d44e9951c7ba27402599a9af6591df"}
""",
            },
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards.lock": """\
acme/house@1: {"version": 1.0.0, "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}
""",
            },
            "standards.lock:1:1",
            (
                "acme/house@1 says something else than when 1.0.0 was locked; give it a new version, then "
                "`stdspec standard lock`"
            ),
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards.lock": """\
acme/house@1: {"version": "1.1.0", "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}
""",
            },
            "standards.lock:1:1",
            "acme/house@1 is locked at 1.1.0, and is 1.0.0; look at what changed, then `stdspec standard lock`",
        ),
        FormCase(
            {
                "conf/config.yaml": CONFIG,
                "standards/house.yaml": HOUSE,
                "standards.lock": """\
stdspec/base@1: {"version": 1.0.0, "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}
""",
            },
            "standards.lock:1:1",
            "acme/house@1 is not in standards.lock; write it there by `stdspec standard lock`",
        ),
    ),
)
