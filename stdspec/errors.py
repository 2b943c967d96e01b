"""What stops the tool. A fault in a spec is a Finding; only what makes going on impossible is raised.

Each error carries the fact, its place and the remedy as fields, so that every face can render them alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final


@dataclass(eq=False)
class StdspecError(Exception):
    """The base of everything stdspec raises on purpose.

    Attributes:
        message: the fact, a plain sentence without a final full stop.
        place: where it is, as ``file:line:column``, a file or a config path; None when it has no place.
        remedy: what to do about it, or None.
        exit_code: the process exit status that this error leads to.
    """

    message: str
    place: str | None = None
    remedy: str | None = None
    exit_code: ClassVar[int] = 2

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}; {self.remedy}" if self.remedy else text


class InputError(StdspecError):
    """Something the user gave cannot be read or does not exist (a file, an option, a data set)."""


class ComposeError(StdspecError):
    """The composition is refused: Hydra would refuse it as well."""


class RunError(StdspecError):
    """A node of the plan cannot be executed here (no such device, no disk space, own code that raises)."""


class Bug(StdspecError):
    """A fault of stdspec itself."""

    exit_code: ClassVar[int] = 3


RUN_EXTRA: Final = 'install the run extra: pip install "stdspec[run]"'
"""The remedy where a package is missing that the light install does not bring."""


@contextmanager
def needs_run_extra(what: str) -> Iterator[None]:
    """Turn a missing package in the block into one sentence; a missing module of stdspec itself stays what it is.

    Raises:
        RunError: naming `what` needs the package, and the package.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "stdspec").partition(".")[0]
        if package == "stdspec":
            raise
        raise RunError(f"{what} needs the package '{package}', which is not installed", remedy=RUN_EXTRA) from None
