"""YML018: two merge keys stand in one mapping."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="YML018",
    summary="Two merge keys stand in one mapping",
    why=(
        "`<<` is a key like others and may stand once. Hydra takes both and lets the second win; stricter "
        "readers refuse the file. In a list, the first wins: `<<: [*mine, *base]`."
    ),
    found_by=("stdspec.source.hygiene:_keys",),
    severity=Severity.WARNING,
    good=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &a {lr: 1}
b: &b {lr: 2}
c:
  <<: [*b, *a]
"""
            }
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a: &a {lr: 1}
b: {<<: *a}
c: {<<: *a}
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": """\
a: &a {lr: 1}
b: &b {lr: 2}
c:
  <<: *a
  <<: *b
"""
            },
            "conf/config.yaml:5:3",
            "'<<' stands twice in one mapping, which YAML forbids; write one list, the winner first: <<: [*b, *a]",
        ),
        FormCase(
            {
                "conf/config.yaml": """\
a: &a {lr: 1}
c: {<<: *a, seed: 3, <<: *a}
"""
            },
            "conf/config.yaml:2:22",
            "'<<' stands twice in one mapping, which YAML forbids; write one list, the winner first: <<: [*b, *a]",
        ),
    ),
)
