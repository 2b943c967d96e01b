"""Tells whether a run folder is what making it once more would give, so that it need not be made once more.

Judging and reporting are functions of what `basis` covers. The store keeps the fact that from such a basis a folder
with just these files was made: nothing in the folder itself has to be believed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.msgpack import Encoder

from stdspec import clock, installed
from stdspec.compose.model import Composed
from stdspec.digest import PREFIX, digest, digest_file
from stdspec.evidence import Record
from stdspec.finding import Finding
from stdspec.plan.model import Plan
from stdspec.run import folder, named_folder
from stdspec.settings import Settings
from stdspec.standard import beside

_WRITERS: Final = ("jinja2", "markupsafe", "PyYAML")
"""Distributions whose version may change what is written, besides stdspec."""


_ENCODE: Final = Encoder(enc_hook=repr).encode


def basis(
    plan: Plan,
    composed: Composed,
    warnings: Sequence[Finding],
    records: Sequence[Record],
    outputs: Mapping[str, str],
    settings: Settings,
) -> str | None:
    """The digest of all that judging and reporting a run depend on.

    The rules of lint may look at more, at own code for one; what they found now stands for it.

    Args:
        plan: what ran.
        composed: the composition, with its origins.
        warnings: what lint found.
        records: what the nodes and the executor observed.
        outputs: node id to the digest of its output and the day on which that was made.
        settings: the project's.

    Returns:
        None when it cannot be told: stdspec itself has just been changed, or a value has no spelling.
    """
    code = installed.code()
    if code is None:
        return None
    versions, where = [installed.version(name) for name in _WRITERS], os.getcwd()  # noqa: PTH109 - encoded as text
    around = [code, versions, clock.today(), where, _judged_by(settings)]
    said: list[Any] = [around, settings, plan, composed, list(warnings), list(records), dict(outputs)]
    try:
        return PREFIX + hashlib.sha256(_ENCODE(said)).hexdigest()
    except (OverflowError, ValueError, RecursionError):  # a number or a text that the encoding does not know
        return None


def fact(run: Path, asked: str) -> str:
    """What the store may know of a run folder: that from this basis it was made, with every file as it is now.

    Logs and what Hydra wrote are left out: they are not made from the basis.

    Raises:
        OSError: when a file cannot be read.
    """
    left_out = {folder.LOG, folder.LOGS, *(item.name for item in named_folder.hydras(run))}
    paths = (path for item in run.iterdir() if item.name not in left_out for path in _below(item))
    files = {path.relative_to(run).as_posix(): digest_file(path) for path in paths}
    return digest({"run folder of": asked, "files": files})


def _judged_by(settings: Settings) -> dict[str, str]:
    """The digest of each file of the project that a verdict may rest on, besides the spec."""
    return {str(path): digest_file(path) for path in beside.files(settings)}


def _below(item: Path) -> Iterator[Path]:
    if item.is_dir():
        yield from (path for path in item.rglob("*") if path.is_file())
    else:
        yield item
