"""Which files a data source consists of, found without reading them and without importing anything heavy.

The executor digests these files to decide whether the data node must run again, and checks them against the declared
digests whether it does or not.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stdspec.compose import variables
from stdspec.errors import RUN_EXTRA, InputError, RunError
from stdspec.paths import shown
from stdspec.settings import Settings
from stdspec.suggest import nearest

SKLEARN_FILES: Final[dict[str, tuple[str, ...]]] = {
    "breast_cancer": ("breast_cancer.csv",),
    "diabetes": ("diabetes_data_raw.csv.gz", "diabetes_target.csv.gz"),
    "digits": ("digits.csv.gz",),
    "iris": ("iris.csv",),
    "wine": ("wine_data.csv",),
}
"""The sets that scikit-learn packages, and the files of each below ``sklearn/datasets/data``."""

CIFAR10_TRAIN: Final = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR10_TEST: Final = "test_batch.bin"

Source = Mapping[str, Any]


def files(source: Source, settings: Settings) -> list[Path]:
    """The files a source consists of, in the reader's order; empty for own code, which has no source.

    Raises:
        InputError: when the kind has no reader, or a file does not exist.
        RunError: when the package that carries the files is not installed.
    """
    if not source or "_target_" in source:
        return []
    kind = str(source.get("kind"))
    if kind not in _FILES:
        raise InputError(
            f"a source of kind '{kind}' cannot be read in this version",
            place="data.source.kind",
            remedy=f"the kinds with a reader are {', '.join(sorted(_FILES))}",
        )
    found = _FILES[kind](source, settings)
    for path in found:
        if not path.is_file():
            what = "is a folder and no file" if path.is_dir() else "does not exist"
            raise InputError(f"the data file {what}", place=shown(path), remedy=_elsewhere(path, settings))
    return found


def check_digests(source: Source, digests: Mapping[str, str], found: Sequence[Path]) -> None:
    """Hold the files of a source against the digests that the spec declares, where it declares any.

    Args:
        source: the source.
        digests: file name to digest, as the files are now.
        found: the files.

    Raises:
        InputError: when a file differs, or one is declared that the source does not have.
    """
    places = {path.name: shown(path) for path in found}
    for name, wanted in (source.get("digest") or {}).items():
        if name not in digests:
            near = nearest(name, digests)
            hint = f"did you mean '{near}'?" if near else f"the source's files are {', '.join(digests)}"
            raise InputError(f"the source has no file '{name}'", place=f"data.source.digest.{name}", remedy=hint)
        if wanted is not None and wanted != digests[name]:
            raise InputError(
                f"the file has the digest {digests[name]}, and the spec declares {wanted}",
                place=places[name],
                remedy="get the declared version of the file, or declare the new digest after looking at what changed",
            )


def place(source: Source, key: str, settings: Settings) -> Path:
    """The absolute path that `source[key]` names; relative paths start at the project's root.

    Raises:
        InputError: when the source does not say it.
    """
    text = source.get(key)
    if not isinstance(text, str) or not text or text == "???":
        raise InputError(f"the source does not say where its data is; write {key}: <path>", place=f"data.source.{key}")
    return settings.root / str(variables.fill(text, settings.allow_env, ("data", "source", key)))


def known_name(name: str) -> None:
    """Refuse a packaged set that does not exist.

    Raises:
        InputError: with the nearest name that does.
    """
    if name not in SKLEARN_FILES:
        near = nearest(name, SKLEARN_FILES)
        hint = f"did you mean '{near}'?" if near else f"there are {', '.join(sorted(SKLEARN_FILES))}"
        raise InputError(f"scikit-learn packages no set '{name}'", place="data.source.name", remedy=hint)


def _elsewhere(path: Path, settings: Settings) -> str:
    names = [item.name for item in path.parent.iterdir() if item.is_file()] if path.parent.is_dir() else []
    near = nearest(path.name, names)
    return f"did you mean '{near}'?" if near else f"relative paths start at {shown(settings.root)}"


def _sklearn(source: Source, settings: Settings) -> list[Path]:
    del settings  # the files lie in the installed package
    name = str(source.get("name"))
    known_name(name)
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise RunError("scikit-learn is not installed", remedy=RUN_EXTRA)
    folder = Path(spec.origin).parent / "datasets" / "data"
    return [folder / item for item in SKLEARN_FILES[name]]


def _one_path(source: Source, settings: Settings) -> list[Path]:
    return [place(source, "path", settings)]


def _idx(source: Source, settings: Settings) -> list[Path]:
    return [place(source, key, settings) for key in ("images", "labels")]


def _cifar10(source: Source, settings: Settings) -> list[Path]:
    folder = place(source, "path", settings)
    if not folder.is_dir():
        raise InputError(
            "the CIFAR-10 folder does not exist",
            place=shown(folder),
            remedy="set data.source.path to the folder that holds data_batch_1.bin",
        )
    found = [folder / name for name in CIFAR10_TRAIN if (folder / name).is_file()]
    if not found:
        raise InputError(
            "the folder holds no CIFAR-10 batch", place=shown(folder), remedy="it must hold data_batch_1.bin and on"
        )
    test = folder / CIFAR10_TEST
    return [*found, test] if test.is_file() else found


_FILES: Final[dict[str, Callable[[Source, Settings], list[Path]]]] = {
    "sklearn": _sklearn,
    "csv": _one_path,
    "idx": _idx,
    "cifar10": _cifar10,
}
