"""Reads one interpolation, token by token; `interpolation.parse` takes a whole text apart."""

from __future__ import annotations

import re
from typing import Final

from stdspec.compose.grammar import ARGUMENTS, NAMES, QUOTED, Kind, Rules, Token, token
from stdspec.compose.interpolation import Call, GrammarError, Piece, Reference

_PART: Final = r"(?:\$\{|name|key)"
_STEP: Final = rf"(?:{_PART}|\[ {_PART} \])"
_REFERENCE_SHAPE: Final = re.compile(rf"(?:\. )*{_STEP}(?: \. {_PART}| \[ {_PART} \])*")
_RESOLVER_SHAPE: Final = re.compile(r"(?:\$\{|name)(?: \. (?:\$\{|name))*")
_KEY_WORDS: Final = (Kind.NAME, Kind.PLAIN, Kind.ESCAPE)
_VALUE_WORDS: Final = (*_KEY_WORDS, Kind.COLON, Kind.OPEN)
MAX_DEPTH: Final = 60
"""How deeply interpolations, lists and mappings may be nested."""


class Parser:
    """Reads one interpolation; `at` is the position behind what was read."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._depth = 0
        self._found: list[Reference | Call] = []
        self.at = at

    def interpolation(self) -> Reference | Call:
        """``${`` names ``}`` or ``${`` resolver ``:`` arguments ``}``."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise GrammarError("it is nested too deeply")
        begin = self._expect(NAMES, Kind.OPEN).end
        before = len(self._found)
        pieces, kinds = self._names()
        last = self._expect(NAMES, Kind.CLOSE, Kind.COLON)
        self._depth -= 1
        shape = " ".join(kinds)
        if last.kind is Kind.COLON and _RESOLVER_SHAPE.fullmatch(shape):
            end = self._arguments()
            name, arguments = self._text[begin : last.begin].strip(), self._text[last.end : end.begin].strip()
            return self._kept(Call(name, arguments, tuple(self._found[before:])), before)
        if last.kind is Kind.CLOSE and _REFERENCE_SHAPE.fullmatch(shape):
            dots = next((index for index, kind in enumerate(kinds) if kind is not Kind.DOT), len(kinds))
            return self._kept(Reference(dots, tuple(pieces[dots:])), before)
        raise GrammarError(f"'{self._text[begin : last.end]}' does not name a value")

    def _kept(self, found: Reference | Call, before: int) -> Reference | Call:
        """What was found, noted for what holds it in place of its own parts."""
        self._found[before:] = [found]
        return found

    def _names(self) -> tuple[list[Piece], list[Kind]]:
        """The parts of a name with their kinds; a reference within counts as `OPEN`."""
        pieces: list[Piece] = []
        kinds: list[Kind] = []
        while (found := self._peek(NAMES)).kind not in (Kind.CLOSE, Kind.COLON, Kind.END):
            kinds.append(found.kind)
            if found.kind is Kind.OPEN:
                pieces.append(self.interpolation())
            else:
                pieces.append(self._text[found.begin : found.end])
                self.at = found.end
        return pieces, kinds

    def _arguments(self) -> Token:
        """The arguments of a resolver up to the closing brace, which is returned."""
        if self._peek(ARGUMENTS).kind is not Kind.CLOSE:
            self._sequence()
        return self._expect(ARGUMENTS, Kind.CLOSE)

    def _sequence(self) -> None:
        """Elements between commas, each of which may be left out."""
        ends = (Kind.CLOSE, Kind.BRACKET_CLOSE, Kind.END)
        if self._peek(ARGUMENTS).kind is not Kind.COMMA:
            self._element()
        while self._peek(ARGUMENTS).kind is Kind.COMMA:
            self._expect(ARGUMENTS, Kind.COMMA)
            if self._peek(ARGUMENTS).kind not in (Kind.COMMA, *ends):
                self._element()

    def _element(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise GrammarError("it is nested too deeply")
        first = self._peek(ARGUMENTS)
        if first.kind is Kind.QUOTE:
            self.at = first.end
            self._quoted(QUOTED[self._text[first.begin]])
        elif first.kind is Kind.BRACKET_OPEN:
            self.at = first.end
            if self._peek(ARGUMENTS).kind is not Kind.BRACKET_CLOSE:
                self._sequence()
            self._expect(ARGUMENTS, Kind.BRACKET_CLOSE)
        elif first.kind is Kind.BRACE_OPEN:
            self.at = first.end
            self._mapping()
        else:
            self._words(_VALUE_WORDS)
        self._depth -= 1

    def _mapping(self) -> None:
        if self._peek(ARGUMENTS).kind is not Kind.CLOSE:
            self._entry()
            while self._peek(ARGUMENTS).kind is Kind.COMMA:
                self._expect(ARGUMENTS, Kind.COMMA)
                self._entry()
        self._expect(ARGUMENTS, Kind.CLOSE)

    def _entry(self) -> None:
        self._words(_KEY_WORDS)
        self._expect(ARGUMENTS, Kind.COLON)
        self._element()

    def _words(self, kinds: tuple[Kind, ...]) -> None:
        """An unquoted text, which has at least one token."""
        begin = self.at
        while (found := self._peek(ARGUMENTS)).kind in kinds:
            if found.kind is Kind.OPEN:
                self.interpolation()
            else:
                self.at = found.end
        if self.at == begin:
            self._expect(ARGUMENTS, *kinds)

    def _quoted(self, rules: Rules) -> None:
        while (found := self._peek(rules)).kind is not Kind.QUOTE:
            if found.kind is Kind.END:
                raise GrammarError("a quote is not closed")
            if found.kind is Kind.OPEN:
                self.interpolation()
            else:
                self.at = found.end
        self.at = found.end

    def _peek(self, rules: Rules) -> Token:
        return token(self._text, self.at, rules)

    def _expect(self, rules: Rules, *kinds: Kind) -> Token:
        found = self._peek(rules)
        if found.kind in kinds:
            self.at = found.end
            return found
        if found.kind is Kind.END:
            raise GrammarError("a '}' is missing at its end")
        raise GrammarError(f"'{self._text[found.begin : found.end]}' is not allowed where it stands")
