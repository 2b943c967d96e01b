"""Reads from exported files in which number formats their weights are stored; nothing of the model is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import onnx

_SAFETENSORS: Final = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
_ONNX: Final = {"DOUBLE": "float64", "FLOAT": "float32", "FLOAT16": "float16", "BFLOAT16": "bfloat16"}


def floats(path: Path) -> list[str] | None:
    """The floating-point formats of the stored weights, by name; None where the file's format is not read here."""
    read = _READERS.get(path.suffix)
    return sorted(set(read(path))) if read is not None else None


def _of_safetensors(path: Path) -> Iterator[str]:
    """The header is JSON after its length in eight bytes."""
    with open(path, "rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    found = (item["dtype"] for name, item in header.items() if name != "__metadata__")
    return (_SAFETENSORS[name] for name in found if name in _SAFETENSORS)


def _of_onnx(path: Path) -> Iterator[str]:
    graph = onnx.load(str(path), load_external_data=False).graph
    found = (onnx.TensorProto.DataType.Name(tensor.data_type) for tensor in graph.initializer)
    return (_ONNX[name] for name in found if name in _ONNX)


_READERS: Final[Mapping[str, Callable[[Path], Iterator[str]]]] = {
    ".safetensors": _of_safetensors,
    ".onnx": _of_onnx,
}
