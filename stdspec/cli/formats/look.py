"""What a renderer is told besides the findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from stdspec.finding import Finding, Severity

if TYPE_CHECKING:
    from stdspec.lint.engine import Report


class Look(Struct, frozen=True):
    """How the output is to look.

    Attributes:
        color: whether escape codes for colour may be used.
        width: the columns of the terminal.
        limit: error, warning or never: from which severity a finding fails the command.
    """

    color: bool = False
    width: int = 80
    limit: str = "error"

    def fails(self, item: Finding) -> bool:
        """Whether a finding makes the exit status 1."""
        return self.limit != "never" and item.severity.rank <= Severity(self.limit).rank


Renderer = Callable[["Report", Look], str]
