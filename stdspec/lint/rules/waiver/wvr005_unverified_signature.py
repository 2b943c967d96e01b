"""WVR005: a waiver or an approval is not signed as the project asks."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR005",
    summary="A waiver or an approval is not signed as the project asks",
    why=(
        "Where the settings name allowed signers, a waiver and an approval count only with a signature of the "
        "approver under what they say, made by `ssh-keygen -Y sign -n stdspec` and verified by OpenSSH. "
        "Without OpenSSH nothing can be verified, and none is in force."
    ),
    found_by=("stdspec.standard.waivers:_faults", "stdspec.standard.approvals:_faults"),
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
                "approvals.yaml": """\
approvals:
  - spec: digits
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    approver: head-of-quality
    date: 2026-11-20
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
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
                "stdspec.toml": 'allowed-signers = "signers"\n',
            },
            "waivers.yaml:2:5",
            "it is not signed, and the settings name allowed signers; sign it and name the file in signature",
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
    signature: signatures/a.sig
""",
            },
            "waivers.yaml:10:16",
            (
                "there is a signature, and the settings name no allowed signers; set allowed-signers to the file "
                "of the keys that count"
            ),
            today="2026-11-23",
        ),
        FormCase(
            {
                "approvals.yaml": """\
approvals:
  - spec: digits
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    approver: head-of-quality
    date: 2026-11-20
    signature: signatures/a.sig
""",
                "stdspec.toml": 'allowed-signers = "signers"\n',
            },
            "approvals.yaml:6:16",
            "the file signatures/a.sig of signature is not there; name a file of the project",
            today="2026-11-23",
        ),
    ),
)
