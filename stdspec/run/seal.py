"""The seal of a run folder: the digest of each file that its verdicts rest on, written when the folder is made.

It tells a file that was edited, added or taken away afterwards. It cannot tell who edits a file and writes the seal
anew as well: against that helps a signature under the seal, or running the spec again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.digest import digest_file
from stdspec.errors import InputError
from stdspec.paths import contents, shown
from stdspec.run.folder import PLAN, REPORT

NAME: Final = "seal.json"
RECORDS: Final = "records.jsonl"
DOCUMENTS: Final = ("spec.yaml", PLAN, RECORDS, REPORT)
"""The files at the top of a run folder on which verdicts rest; `report.html` is a view, and logs are none."""

ARTIFACTS: Final = "artifacts"
REMEDY: Final = "run the spec again"
"""What makes a run folder anew: from the store, where that still holds the results."""

_VERSION: Final = "1"


class Doubt(Struct, frozen=True):
    """Why a run folder is not to be trusted.

    Attributes:
        files: those that are not as the run left them; the seal itself where that is missing or none.
        words: the same as a fact without a remedy.
    """

    files: tuple[str, ...]
    words: str

    @property
    def of_report(self) -> bool:
        """Whether not even the verdicts that the folder states are those that the run gave."""
        return not {NAME, REPORT}.isdisjoint(self.files)


def write(run: Path) -> None:
    """Seal a run folder that is about to be published.

    Raises:
        OSError: when a file cannot be read, or the seal not written.
    """
    files = {name: digest_file(run / name) for name in _there(run, whole=True)}
    text = json.dumps({"stdspec_seal": _VERSION, "files": files}, indent=2, ensure_ascii=False)
    (run / NAME).write_text(text + "\n", encoding="utf-8")


def doubt(run: Path, *, whole: bool = True) -> Doubt | None:
    """Why a run folder is not to be trusted; None where every file is as the run left it.

    Args:
        run: the run folder.
        whole: whether artifacts are looked at as well, which takes as long as reading them.
    """
    sealed = _sealed(run)
    if sealed is None:
        fact = f"there is no sound {NAME} that says how the run left the files"
        return Doubt((NAME,), fact)
    there = set(_there(run, whole=whole))
    named = {name for name in sealed if whole or name in DOCUMENTS}
    wrong = sorted(name for name in there | named if name not in there or _of(run / name) != sealed.get(name))
    return Doubt(tuple(wrong), _words(wrong)) if wrong else None


def trusted(run: Path) -> Doubt | None:
    """The doubt about a run folder whose report is as the run left it; None where there is no doubt at all.

    Raises:
        InputError: when the report is in doubt itself, so that there is nothing to show.
    """
    found = doubt(run)
    if found is not None and found.of_report:
        raise InputError(found.words, shown(run), REMEDY)
    return found


def _sealed(run: Path) -> Mapping[str, str] | None:
    """Name to digest as the seal has it; None for what is no seal."""
    try:
        said = json.loads(contents(run / NAME))
    except (OSError, ValueError, RecursionError):
        return None
    files = said.get("files") if isinstance(said, dict) and said.get("stdspec_seal") == _VERSION else None
    return files if isinstance(files, dict) else None


def _there(run: Path, *, whole: bool) -> Iterator[str]:
    """The files that a seal is about, by their names from the run folder, in order."""
    yield from (name for name in DOCUMENTS if (run / name).is_file())
    if whole:
        found = (path for path in (run / ARTIFACTS).rglob("*") if path.is_file())
        yield from sorted(path.relative_to(run).as_posix() for path in found)


def _of(path: Path) -> str | None:
    """The digest of a file; None where it cannot be read."""
    try:
        return digest_file(path)
    except OSError:
        return None


def _words(files: list[str]) -> str:
    if len(files) == 1:
        return f"{files[0]} is not as the run left it"
    more = f"{len(files) - 2} more" if len(files) > 2 else ""
    return f"{', '.join(files[:2])}{f' and {more}' if more else ''} are not as the run left them"
