"""Compares a composition with what the installed Hydra really composes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from stdspec import installed, resources
from stdspec.compose import hydra_adapter
from stdspec.compose.rules import version_of
from stdspec.digest import digest, digest_bytes, digest_file
from stdspec.paths import ConfigPath, dotted


def against_hydra(
    config_dir: str, config_name: str | None, overrides: Sequence[str], value: Any, version_base: str | None = None
) -> str | None:
    """The first difference between `value` and Hydra's own result, as a sentence; None when they are equal.

    Types count: 1, 1.0 and true differ. The shipped config groups are appended to the search path. Both follow the
    rules of `version_base`, 1.3 when None.
    """
    folder = os.path.abspath(config_dir)
    shipped = str(resources.conf())
    appended = None if os.path.realpath(folder) == os.path.realpath(shipped) else shipped
    try:
        expected = hydra_adapter.reference(folder, config_name, overrides, appended, version_of(version_base))
    except hydra_adapter.ReferenceRefusedError as error:
        return f"Hydra refuses what stdspec composes: {error}"
    return first_difference(expected, value, ())


def question(
    config_dir: str, config_name: str | None, overrides: Sequence[str], value: Any, version_base: str | None = None
) -> str | None:
    """The digest of all that Hydra's answer depends on: equal questions have equal answers.

    None where the answer may depend on more: config files outside the folder, or settings of Hydra itself.
    """
    roots = [Path(os.path.abspath(config_dir)), resources.conf()]
    files = {f"{number} {path}": data for number, root in enumerate(roots) for path, data in _files(root)}
    if any(text.lstrip("+~").startswith("hydra") for text in overrides):
        return None
    if any(b"searchpath" in data for data in files.values()):
        return None
    return digest(
        {
            "hydra": [installed.version(name) for name in ("hydra-core", "omegaconf")],
            "code": {path.name: digest_file(path) for path in sorted(Path(__file__).parent.glob("*.py"))},
            "asked": [config_name, list(overrides), version_of(version_base)],
            "files": {name: digest_bytes(data) for name, data in files.items()},
            "value": value,
        }
    )


_WRITTEN: Final = frozenset({"plan.json", "multirun.yaml"})
"""The files by which a folder is known that a run or a sweep wrote: no config is composed from it."""


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    """The config files below a folder; what runs wrote among them would change with every run."""
    for folder, below, names in os.walk(root):
        if _WRITTEN.intersection(names) and Path(folder) != root:
            below.clear()
            continue
        below[:] = sorted(name for name in below if not name.startswith("."))
        for path in (Path(folder, name) for name in sorted(names) if name.endswith(".yaml")):
            if path.is_file():
                yield path.relative_to(root).as_posix(), path.read_bytes()


def first_difference(expected: Any, found: Any, path: ConfigPath) -> str | None:
    """The first place at which plain data differ, in words; None when they are equal."""
    where = dotted(path) or "the spec"
    if type(expected) is not type(found):
        return f"{where} is {expected!r} for Hydra and {found!r} for stdspec"
    if isinstance(expected, dict):
        for key in expected:
            if key not in found:
                return f"{dotted((*path, key))} exists for Hydra and not for stdspec"
        for key in found:
            if key not in expected:
                return f"{dotted((*path, key))} exists for stdspec and not for Hydra"
        pairs = [(key, expected[key], found[key]) for key in expected]
    elif isinstance(expected, list):
        if len(expected) != len(found):
            return f"{where} has {len(expected)} items for Hydra and {len(found)} for stdspec"
        pairs = [(index, one, other) for index, (one, other) in enumerate(zip(expected, found, strict=True))]
    else:
        same = expected == found or (expected != expected and found != found)  # NaN equals NaN here
        return None if same else f"{where} is {expected!r} for Hydra and {found!r} for stdspec"
    for key, one, other in pairs:
        difference = first_difference(one, other, (*path, key))
        if difference:
            return difference
    return None
