"""WVR001: an entry of waivers.yaml or approvals.yaml is not one."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="WVR001",
    summary="A waiver or an approval lacks what it has to say, or says something unknown",
    why=(
        "A waiver says which clause it bears for what, in which state, who asks for it, who approves it, why "
        "and for how long. One that leaves something out, or has a key that nobody reads, is not in force: "
        "nothing of it is guessed."
    ),
    found_by=(
        "stdspec.standard.papers:_coded",
        "stdspec.standard.papers:_several_selectors",
        "stdspec.standard.waivers:_faults",
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
    for: {path: "!"}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:3:10",
            "'!' is no pattern of files; write one as in a .gitignore",
            today="2026-11-23",
        ),
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - claus: DAT005
    for: {spec: digits}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:2:5",
            "unknown key 'claus'; did you mean 'clause'?",
            today="2026-11-23",
        ),
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits}
    digest: sha256:12
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:4:13",
            (
                "'digest' is 'sha256:12' and must be a digest, sha256: and 64 hexadecimal digits: of the "
                "resolved spec that was approved, of each of several, or of the standard for which it is"
            ),
            today="2026-11-23",
        ),
        FormCase(
            {
                "waivers.yaml": """\
waivers:
  - clause: DAT005
    for: {spec: digits, path: conf/a.yaml}
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    owner: ana
    approver: head-of-quality
    reason: The second scanner comes in January.
    granted: 2026-11-01
    expires: 2027-02-01
""",
            },
            "waivers.yaml:3:5",
            "a waiver is for one of spec, path; write a waiver for each",
            today="2026-11-23",
        ),
    ),
    fixable="unsafe",
)
