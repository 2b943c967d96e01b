"""WVR004: the last day of a waiver has passed."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR004",
    summary="The last day of a waiver has passed",
    why=(
        "The clause is asked again from the day after. Meet it and take the waiver out, or have it granted "
        "anew: with a new day, and by whoever approves it now."
    ),
    found_by=("stdspec.standard.waivers:_notes",),
    severity=Severity.WARNING,
    good=(
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            today="2026-11-23",
        ),
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            today="2027-02-01",
        ),
    ),
    bad=(
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:9:14",
            "the waiver of DAT005 ended on 2027-02-01; meet the clause, or have it granted anew",
            today="2027-02-02",
        ),
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2026-11-22
""",
            },
            "waivers.yaml:9:14",
            "the waiver of DAT005 ended on 2026-11-22; meet the clause, or have it granted anew",
            today="2026-11-23",
        ),
    ),
)
