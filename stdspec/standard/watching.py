"""A mapped spec that notes which of its paths a rule reads: what the rule finds rests on these, and on no others.

A rule that finds nothing where nothing is known has shown nothing. Rules are written for specs that speak of all; this
way none of them has to know of maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import field

from stdspec.compose.model import Composed
from stdspec.paths import MISSING, ConfigPath, select

EVERY: Final = "*"
"""Stands for every key of a table in what was read."""

_KEPT: Final = tuple(name for name in Composed.__struct_fields__ if name != "reach")


class Watching(Composed, frozen=True, dict=True):
    """A spec that notes what is read of it.

    Attributes:
        reads: every path that was asked for, in order, and whether a part of what stands there is enough to have been
            read right: of a table that goes on noting what is read in it.
    """

    reads: dict[ConfigPath, bool] = field(default_factory=dict)

    @staticmethod
    def of(spec: Composed) -> Watching:
        """A spec of which nothing was read yet, to be judged as one that speaks of all."""
        return Watching(**{name: getattr(spec, name) for name in _KEPT})

    def get(self, path: ConfigPath, default: Any = None) -> Any:
        """The resolved value at a path, or `default` when nothing stands there."""
        value = select(self.resolved, path)
        return _noted(default if value is MISSING else value, path, self.reads)


class _Noting(dict[Any, Any]):
    """A table of a spec that notes which of its keys are asked for; whoever goes through it reads all of it."""

    def __init__(self, table: dict[Any, Any], path: ConfigPath, reads: dict[ConfigPath, bool]) -> None:
        super().__init__(table)
        self._path, self._reads = path, reads

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        _note((*self._path, str(key)), self._reads, enough=found)
        return found

    def __getitem__(self, key: Any) -> Any:
        return _noted(super().__getitem__(key), (*self._path, key), self._reads)

    def __bool__(self) -> bool:
        """Whether anything stands in it, which one part of it shows and only the whole of it refutes."""
        if not super().__len__():
            self._whole()
        return super().__len__() > 0

    def __len__(self) -> int:
        self._whole()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._whole()
        return super().__eq__(other)

    __hash__ = None

    def copy(self) -> Any:
        """The same table, which goes on noting."""
        return _Noting(self, self._path, self._reads)

    def get(self, key: Any, default: Any = None) -> Any:
        """What stands under a key, or the default."""
        return _noted(super().get(key, default), (*self._path, key), self._reads)

    def __iter__(self) -> Iterator[Any]:
        self._whole()
        return super().__iter__()

    def items(self) -> Any:
        """Its pairs, with tables that note, too."""
        self._whole()
        return [(key, _noted(value, (*self._path, key), self._reads)) for key, value in super().items()]

    def keys(self) -> Any:
        """Its keys."""
        self._whole()
        return super().keys()

    def values(self) -> Any:
        """Its values, with tables that note, too."""
        return [value for _, value in self.items()]

    def _whole(self) -> None:
        _note((*self._path, EVERY), self._reads, enough=False)


def _noted(value: Any, path: ConfigPath, reads: dict[ConfigPath, bool]) -> Any:
    """What was read at a path, as a table that goes on noting where it is one."""
    _note(path, reads, enough=isinstance(value, dict))
    return _Noting(value, path, reads) if isinstance(value, dict) else value


def _note(path: ConfigPath, reads: dict[ConfigPath, bool], *, enough: bool) -> None:
    reads[path] = enough and reads.get(path, True)
