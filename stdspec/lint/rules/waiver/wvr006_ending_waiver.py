"""WVR006: a waiver ends within 30 days."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR006",
    summary="A waiver ends within 30 days",
    why=(
        "The clause is asked again on the day after its last one, and a run that passed will fail. There is "
        "still time to meet it, or to have the waiver granted anew."
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
    expires: 2026-12-24
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
            today="2027-02-02",
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
    expires: 2026-12-23
""",
            },
            "waivers.yaml:9:14",
            "the waiver of DAT005 ends in 30 days; meet the clause, or have it granted anew",
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
            "waivers.yaml:9:14",
            "the waiver of DAT005 ends today; meet the clause, or have it granted anew",
            today="2027-02-01",
        ),
    ),
)
