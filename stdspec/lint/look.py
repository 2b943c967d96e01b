"""Small readers that rules share: a spec under lint may have any value at any place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stdspec.compose.model import Composed
from stdspec.paths import ConfigPath
from stdspec.standard.model import Fault


def mapping(spec: Composed, *path: str) -> dict[str, Any]:
    """The mapping at a path; empty when something else or nothing stands there."""
    value = spec.get(path)
    return value if isinstance(value, dict) else {}


def entries(spec: Composed, *path: str) -> Iterator[tuple[ConfigPath, dict[str, Any]]]:
    """The path and the value of each entry of the mapping at a path that is a mapping itself."""
    for key, value in mapping(spec, *path).items():
        if isinstance(value, dict):
            yield (*path, key), value


def whole(value: Any) -> int | None:
    """The value when it is a whole number above zero."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def number(value: Any) -> float | None:
    """The value when it is a number."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def listed(names: list[str], last: str = "and") -> str:
    """Names in a sentence: ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def lacking(path: ConfigPath, entry: Mapping[str, Any], missing: list[str], message: str) -> Fault:
    """The fault of an entry that lacks keys: at the one that is written without a value, else at the entry's key."""
    empty = next((key for key in missing if key in entry), None)
    return Fault(path, message, key=True) if empty is None else Fault((*path, empty), message)


def own_data(spec: Composed) -> bool:
    """Whether the data come from the project's own code."""
    return "_target_" in mapping(spec, "data")


def sources(spec: Composed) -> list[tuple[ConfigPath, dict[str, Any]]]:
    """Every source: the one of `data.source` and those of `data.sources`."""
    one = mapping(spec, "data", "source")
    return ([(("data", "source"), one)] if one else []) + list(entries(spec, "data", "sources"))


def categories(spec: Composed) -> list[str]:
    """The declared categories of the target column, or none."""
    column = mapping(spec, "data", "target").get("column")
    declared = mapping(spec, "data", "columns").get(column) if isinstance(column, str) else None
    values = declared.get("categories") if isinstance(declared, dict) else None
    return [str(value) for value in values] if isinstance(values, list) else []
