"""What a file about a code of form is: a page of the manual with executed cases, for a fault that is found elsewhere.

Text, composition, schema and standards are checked where they are read. Such a file says which function finds the
fault, and shows by cases what lint makes of it; nothing imports it but the manual and the tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from stdspec.codes import SLUGS
from stdspec.finding import Severity
from stdspec.lint.rule import Fixable

_SHOWN_LINES = 12
"""How much of a file is printed: some cases are long because length is the fault."""


class FormCase(Struct, frozen=True):
    """A project, and what lint says of one code in it.

    Attributes:
        files: its files by relative name; bytes where they are no text.
        place: ``file:line:col`` of the fault, or ``-`` where it has none; empty in a good case.
        message: the fault's whole message; empty in a good case.
        links: symbolic links by relative name, each with what it points to.
        locked: the files that nobody may read.
        today: the day on which lint looks at it; empty where no day matters.
    """

    files: Mapping[str, str | bytes]
    place: str = ""
    message: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    locked: tuple[str, ...] = ()
    today: str = ""

    @property
    def spec(self) -> str:
        """The files as one text, for the manual."""
        shown = [f"# {name}\n{_head(text)}" for name, text in self.files.items()]
        shown += [f"# {name} is a link to {target}" for name, target in self.links.items()]
        return "\n".join(shown)


class Form(Struct, frozen=True):
    """One code about form.

    Attributes:
        code: its code, ``YML003``.
        summary: the fault in a few words.
        why: why it matters and what to write instead.
        found_by: the functions that find it, ``stdspec.source.reader:read``.
        good: cases in which lint says nothing of it.
        bad: cases in which lint says of it exactly what they say.
        severity: how bad it is.
        fixable: whether `--fix` mends it.
    """

    code: str
    summary: str
    why: str
    found_by: tuple[str, ...]
    good: tuple[FormCase, ...]
    bad: tuple[FormCase, ...]
    severity: Severity = Severity.ERROR
    fixable: Fixable = "no"

    @property
    def slug(self) -> str:
        """The name of the fault, which the functions that find it use, too."""
        return SLUGS[self.code]


def _head(text: str | bytes) -> str:
    """The first lines of a file, as far as they can be shown."""
    whole = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
    lines = whole.rstrip().splitlines()
    return "\n".join([*lines[:_SHOWN_LINES], "…"] if len(lines) > _SHOWN_LINES else lines)
