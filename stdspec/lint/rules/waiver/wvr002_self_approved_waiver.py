"""WVR002: who asks for a waiver approves it."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR002",
    summary="Who asks for a waiver approves it",
    why=(
        "A waiver is the word of somebody who did not want it. One that its owner approves is not in force; "
        "capitals and spaces around a name make no other person."
    ),
    found_by=("stdspec.standard.waivers:_faults",),
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
    owner: anna
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            today="2026-11-23",
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
    approver: ana
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:6:15",
            "ana approves a waiver of their own; have somebody else approve it",
            today="2026-11-23",
        ),
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: 'Ana '
    approver: ANA
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:6:15",
            "ANA approves a waiver of their own; have somebody else approve it",
            today="2026-11-23",
        ),
    ),
)
