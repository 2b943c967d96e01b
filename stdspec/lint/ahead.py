"""Finds out ahead, on all cores, what lint then takes in order: the findings of specs.

Nothing that comes out depends on how many cores there are: what another process cannot say is found in its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from stdspec.compose.entries import Entry
from stdspec.errors import StdspecError
from stdspec.lint import cores
from stdspec.lint.memory import Asked, Found, Memory, Result
from stdspec.lint.plain import Gathered
from stdspec.settings import Settings

PATIENCE: Final = 8
"""How many entry points may turn out to be no specs before the rest is left to those who need their compositions."""

Look = Callable[[Entry, str, Settings, Gathered], Found]


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """What another process found.

    Attributes:
        found: what it found of entry points, by their numbers.
        results: the same with what it rests on.
        documents: the documents of the files that it read.
    """

    found: dict[int, Found]
    results: dict[bytes, Result]
    documents: dict[bytes, bytes]


@dataclass(slots=True)
class Search:
    """The search for what is wrong with entry points that are asked for.

    Attributes:
        asked: the entry points, in order.
        known: what is known of each so far; what is found out goes there.
        look: finds out.
        gathered: what the run gathers for the rules about whole projects. The compositions that they need are made in
            their turn, in one process.
        memory: learns what is found out.
    """

    asked: Sequence[Asked]
    known: list[Found | None]
    look: Look
    gathered: Gathered
    memory: Memory

    def spread(self, jobs: int | None) -> None:
        """Finds out over several processes what is not known, where that pays.

        Args:
            jobs: the largest number of processes; None for as many as there are cores.
        """
        unknown = (number for number, found in enumerate(self.known) if found is None)
        left = [number for number in unknown if not self.gathered.is_plain(self.asked[number].entry)]
        parts = cores.shares(left, jobs)
        if len(parts) > 1:
            self.memory.before_copies()
            read = msgspec.msgpack.Decoder(_Answer).decode
            for answer in map(read, cores.spread(parts, self._elsewhere, self._here)):
                self.memory.take(answer.documents, answer.results)
                self._note(answer.found.items())

    def _here(self, part: Iterable[int]) -> None:
        self._note(self._looked(part))

    def _elsewhere(self, part: Iterable[int]) -> bytes:
        self.memory.pass_on()
        found = dict(self._looked(part))
        return msgspec.msgpack.encode(_Answer(found, self.memory.results, self.memory.documents))

    def _note(self, found: Iterable[tuple[int, Found]]) -> None:
        for number, item in found:
            self.known[number] = item

    def _looked(self, part: Iterable[int]) -> Iterator[tuple[int, Found]]:
        """What is found of specs, by their numbers. All else is left for its turn."""
        others = 0
        for number in part:
            one, apart = self.asked[number], self.gathered.apart()
            try:
                found = self.look(one.entry, one.name, one.settings, apart)
            except StdspecError:  # said in its turn
                continue
            if not (apart.compositions or apart.refusals):
                self.memory.learn(one.entry, one.settings, found)
                yield number, found
                continue
            others += 1
            if others == PATIENCE:
                return
