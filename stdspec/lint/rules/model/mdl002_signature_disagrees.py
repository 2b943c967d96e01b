"""MDL002: a frozen signature that the data cannot feed, or that answers in other classes than the data have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from stdspec.compose.model import Composed
from stdspec.lint.look import categories, mapping, sources, whole
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("model", "signature")

SHAPES: Final[dict[str, tuple[int, ...]]] = {
    "cifar10": (3, 32, 32),
    "digits": (1, 8, 8),
    "breast_cancer": (30,),
    "diabetes": (10,),
    "iris": (4,),
    "wine": (13,),
}
"""The shape of one example of the sources whose shape is part of their name."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """A frozen input of another size than an example, and a frozen output of another size than there are classes."""
    signature = spec.get(_PATH)
    if not isinstance(signature, dict):
        return
    values = example(spec)
    inputs, outputs = signature.get("inputs"), signature.get("outputs")
    if values is not None and isinstance(inputs, dict) and len(inputs) == 1:
        for name, tensor in inputs.items():
            taken = _size(tensor)
            if taken is not None and taken != math.prod(values):
                shape = " × ".join(map(str, values))
                count = f"{math.prod(values)} values ({shape})" if len(values) > 1 else f"{math.prod(values)} values"
                yield Fault(
                    (*_PATH, "inputs", name),
                    f"the model takes {taken} values as '{name}' and the data give {count}; write signature: derived, "
                    f"or make the first layer {math.prod(values)} wide",
                )
    classes = len(categories(spec)) if spec.get(("training", "task")) == "classification" else 0
    if classes and isinstance(outputs, dict) and len(outputs) == 1:
        for name, tensor in outputs.items():
            given = _size(tensor)
            if given is not None and given != classes:
                yield Fault(
                    (*_PATH, "outputs", name),
                    f"the model gives {given} values as '{name}' and the target has {classes} categories; make them "
                    "agree",
                )


def example(spec: Composed) -> tuple[int, ...] | None:
    """The shape of one example as far as the spec tells it: by the source's name, or by counting features."""
    found = sources(spec)
    if len(found) != 1:
        return None
    source = found[0][1]
    known = SHAPES.get(str(source.get("name"))) or SHAPES.get(str(source.get("kind")))
    if known is not None:
        return known
    size, channels = source.get("size"), whole(source.get("channels"))
    if isinstance(size, list) and len(size) == 2 and channels and all(map(whole, size)):
        return (channels, *size)
    return _columns(spec)


def _columns(spec: Composed) -> tuple[int, ...] | None:
    target = mapping(spec, "data", "target").get("column")
    columns = mapping(spec, "data", "columns")
    if spec.get(("data", "modality")) != "tabular" or any(char in name for name in columns for char in "*?["):
        return None
    transforms = mapping(spec, "data", "transforms").values()
    if any(isinstance(item, dict) and item.get("kind") == "one-hot" for item in transforms):
        return None
    features = [
        name
        for name, column in columns.items()
        if name != target and isinstance(column, dict) and column.get("role", "feature") in ("feature", "sensitive")
    ]
    return (len(features),) if features else None


def _size(tensor: Any) -> int | None:
    """The number of values of one example of a tensor whose shape begins with the batch."""
    shape = tensor.get("shape") if isinstance(tensor, dict) else None
    if not isinstance(shape, list) or len(shape) < 2:
        return None
    sizes = [whole(size) for size in shape[1:]]
    return None if None in sizes else math.prod(size for size in sizes if size is not None)


_CIFAR = "data: {source: {kind: cifar10}, modality: image, target: {column: label}}\n"

RULE = Rule(
    code="MDL002",
    slug="signature-disagrees",
    summary="The frozen signature disagrees with the data",
    why="A network whose first layer is narrower than an example fails in the first step, after the machine was "
    "booked; one whose "
    "last layer has too many outputs trains and is wrong. Let the signature be derived, or freeze the right one.",
    check=check,
    good=(
        Case(_CIFAR + "model: {signature: {inputs: {image: {dtype: float32, shape: [batch, 3, 32, 32]}}}}"),
        Case(_CIFAR + "model: {signature: derived}"),
        Case(
            "data: {source: {kind: csv}, modality: tabular, target: {column: y}, columns: {a: {}, b: {}, y: {}, g: "
            "{role: group}}}\n"
            "model: {signature: {inputs: {features: {dtype: float32, shape: [batch, 2]}}}}"
        ),
    ),
    bad=(
        Case(
            _CIFAR + "model: {signature: {inputs: {image: {dtype: float32, shape: [batch, 128]}}}}",
            "model.signature.inputs.image",
            "the model takes 128 values as 'image' and the data give 3072 values (3 × 32 × 32); write signature: "
            "derived, "
            "or make the first layer 3072 wide",
        ),
        Case(
            "data: {source: {kind: csv}, target: {column: y}, columns: {y: {categories: [a, b, c]}}}\n"
            "training: {task: classification}\n"
            "model: {signature: {outputs: {scores: {dtype: float32, shape: [batch, 2]}}}}",
            "model.signature.outputs.scores",
            "the model gives 2 values as 'scores' and the target has 3 categories; make them agree",
        ),
    ),
)
