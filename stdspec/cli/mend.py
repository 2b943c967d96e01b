"""`stdspec lint --fix` and `--diff`: writes what lint mended, or shows it as a unified diff and writes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from stdspec.lint.aside import Choice
    from stdspec.lint.engine import Report
    from stdspec.lint.fix import Change, Mended

F = TypeVar("F", bound=Callable[..., Any])

_CONTEXT: Final = 3
"""How many lines are shown around a change."""
_COLOURS: Final = {"+": "32", "-": "31", "@": "36"}


def options(command: F) -> F:
    """The options about mending."""
    for decorate in (
        click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing; 1 if anything."),
        click.option("--unsafe-fixes", is_flag=True, help="As --fix, and take the likeliest of several meanings."),
        click.option("--fix", is_flag=True, help="Mend what has one certain meaning, and show what is left."),
    ):
        command = decorate(command)
    return command


def mended(paths: Sequence[str], choice: Choice, *, unsafe: bool, changed: bool = False) -> Report:
    """Mend the files, say on standard error what was mended, and return what is left."""
    from stdspec.lint.engine import lint
    from stdspec.lint.fix import mend

    found = mend(paths, choice=choice, unsafe=unsafe, changed=changed)
    left = [change for change in found.changes if not written(change)]
    sys.stderr.write(sentence(found, "mended"))
    return lint(paths, choice=choice, changed=changed) if left else found.report


def shown(
    paths: Sequence[str], choice: Choice, *, unsafe: bool, color: bool, changed: bool = False
) -> tuple[str, bool]:
    """What would change as a unified diff without anything that is a secret, and whether anything would."""
    from stdspec.lint import secret
    from stdspec.lint.fix import mend

    found = mend(paths, choice=choice, unsafe=unsafe, changed=changed)
    sys.stderr.write(sentence(found, "would be mended"))
    if not found.changes:
        return "", False
    hide = secret.masking((*found.before.everything, *found.report.everything))
    return "".join(painted(hide(line), color) for change in found.changes for line in diff(change)), True


def sentence(found: Mended, done: str) -> str:
    """``3 of 7 findings mended in 2 files; 2 more with --unsafe-fixes``; nothing where there is nothing to mend."""
    whole = found.count + len(found.report.findings)
    if not whole:
        return ""
    files = len(found.changes)
    where = f" in {files} file{'s' if files > 1 else ''}" if files else ""
    more = f"; {found.more} more with --unsafe-fixes" if found.more else ""
    return f"{found.count} of {whole} finding{'s' if whole > 1 else ''} {done}{where}{more}\n"


def diff(change: Change) -> Iterator[str]:
    """The lines of a unified diff of one file, as `patch` and `git apply` take it."""
    import difflib

    from stdspec.paths import shown as path_shown

    name = path_shown(change.path).lstrip("/")
    before, after = (_lines(data) for data in (change.before, change.after))
    for line in difflib.unified_diff(before, after, _quoted(f"a/{name}"), _quoted(f"b/{name}"), n=_CONTEXT):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _quoted(name: str) -> str:
    """A file's name as `git` writes it: one that holds a line end must not add lines to the diff."""
    if name.isprintable() and not set(name) & set('"\\'):
        return name
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in os.fsencode(name))
    return f'"{"".join(plain)}"'


def _lines(data: bytes) -> list[str]:
    """The lines as `diff` counts them: only a line feed ends one."""
    text = data.decode("utf-8")
    return [f"{line}\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


def painted(line: str, color: bool) -> str:
    """A line of a diff for a terminal, where nothing in it may steer; as it is for a file and for `patch`."""
    if not color:
        return line
    from stdspec.cli.visible import visible

    code = _COLOURS.get(line[:1])
    text = visible(line.removesuffix("\n"))
    return f"\x1b[{code}m{text}\x1b[0m\n" if code else f"{text}\n"


def written(change: Change) -> bool:
    """Whether a file now holds its new text: one that changed meanwhile stays as it is, and that is said."""
    from stdspec.cli.output import write
    from stdspec.cli.visible import visible
    from stdspec.errors import InputError
    from stdspec.paths import shown as path_shown

    path = Path(change.path)
    try:
        same = path.read_bytes() == change.before
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path_shown(path), "run it again") from None
    if not same:
        sys.stderr.write(f"{visible(path_shown(path))} changed meanwhile and was left alone; run it again\n")
        return False
    if not os.access(path, os.W_OK):
        raise InputError("the file may not be written", path_shown(path), "allow it, or mend the file by hand")
    write(path, change.after, "the file")
    return True
