"""MDL001: a frozen signature whose inputs or outputs have no name, type or shape."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import listed
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("model", "signature")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Tensors of a frozen signature without dtype or shape, and a signature that lacks inputs or outputs."""
    signature = spec.get(_PATH)
    if not isinstance(signature, dict):
        return
    for side in ("inputs", "outputs"):
        tensors = signature.get(side)
        if not isinstance(tensors, dict) or not tensors:
            yield Fault((*_PATH, side), f"the signature names no {side}; add {side}: {{NAME: {{dtype, shape}}}}")
            continue
        for name, tensor in tensors.items():
            told = tensor if isinstance(tensor, dict) else {}
            missing = [key for key in ("dtype", "shape") if told.get(key) is None]
            if missing:
                yield Fault(
                    (*_PATH, side, name),
                    f"'{name}' of the signature has no {listed(missing, 'and no')}; add it",
                    key=True,
                )


RULE = Rule(
    code="MDL001",
    slug="untyped-signature",
    summary="A frozen signature leaves a tensor without name, type or shape",
    why="A server, a client and a monitor all need to know what goes in and what comes out. `signature: derived` "
    "takes both "
    "from the data and the model; a frozen one has to say name, dtype and shape of every tensor.",
    check=check,
    good=(
        Case("model: {signature: derived}"),
        Case(
            "model: {signature: {inputs: {x: {dtype: float32, shape: [batch, 30]}}, "
            "outputs: {y: {dtype: float32, shape: [batch, 2]}}}}"
        ),
    ),
    bad=(
        Case(
            "model: {signature: {inputs: {x: {shape: [batch, 30]}}, outputs: {y: {dtype: float32, shape: [batch, "
            "2]}}}}",
            "model.signature.inputs.x",
            "'x' of the signature has no dtype; add it",
        ),
        Case(
            "model: {signature: {inputs: {x: {dtype: float32, shape: [batch, 30]}}}}",
            "model.signature.outputs",
            "the signature names no outputs; add outputs: {NAME: {dtype, shape}}",
        ),
    ),
)
