"""WVR007: a waiver selects a spec and cannot be in force for it."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR007",
    summary="A waiver selects a spec and cannot be in force for it",
    why=(
        "It was approved for another state of the spec, which its digest names, or waives a clause by which "
        "the spec is not judged. What has changed since may be the very thing that its approver relied on, so "
        "it has to be approved anew."
    ),
    found_by=("stdspec.standard.waivers:about",),
    severity=Severity.WARNING,
    good=(
        FormCase(
            {
                "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nname: digits\n",
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: letters}
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
                "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nname: digits\n",
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {path: conf/experiment/**}
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
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nname: digits\n",
                "waivers.yaml": """\
waivers:
  - clause: DAT500
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:2:13",
            "digits is judged by no clause DAT500; take the waiver out, or mend its clause",
            today="2026-11-23",
        ),
        FormCase(
            {
                "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nname: digits\n",
                "waivers.yaml": """\
waivers:
  - clause: ACME-01
    for: {path: /conf}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:2:13",
            "digits is judged by no clause ACME-01; take the waiver out, or mend its clause",
            today="2026-11-23",
        ),
    ),
)
