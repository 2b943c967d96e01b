"""CMP013: a precision that the accelerator of the shape has no arithmetic for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_WITHOUT_BF16: Final = frozenset({"K80", "M60", "P4", "P40", "P100", "V100", "T4"})
"""Chips before the Ampere generation, which was the first to compute in bfloat16 (compute capability 8.0)."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """bfloat16 on a chip that has to do it in other steps."""
    compute, chip = mapping(spec, "compute"), mapping(spec, "compute", "gpu").get("name")
    precision = compute.get("precision")
    if (
        isinstance(chip, str)
        and chip in _WITHOUT_BF16
        and compute.get("accelerator") != "cpu"
        and str(precision).startswith("bf16")
    ):
        yield Fault(
            ("compute", "precision"),
            f"the {chip} does not compute in bfloat16, so that {precision} is slower there than 32-true; write "
            "16-mixed",
        )


RULE = Rule(
    code="CMP013",
    slug="precision-not-on-chip",
    summary="The precision is one that the accelerator of the shape has no arithmetic for",
    why="Chips before the Ampere generation have no bfloat16 units. PyTorch runs such a training there all the same, "
    "by converting back and forth, and it takes longer than full precision would.",
    check=check,
    good=(
        Case("compute: {gpu: {name: T4}, accelerator: cuda, precision: 16-mixed}"),
        Case("compute: {gpu: {name: H100}, accelerator: cuda, precision: bf16-mixed}"),
        Case("compute: {gpu: {name: T4}, accelerator: cpu, precision: bf16-mixed}"),
        Case("compute: {gpu: null, accelerator: cuda, precision: bf16-mixed}"),
    ),
    bad=(
        Case(
            "compute: {gpu: {name: T4}, accelerator: cuda, precision: bf16-mixed}",
            "compute.precision",
            "the T4 does not compute in bfloat16, so that bf16-mixed is slower there than 32-true; write 16-mixed",
        ),
        Case(
            "compute: {gpu: {name: V100}, accelerator: auto, precision: bf16-true}",
            "compute.precision",
            "the V100 does not compute in bfloat16, so that bf16-true is slower there than 32-true; write 16-mixed",
        ),
    ),
)
