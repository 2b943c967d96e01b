"""CMP012: more is asked for than the machine's shape has."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping, whole
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.standard.quantity import quantity


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """More devices than the shape has accelerators, CUDA where it has none, a memory limit above its memory."""
    compute = mapping(spec, "compute")
    count, devices, limits = compute.get("count"), whole(compute.get("devices")), mapping(spec, "compute", "limits")
    if isinstance(count, int) and not isinstance(count, bool) and compute.get("accelerator") == "cuda":
        if count == 0:
            yield Fault(
                ("compute", "accelerator"), f"{_name(compute)} has no accelerator; write cpu, or take another shape"
            )
        elif devices is not None and devices > count:
            has = f"{count} accelerator{'s' * (count > 1)}"
            yield Fault(
                ("compute", "devices"),
                f"{devices} devices are asked for and {_name(compute)} has {has}; write {count} or auto, or take "
                "another shape",
            )
    there, allowed = quantity(compute.get("memory")), quantity(limits.get("memory"))
    if there and allowed and there.kind == allowed.kind == "size" and allowed.amount > there.amount:
        yield Fault(
            ("compute", "limits", "memory"),
            f"{limits['memory']} are allowed and {_name(compute)} has {compute['memory']}; lower the limit, or take "
            "another shape",
        )


def _name(compute: dict[str, object]) -> str:
    shape = compute.get("shape")
    return f"the shape {shape}" if isinstance(shape, str) else "the shape"


RULE = Rule(
    code="CMP012",
    slug="over-the-shape",
    summary="More is asked for than the compute shape has",
    why="A shape says what the machine has. A run that asks for more devices or allows more memory than that is "
    "refused or killed on the machine, after it was rented and the data were read.",
    check=check,
    good=(
        Case("compute: {shape: a, count: 8, accelerator: cuda, devices: 8, memory: 64GiB, limits: {memory: 64GiB}}"),
        Case(
            "compute: {shape: local, count: null, accelerator: cuda, devices: 2, memory: null, limits: {memory: 1TiB}}"
        ),
        Case("compute: {shape: a, count: 0, accelerator: cpu, devices: 2}"),
    ),
    bad=(
        Case(
            "compute: {shape: g5.xlarge, count: 1, accelerator: cuda, devices: 4}",
            "compute.devices",
            "4 devices are asked for and the shape g5.xlarge has 1 accelerator; write 1 or auto, or take another shape",
        ),
        Case(
            "compute: {shape: c7i.4xlarge, count: 0, accelerator: cuda, devices: 1}",
            "compute.accelerator",
            "the shape c7i.4xlarge has no accelerator; write cpu, or take another shape",
        ),
        Case(
            "compute: {shape: c7i.4xlarge, memory: 32GiB, limits: {memory: 48GiB}}",
            "compute.limits.memory",
            "48GiB are allowed and the shape c7i.4xlarge has 32GiB; lower the limit, or take another shape",
        ),
    ),
)
