"""WVR003: a day of a waiver or an approval cannot be right."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR003",
    summary="A day of a waiver or an approval does not exist, or cannot be right",
    why=(
        "A waiver holds from the day on which it is granted to the one on which it expires, both in UTC and "
        "both inclusive, and for at most 180 days. One with another day is not in force, and neither is an "
        "approval that is still to come."
    ),
    found_by=(
        "stdspec.standard.papers:_coded",
        "stdspec.standard.waivers:_faults",
        "stdspec.standard.approvals:_faults",
    ),
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
    granted: 2026-11-23
    expires: 2027-05-22
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
    granted: 2028-01-05
    expires: 2028-02-29
""",
            },
            today="2028-02-01",
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
    expires: '2027-02-29'
""",
            },
            "waivers.yaml:9:14",
            "'expires' is 2027-02-29, and that month has the days 01 to 28; write a day that exists",
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
    expires: 2027-05-01
""",
            },
            "waivers.yaml:9:14",
            "the waiver is to last 181 days, and 180 are the most; write 2027-04-30 or earlier",
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
    granted: 2026-11-24
    expires: 2027-02-01
""",
            },
            "waivers.yaml:8:14",
            "the waiver is granted on 2026-11-24, which is to come; write the day",
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
    expires: 2026-10-31
""",
            },
            "waivers.yaml:9:14",
            "the waiver ends before it is granted, on 2026-11-01; write a later day",
            today="2026-11-23",
        ),
        FormCase(
            {
                "approvals.yaml": """\
approvals:
  - spec: digits
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    approver: head-of-quality
    date: 2026-12-01
""",
            },
            "approvals.yaml:5:11",
            "the approval is given on 2026-12-01, which is to come; write the day",
            today="2026-11-23",
        ),
    ),
)
