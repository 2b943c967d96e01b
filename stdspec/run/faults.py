"""Turns what a node raises into what a user can read: a full disk, memory that ran out, own code that raised.

Whatever is none of these is a fault of stdspec and passes unchanged.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from stdspec.errors import RunError, StdspecError
from stdspec.paths import shown
from stdspec.run.log import INTERRUPTED, STOPPED, Log

_WORDS: Final[dict[int, tuple[str, str]]] = {
    errno.ENOSPC: ("there is no space left on the disk", "free some space or choose another folder"),
    errno.EDQUOT: ("the disk quota is used up", "free some space or choose another folder"),
    errno.EFBIG: ("a file grew beyond the limit that the system sets", "raise the limit or choose another folder"),
    errno.EROFS: ("the file system is read-only", "choose another folder"),
    errno.EACCES: ("it cannot be written: permission denied", "choose another folder or change its permissions"),
    errno.EPERM: ("it cannot be written: not permitted", "choose another folder or change its permissions"),
    errno.ENOTDIR: ("it should be a folder and is a file", "choose another folder"),
    errno.EEXIST: ("it should be a folder and is a file", "choose another folder"),
    errno.ENAMETOOLONG: ("its name is too long for the file system", "choose a shorter name"),
    errno.EIO: ("the disk reports a fault", "choose another disk"),
}
_FULL: Final = ("No space left on device", "os error 28", "Disk quota exceeded")
"""How libraries that raise no OSError say that the disk is full."""

_OUT_OF_MEMORY: Final = ("OutOfMemoryError", "MemoryError")


@contextmanager
def plain(where: Path) -> Iterator[None]:
    """Turn faults of the file system and of memory inside the block into a `RunError` that says so.

    Args:
        where: the folder that is written to, named where the fault names no file.
    """
    try:
        yield
    except StdspecError:
        raise
    except OSError as error:
        if error.errno not in _WORDS:
            raise
        fact, remedy = _WORDS[error.errno]
        raise RunError(fact, _named(error, where), remedy) from error
    except Exception as error:
        if any(sign in str(error) for sign in _FULL):
            fact, remedy = _WORDS[errno.ENOSPC]
            raise RunError(fact, shown(where), remedy) from error
        if type(error).__name__ in _OUT_OF_MEMORY:
            raise RunError(
                "the memory ran out",
                remedy="lower training.batch.micro or the size of the model, or use a larger machine",
            ) from error
        raise


@contextmanager
def own_code(classes: Sequence[tuple[str, Path]]) -> Iterator[None]:
    """Turn what own code raises inside the block into a `RunError` that names the class, the exception and the line.

    Args:
        classes: each `_target_` of the spec with the source file that holds it.
    """
    try:
        yield
    except StdspecError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        roots = {path: target for target, path in reversed(classes)}
        for frame in reversed(frames):
            target = roots.get(Path(frame.filename))
            if target is not None:
                said = f": {error}" if str(error) else ""
                message = f"own class {target} raised {type(error).__name__}{said}"
                place = f"{shown(frame.filename)}:{frame.lineno}"
                raise RunError(message, place) from error
        raise


@contextmanager
def logged(journal: Log, hide: Callable[[str], str], keep: Callable[[], Path]) -> Iterator[None]:
    """Write how the block ended into the log, and keep the log of a run that had come to something or has a traceback.

    Args:
        journal: the log.
        hide: takes what must not be said out of a text.
        keep: puts the log where it outlives the run, and gives the place.
    """
    try:
        yield
    except KeyboardInterrupt:
        journal.line(INTERRUPTED)
        if journal.worked:
            keep()
        raise
    except Exception as error:
        if isinstance(error, StdspecError):
            error.message = hide(error.message)
        traced = not isinstance(error, StdspecError) or error.__cause__ is not None
        if traced:
            journal.fault(error)
        journal.line(f"- {STOPPED} {str(error).partition(chr(10))[0] or type(error).__name__}")
        kept = keep() if traced or journal.worked else None
        if traced and kept is not None:
            error.add_note(f"the whole traceback is in {shown(kept)}")
        raise


def _named(error: OSError, where: Path) -> str:
    """The path that a fault names, without the random part of a temporary name, which would tell a user nothing."""
    if not isinstance(error.filename, str):
        return shown(where)
    path = Path(error.filename)
    hidden = [index for index, part in enumerate(path.parts) if part.startswith(".") and index > 0 and "." in part[1:]]
    return shown(Path(*path.parts[: hidden[0]]) if hidden else path)
