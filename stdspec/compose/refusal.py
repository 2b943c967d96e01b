"""How a composition is refused: one sentence with its place, or the findings of the files that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stdspec.errors import ComposeError
from stdspec.finding import COMMAND_LINE, Finding, Span
from stdspec.paths import shown
from stdspec.suggest import nearest


@dataclass(eq=False)
class Broken(ComposeError):
    """A file that the composition needs has faults of its own.

    Attributes:
        findings: those faults (codes YML…).
    """

    findings: tuple[Finding, ...] = ()


@dataclass(eq=False)
class Refused(ComposeError):
    """Hydra would refuse this composition.

    Attributes:
        span: the place that `place` says in words.
        instead: a word that stands there, and the one that probably belongs there; None where none is near.
    """

    span: Span | None = None
    instead: tuple[str, str] | None = None


def place_of(span: Span | None) -> str | None:
    """A span in words: ``conf/config.yaml:3:5``, or ``<command line>``."""
    if span is None:
        return None
    if span.file == COMMAND_LINE:
        return COMMAND_LINE
    return f"{shown(span.file)}:{span.line}:{span.column}"


def refuse(message: str, span: Span | None = None, remedy: str | None = None) -> Refused:
    """The exception to raise: fact, place, remedy."""
    return Refused(message, place_of(span), remedy, span)


def unknown_word(message: str, span: Span | None, word: str, known: Sequence[str], what: str = "options") -> Refused:
    """The exception to raise for a word that is none of those known, with the nearest of them.

    Args:
        message: the fact.
        span: where the word stands.
        word: the word.
        known: those known.
        what: what they are.
    """
    error = refuse(message, span, options_remedy(word, known, what))
    guess = nearest(word, known)
    error.instead = (word, guess) if guess else None
    return error


def absolute(message: str, span: Span | None, group: str) -> Refused:
    """The exception to raise for a group that was looked for below another one and stands at the root."""
    error = refuse(message, span, f"write /{group}, for a group without / is looked for below that of the file")
    error.instead = (group, f"/{group}")
    return error


def broken(findings: Iterable[Finding]) -> Broken:
    """The exception to raise for files with faults; its sentence is the first fault."""
    found = tuple(findings)
    return Broken(found[0].message, place_of(found[0].span), None, found)


def options_remedy(word: str, options: Iterable[str], what: str = "options") -> str | None:
    """``did you mean 'digits'? the options are a, b`` for a choice that does not exist."""
    listed = sorted(set(options))
    if not listed:
        return None
    guess = nearest(word, listed)
    text = f"the {what} are {', '.join(listed)}"
    return f"did you mean '{guess}'? {text}" if guess else text
