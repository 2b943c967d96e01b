"""Reads images and labels from IDX files (plain or gzip) or NumPy `.npy` or `.npz` files.

Source of the IDX format: LeCun, Cortes, Burges, "The MNIST database", file formats: two zero bytes, the type, the
number of dimensions, each size as a big-endian 32-bit integer, then the values in row-major order.
"""

from __future__ import annotations

import gzip
import math
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run.data.dataset import Array
from stdspec.run.data.raw import Images, as_text
from stdspec.run.data.sources import Source

_TYPES: Final = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The third byte of an IDX file to the NumPy type of its values."""

IMAGE_KEYS: Final = ("images", "x", "inputs", "data")
LABEL_KEYS: Final = ("labels", "y", "target", "targets")
"""The names under which an `.npz` may hold its arrays, the first that is there counts."""


def read(source: Source, files: Sequence[Path]) -> Images:
    """The images (n, channels, height, width) and their labels.

    Raises:
        InputError: for a file of the wrong form, or images and labels that do not pair.
    """
    del source  # everything is in the files
    values, codes = _either(files[0], IMAGE_KEYS), _either(files[1], LABEL_KEYS)
    pixels = _as_images(values, files[0])
    if codes.ndim != 1:
        raise InputError(f"labels of shape {codes.shape} are not one a row", place=shown(files[1]))
    if len(codes) != len(pixels):
        raise InputError(
            f"there are {len(pixels)} images and {len(codes)} labels",
            place=shown(files[1]),
            remedy="give the two files of one set",
        )
    if not pixels.size:
        raise InputError("the file holds no images", place=shown(files[0]))
    bounds = (0.0, 255.0) if values.dtype == np.uint8 else (float(values.min()), float(values.max()))
    return Images(shown(files[0]), pixels, as_text([str(label) for label in codes.tolist()]), bounds)


def read_images(path: Path) -> tuple[Array, Array | None]:
    """Images (n, channels, height, width) in one file, and its labels (n,) where it holds them; for a batch.

    Raises:
        InputError: for a file of the wrong form.
    """
    if path.suffix == ".npz":
        found = _npz(path)
        pixels, labels = _first(found, IMAGE_KEYS, path), next((found[key] for key in LABEL_KEYS if key in found), None)
    else:
        pixels, labels = _array(path), None
    return _as_images(pixels, path), labels


def _as_images(values: Array, path: Path) -> Array:
    if values.ndim == 3:
        values = values[:, None, :, :]
    if values.ndim != 4:
        raise InputError(
            f"an array of shape {values.shape} is no set of images",
            place=shown(path),
            remedy="the shape is (n, height, width) or (n, channels, height, width)",
        )
    if values.dtype.kind not in "uifb":
        raise InputError(f"pixels of type {values.dtype} are no numbers", place=shown(path))
    pixels = values.astype(np.float32)
    if not np.isfinite(pixels).all():
        raise InputError("some pixels are not finite numbers", place=shown(path))
    return pixels


def _either(path: Path, keys: Sequence[str]) -> Array:
    return _first(_npz(path), keys, path) if path.suffix == ".npz" else _array(path)


def _first(found: dict[str, Array], keys: Sequence[str], path: Path) -> Array:
    for key in keys:
        if key in found:
            return found[key]
    raise InputError(
        f"the file holds {', '.join(sorted(found)) or 'no arrays'} and none of {', '.join(keys)}", place=shown(path)
    )


def _npz(path: Path) -> dict[str, Array]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise InputError(f"this is no .npz file: {_first_line(error)}", place=shown(path)) from None


def _array(path: Path) -> Array:
    if path.suffix == ".npy":
        try:
            return np.asarray(np.load(path, allow_pickle=False))
        except (ValueError, OSError, EOFError) as error:
            raise InputError(f"this is no .npy file: {_first_line(error)}", place=shown(path)) from None
    return _idx(path)


def _idx(path: Path) -> Array:
    try:
        raw = path.read_bytes()
        data = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError) as error:  # gzip.BadGzipFile is an OSError
        raise InputError(f"the file cannot be read: {_first_line(error)}", place=shown(path)) from None
    if not data:
        raise InputError("the file is empty", place=shown(path), remedy="fetch the IDX file again")
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _TYPES or not data[3]:
        raise InputError(
            f"the file starts with {data[:4].hex(' ')}, which is not the magic number of IDX",
            place=shown(path),
            remedy="give an IDX, .npy or .npz file",
        )
    start = 4 + 4 * data[3]
    shape = struct.unpack(f">{data[3]}I", data[4:start]) if len(data) >= start else ()
    kind = np.dtype(_TYPES[data[2]])
    wanted = start + kind.itemsize * math.prod(shape)
    if len(data) != wanted:
        raise InputError(
            f"the file has {len(data)} bytes where its header announces {wanted}",
            place=shown(path),
            remedy="it is cut off or changed; fetch it again",
        )
    return np.frombuffer(data, dtype=kind, offset=start).reshape(shape).astype(kind.newbyteorder("="))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["it is cut off"])[0].rstrip(".")
