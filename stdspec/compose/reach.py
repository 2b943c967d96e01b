"""How far a spec speaks that was not written in the language but read from other configs through a map.

Of a path that the map does not reach nothing is known: neither that it is said nor that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from stdspec.paths import ConfigPath, dotted


class Reach(Struct, frozen=True, dict=True):
    """The paths of the language of which a mapped spec speaks.

    Attributes:
        paths: what the lines of the map give; each stands for all that is below it.
        lost: paths at which something stands that the language has no word for, or that is known only in a run, each
            with the reason in words.
    """

    paths: frozenset[ConfigPath]
    lost: Mapping[ConfigPath, str] = field(default_factory=dict)

    @cached_property
    def _parents(self) -> frozenset[ConfigPath]:
        return frozenset(path[:end] for path in self.paths for end in range(len(path)))

    def covers(self, path: ConfigPath) -> bool:
        """Whether all that could stand at a path is known."""
        return self._lost(path) is None and self._lost_below(path) is None and self._reaches(path)

    def silence(self, path: ConfigPath) -> str | None:
        """Why nothing at all is known of a path; None where it, or a part of it, is known."""
        lost = self._lost(path)
        if lost is not None:
            return lost
        return None if path in self._parents or self._reaches(path) else f"the map does not reach {dotted(path)}"

    def doubt(self, path: ConfigPath) -> str | None:
        """Why not all is known of a path; None where it is."""
        why = self.silence(path) or self._lost_below(path)
        if why is not None:
            return why
        return None if self._reaches(path) else f"the map reaches only a part of {dotted(path) or 'the spec'}"

    def _reaches(self, path: ConfigPath) -> bool:
        return any(path[:end] in self.paths for end in range(len(path), 0, -1))

    def _lost(self, path: ConfigPath) -> str | None:
        if not self.lost:
            return None
        return next((why for at, why in self.lost.items() if path[: len(at)] == at), None)

    def _lost_below(self, path: ConfigPath) -> str | None:
        if not self.lost:
            return None
        return next((why for at, why in self.lost.items() if at[: len(path)] == path), None)
