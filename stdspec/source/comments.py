"""Reads the comments of a YAML file that are meant for lint: ``# stdspec: ignore[CODE, CODE] reason``.

A comment holds for what begins on its line; one on a line of its own holds for the next line that says something. The
comments at the top of a file hold for what is said of the file as a whole, too.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import yaml
from msgspec import Struct, structs

from stdspec.finding import Finding, Span
from stdspec.suggest import slipped

MAX_CODES: Final = 1_000
"""How many codes the comments of a file may name: each is looked up."""

_WORD: Final = "ignore"
_COMMENT: Final = re.compile(r"#[ \t]*stdspec:[ \t]*(?P<word>[A-Za-z]+)(?P<rest>[^\n]*)")
_CODES: Final = re.compile(r"[ \t]*\[(?P<codes>[^\]\n]*)\](?P<reason>.*)")
_NAME: Final = re.compile(r"[^,\s]+")
_SCANNER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS: Final = (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)
_DEEPEST: Final = 1000
"""How many brackets a text opens until it is no longer looked at: comments behind them count as such."""

_USE: Final = "write '# stdspec: ignore[CODE] reason'"


class Named(Struct, frozen=True):
    """A code in a comment: its place, and what goes when it is taken out."""

    code: str
    span: Span
    taken_out: Span


class Comment(Struct, frozen=True):
    """One comment.

    Attributes:
        span: its place, from the sign to the end of the line.
        first: the first line that it holds for.
        last: the last one.
        codes: the codes that it names.
        reason: why; empty where it does not say so.
        broken: what keeps it from being one; empty where nothing does.
    """

    span: Span
    first: int
    last: int
    codes: tuple[Named, ...] = ()
    reason: str = ""
    broken: str = ""


class Comments:
    """The comments for lint in a file, in order."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text = file, text
        self._lines = text.split("\n")
        self._saying = [number for number, line in enumerate(self._lines, 1) if _says(line)]
        self.listed = tuple(self._within(self._read()))
        self._by_place: dict[tuple[int, str], tuple[Comment, Named]] = {}
        for comment in self.listed:
            for named in comment.codes:
                self._by_place.setdefault((comment.last, named.code), (comment, named))

    def of(self, item: Finding) -> tuple[Comment, Named] | None:
        """The first comment that names the code of a finding and holds for the line on which it begins."""
        if item.span is None:
            return None
        found = self._by_place.get((self._next(item.span.line), item.code))
        return found if found and found[0].first <= item.span.line <= found[0].last else None

    def _next(self, line: int) -> int:
        """The first line from a line on that says something; the last line of the file where none does."""
        index = bisect_left(self._saying, line)
        return self._saying[index] if index < len(self._saying) else len(self._lines)

    def _extent(self, number: int) -> tuple[int, int]:
        """The lines that a comment holds for, by its own."""
        last = self._next(number)
        leading = not self._saying or number < self._saying[0]
        return 1 if leading else number, last

    def _within(self, found: Iterable[Comment]) -> Iterator[Comment]:
        """The comments of a file as far as it does not name more codes than anybody means."""
        count = 0
        for comment in found:
            count += len(comment.codes)
            if count > MAX_CODES:
                remedy = "set them in the project's settings"
                broken = f"the comments of this file name more than {MAX_CODES:,} codes; {remedy}"
                yield Comment(comment.span, comment.first, comment.last, broken=broken)
                return
            yield comment

    def _read(self) -> Iterator[Comment]:
        matches = list(_COMMENT.finditer(self._text))
        if not matches:
            return
        values = _Values(self._text, matches[-1].start())
        starts = [0, *(found.end() for found in re.finditer("\n", self._text))]
        for match in matches:
            if match.start() not in values:
                number = bisect_right(starts, match.start())
                yield from self._comment(number, match.start() - starts[number - 1], match)

    def _comment(self, number: int, column: int, match: re.Match[str]) -> Iterator[Comment]:
        """The comment that stands behind a sign; none where the words say something else."""
        word, rest = match["word"], match["rest"].rstrip()

        def at(start: int, end: int) -> Span:
            offset = column + 1 - match.start()
            return Span(self._file, number, start + offset, number, end + offset)

        span = at(match.start(), match.start("rest") + len(rest))
        first, last = self._extent(number)
        if word != _WORD:
            if slipped(word, (_WORD,)) and (rest.lstrip()[:1] == "[" or word.lower() == _WORD):
                yield Comment(span, first, last, broken=f"'{word}' is not '{_WORD}'; {_USE}")
            return
        found = _CODES.fullmatch(rest)
        names = list(_NAME.finditer(found["codes"])) if found else []
        if found is None or not names:
            yield Comment(span, first, last, broken=f"the comment names no code; {_USE}")
            return
        begin = match.start("rest") + found.start("codes")
        places = [at(begin + name.start(), begin + name.end()) for name in names]
        removals = list(_removals(places)) if len(places) > 1 else [_whole(span, self._lines)]
        codes = tuple(Named(name[0], *spans) for name, *spans in zip(names, places, removals, strict=True))
        reason = found["reason"].strip(" \t:-–—#")
        yield Comment(span, first, last, codes, reason if re.search(r"\w", reason) else "")


def _removals(places: Sequence[Span]) -> Iterator[Span]:
    """For each of several codes in a line what goes with it: the comma behind it, or of the last the one before it."""
    for one, following in pairwise(places):
        yield structs.replace(one, end_column=following.column)
    yield structs.replace(places[-1], column=places[-2].end_column)


def _whole(span: Span, lines: Sequence[str]) -> Span:
    """A comment with the blanks before it; with its line where nothing else stands there."""
    before = lines[span.line - 1][: span.column - 1]
    if before.strip():
        return Span(span.file, span.line, len(before.rstrip()) + 1, span.line, span.end_column)
    if span.line < len(lines):
        return Span(span.file, span.line, 1, span.line + 1, 1)
    return Span(span.file, span.line, 1, span.line, span.end_column)


def _says(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.startswith("#") and bare != "---"


class _Values:
    """Where in a text a sign '#' belongs to a value and begins no comment."""

    def __init__(self, text: str, end: int) -> None:
        stretches = list(_stretches(text, end))
        self._starts = [start for start, _ in stretches]
        self._ends = [end for _, end in stretches]

    def __contains__(self, index: int) -> bool:
        found = bisect_right(self._starts, index) - 1
        return found >= 0 and index < self._ends[found]


def _stretches(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The values of a text up to a place, as far as it is YAML; of a block, what stands below its first line."""
    depth = 0
    try:
        for token in yaml.scan(text, Loader=_SCANNER):
            depth += isinstance(token, _OPENS)
            if token.start_mark.index > end or depth > _DEEPEST:
                return
            if isinstance(token, yaml.ScalarToken):
                start = token.start_mark.index
                if token.style in ("|", ">"):
                    start = text.find("\n", start)
                yield start, token.end_mark.index
    except yaml.YAMLError:
        return
