"""Detached signatures under waivers and approvals, made and verified by OpenSSH.

A project that names its allowed signers wants every waiver and approval signed by who approved it: were signing left
to each entry, whoever forges one would leave the signature out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.compose.policy import inside
from stdspec.digest import canonical_json
from stdspec.paths import is_file
from stdspec.settings import Settings

NAMESPACE: Final = "stdspec"
"""What the signatures are for, as `ssh-keygen -Y sign -n` takes it: one made for anything else does not count."""

_TOOL: Final = "ssh-keygen"
_KEY: Final = "signature"
_PATIENCE: Final = 20
"""How long verifying may take, in seconds."""


def payload(entry: Mapping[str, Any]) -> bytes:
    """What is signed: a waiver or an approval without the name of its signature, in canonical JSON."""
    return canonical_json({key: value for key, value in entry.items() if key != _KEY})


def fault(entry: Mapping[str, Any], settings: Settings) -> str | None:
    """Why an entry is not signed as the project asks, as fact and remedy; None where it is."""
    named, signers = entry.get(_KEY), settings.allowed_signers
    if signers is None:
        remedy = "set allowed-signers to the file of the keys that count"
        return f"there is a signature, and the settings name no allowed signers; {remedy}" if named else None
    if not named:
        return "it is not signed, and the settings name allowed signers; sign it and name the file in signature"
    for what, file in (("signature", named), ("allowed-signers", signers)):
        path = settings.root / file
        if not is_file(path) or not inside(str(path), str(settings.root)):
            return f"the file {file} of {what} is not there; name a file of the project"
    return _refused(entry, settings)


def _refused(entry: Mapping[str, Any], settings: Settings) -> str | None:
    """What OpenSSH has against a signature."""
    import shutil  # hardly any run of lint meets a signature
    import subprocess

    tool = shutil.which(_TOOL)
    if tool is None:
        return f"{_TOOL} is not installed, so the signature counts for nothing here; install OpenSSH"
    approver = str(entry["approver"])
    files = ["-f", str(settings.root / str(settings.allowed_signers)), "-s", str(settings.root / entry[_KEY])]
    asked = [tool, "-Y", "verify", "-n", NAMESPACE, "-I", approver, *files]
    try:
        done = subprocess.run(asked, input=payload(entry), capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 - no shell, and the names are arguments
    except (OSError, subprocess.TimeoutExpired):
        return f"{_TOOL} could not verify the signature; run it by hand to see why"
    if done.returncode == 0:
        return None
    return f"the signature is not one of {approver} under what stands here; have it signed anew by who approves it"
