"""Reads a source: finds its files, takes their digests, hands them to the reader of its kind.

A new reader is a module in `readers/`, a line in `READERS`, a line in `sources`, its schema branch and a conf file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from stdspec.digest import digest_file
from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run.data.raw import Raw
from stdspec.run.data.sources import Source, files
from stdspec.settings import Settings


def _sklearn(source: Source, found: Sequence[Path]) -> Raw:
    from stdspec.run.data.readers import packaged

    return packaged.read(source, found)


def _csv(source: Source, found: Sequence[Path]) -> Raw:
    from stdspec.run.data.readers import csv_file

    return csv_file.read(source, found)


def _idx(source: Source, found: Sequence[Path]) -> Raw:
    from stdspec.run.data.readers import idx

    return idx.read(source, found)


def _cifar10(source: Source, found: Sequence[Path]) -> Raw:
    from stdspec.run.data.readers import cifar10

    return cifar10.read(source, found)


# Each reader is imported by the function that calls it, so that a CSV needs no scikit-learn.
READERS: Final[Mapping[str, Callable[[Source, Sequence[Path]], Raw]]] = {
    "sklearn": _sklearn,
    "csv": _csv,
    "idx": _idx,
    "cifar10": _cifar10,
}
"""The kind of a source to what reads its files."""


class Read(Struct, frozen=True):
    """What was read.

    Attributes:
        raw: the table or the images.
        digests: file name to the ``sha256:`` digest of what was read.
    """

    raw: Raw
    digests: Mapping[str, str]


def read(source: Source, settings: Settings) -> Read:
    """Read a source whole.

    Raises:
        InputError: when a file is missing, or is not of its kind's form.
    """
    found = files(source, settings)
    digests = {path.name: _digest(path) for path in found}
    return Read(READERS[str(source["kind"])](source, found), digests)


def _digest(path: Path) -> str:
    try:
        return digest_file(path)
    except OSError as error:
        raise InputError(f"the data file cannot be read: {error.strerror}", place=shown(path)) from None
