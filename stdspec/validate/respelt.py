"""Tells which unknown keys stand for a known one, and what the schema then refuses only because of the misspelling.

`otpimizer:` is one fault. That `optimizer` is missing, and all that would stand in it, follows from it and is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from stdspec.paths import ConfigPath, split_dotted
from stdspec.suggest import nearest, slipped
from stdspec.validate.translate import Fault, known_keys

_WHOLE: Final = r"\$\{([A-Za-z_][\w.]*)\}"


def meant(fault: Fault, key: str) -> str | None:
    """The key that an unknown one was meant to be."""
    return nearest(key, known_keys(fault), fault.value)


def without_consequences(faults: Iterable[Fault]) -> tuple[list[Fault], frozenset[ConfigPath]]:
    """The faults that are none of a misspelt key's consequences, and the paths that are said to be missing.

    Those are the paths that misspelt keys stand for, and those that the schema misses.

    A table whose `kind` is misspelt has no branch, so that nothing calls the key unknown: that is said here instead of
    the missing `kind`.
    """
    said = [_misspelt_kind(fault) or fault for fault in faults]
    intended = frozenset(path for fault in said for path in _intended(fault))
    kept = [fault for fault in said if not _follows(fault, intended)]
    return kept, intended | {(*fault.path, fault.limit) for fault in kept if fault.keyword == "required"}


def below(path: ConfigPath, stems: Iterable[ConfigPath]) -> bool:
    """Whether a path is one of the stems or lies below one."""
    return any(path[: len(stem)] == stem for stem in stems)


def target(text: object) -> ConfigPath | None:
    """The path that a text names which is one interpolation from the top and nothing else; None for any other value."""
    found = re.fullmatch(_WHOLE, text) if isinstance(text, str) else None
    return split_dotted(found[1]) if found else None


def _misspelt_kind(fault: Fault) -> Fault | None:
    """The unknown key that was meant for the missing one, where nothing else says that it is unknown."""
    if fault.keyword != "required" or fault.limit != "kind" or not isinstance(fault.value, Mapping):
        return None
    wrong = next((key for key in fault.value if isinstance(key, str) and slipped(key, ["kind"])), None)
    return None if wrong is None else replace(fault, keyword="additionalProperties", limit=[wrong])


def _intended(fault: Fault) -> Iterator[ConfigPath]:
    if fault.keyword != "additionalProperties":
        return
    keys: Sequence[str] = fault.limit
    for key in keys:
        name = meant(fault, key)
        if name is not None:
            yield (*fault.path, name)


def _follows(fault: Fault, intended: frozenset[ConfigPath]) -> bool:
    return fault.keyword == "required" and below((*fault.path, fault.limit), intended)
