"""The repository that a project lies in: its top, the commit that is checked out, and who owns which file.

CODEOWNERS is read as GitHub documents it: the first of three places, the last line that matches decides, a line that it
does not understand counts for nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from codeowners import CodeOwners

from stdspec.paths import contents, is_file

Owners = Callable[[str | Path], tuple[str, ...]]
"""Gives the owners of a file, an absolute path; nobody where none is named."""

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_PATTERN: Final = re.compile(r"(?:\\.|[^\s\\])+")
"""The files that a line is about; an escaped space is part of it."""
_PATIENCE: Final = 10
"""Seconds in which git has to answer."""


def top(root: Path) -> Path:
    """The top of the repository that a folder lies in; the folder itself where it lies in none."""
    return next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), root)


def commit(root: Path) -> str | None:
    """The commit that is checked out; None where there is none, or no git. Nothing is written."""
    asked = ("git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD")
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout.strip()
    return said if done.returncode == 0 and said else None


def owners(root: Path) -> Owners | None:
    """Who owns the files of the repository that a folder lies in; None where it has no CODEOWNERS."""
    above = top(root)
    place = next((above / name for name in PLACES if is_file(above / name)), None)
    if place is None:
        return None
    try:
        text = contents(place).decode("utf-8", "replace")
    except OSError:
        return None
    rules = CodeOwners("\n".join(filter(_understood, map(_uncommented, text.splitlines()))))

    def of(file: str | Path) -> tuple[str, ...]:
        full = Path(os.path.abspath(file))
        if not full.is_relative_to(above):
            return ()
        return tuple(dict.fromkeys(name for _, name in rules.of(full.relative_to(above).as_posix())))

    return of


def _uncommented(line: str) -> str:
    """A line without the comment at its end."""
    words: list[str] = []
    for word in line.split():
        if word.startswith("#"):
            break
        words.append(word)
    return " ".join(words)


def _understood(line: str) -> bool:
    """Whether GitHub takes a line: it knows no negation, no ranges of characters and no escaped #."""
    found = _PATTERN.match(line)
    pattern = found[0] if found else ""
    return bool(pattern.strip("/")) and not pattern.startswith(("!", "\\#")) and "[" not in pattern


def by_owner(names: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
    """Each owner to the numbers of what is theirs, by name; what nobody owns under the empty name, last."""
    found: dict[str, list[int]] = {}
    for number, owned_by in enumerate(names):
        for owner in owned_by or ("",):
            found.setdefault(owner, []).append(number)
    return dict(sorted(found.items(), key=lambda item: (not item[0], item[0].casefold(), item[0])))
