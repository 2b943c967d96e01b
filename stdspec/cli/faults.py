"""What a user sees of a fault, and the exit status that it leads to. No fault of a user's shows a traceback."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Final

import click

from stdspec.errors import Bug, StdspecError

TRACKER: Final = "https://github.com/stdspec/stdspec/issues"
DEBUG: Final = "STDSPEC_DEBUG"
_INTERRUPTED: Final = 130


class Watch:
    """A block whose faults become a message on standard error and an exit status.

    Attributes:
        arguments: the command line; a secret in it is not repeated.
        status: the exit status, once the block has ended.
    """

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self.arguments = arguments
        self.status = 0

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        if error is None:
            return False
        if isinstance(error, click.Abort) and error.__cause__ is not None:  # click's word for an interrupt
            error = error.__cause__
        self.status = _status(error, self.arguments)
        return True


def _status(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what happened, and give the exit status."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 2
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _say(guarded(f"stdspec: {str(error) or 'interrupted'}", arguments))
        return exit_status(error)
    if isinstance(error, click.ClickException):
        text = io.StringIO()
        error.show(text)
        _say(text.getvalue().rstrip("\n"))
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        # The reader went away, as `head` does: nothing is left to say, and nothing must be said at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, StdspecError):
        _say(guarded("\n".join([f"stdspec: {error}", *getattr(error, "__notes__", ())]), arguments))
        if isinstance(error, Bug):
            _say(f"this is a fault of stdspec; please report it at {TRACKER}")
        if os.environ.get(DEBUG) == "1":
            _say(_traceback(error).rstrip("\n"))
        return error.exit_code
    return _bug(error)


def exit_status(error: BaseException) -> int:
    """The exit status that an exception leads to."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return getattr(error, "exit_code", _INTERRUPTED)  # another one for SIGTERM
    if isinstance(error, click.exceptions.Exit | click.ClickException | StdspecError):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 2
    return Bug.exit_code


def guarded(text: str, arguments: Sequence[str]) -> str:
    """A message without the secrets of the overrides that it quotes: what is said ends in logs."""
    overrides = [word for argument in arguments for word in argument.split() if "=" in word]
    if not overrides:
        return text
    from stdspec.cli.masked import without_secrets_of

    return without_secrets_of(overrides, text)


def _traceback(error: BaseException) -> str:
    import traceback  # few commands end with a fault

    return "".join(traceback.format_exception(error))


def _bug(error: BaseException) -> int:
    """An exception that nobody foresaw: a fault of stdspec, with where to report it."""
    _say(f"stdspec: {type(error).__name__}: {error}")
    _say(f"this is a fault of stdspec; please report it at {TRACKER}")
    if os.environ.get(DEBUG) == "1":
        _say(_traceback(error).rstrip("\n"))
        return Bug.exit_code
    import tempfile

    try:
        with tempfile.NamedTemporaryFile("w", prefix="stdspec-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(_traceback(error))
    except OSError:
        _say(f"set {DEBUG}=1 to see the traceback")
    else:
        _say(f"the traceback is in {file.name}; {DEBUG}=1 shows it here")
    return Bug.exit_code


def _say(text: str) -> None:
    """Words for people; what a file or a name holds must not steer the terminal."""
    from stdspec.cli.visible import visible

    sys.stderr.write("".join(f"{visible(line)}\n" for line in text.split("\n")))
