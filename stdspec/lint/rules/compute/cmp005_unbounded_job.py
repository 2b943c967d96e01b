"""CMP005: a job that may come back, or stay, without end. That its time is limited CMP001 asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stdspec.compose.model import Composed
from stdspec.lint.look import listed, mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.standard.quantity import quantity

_PATH = ("compute", "limits")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Limits without a time-to-live or a number of retries; a time-to-live that is shorter than the time."""
    limits = mapping(spec, *_PATH)
    missing = [name for name in ("retries", "ttl") if not _bounded(limits.get(name))]
    if missing:
        yield Fault(
            _PATH, f"nothing bounds the job by {listed(missing, 'or')}; give compute.limits a value for each", key=True
        )
    time, ttl = quantity(limits.get("time")), quantity(limits.get("ttl"))
    if time and ttl and time.kind == ttl.kind == "duration" and ttl.amount < time.amount:
        yield Fault(
            (*_PATH, "ttl"),
            f"the job is removed after {limits['ttl']}, before its time of {limits['time']} is over; raise ttl to at "
            "least that",
        )


def _bounded(value: Any) -> bool:
    found = quantity(value)
    return found is not None and found.kind in ("number", "duration")


RULE = Rule(
    code="CMP005",
    slug="unbounded-job",
    summary="Retries or time-to-live are not finite",
    why="A job that hangs holds its machine until somebody looks, and one that is retried for ever hides the fault "
    "that stops "
    "it. State ttl and retries.",
    check=check,
    good=(
        Case("compute: {limits: {time: 10min, retries: 0, ttl: 1h}}"),
        Case("compute: {limits: {time: 2h, retries: 3, ttl: 2h}}"),
    ),
    bad=(
        Case(
            "compute: {limits: {time: null, retries: 1}}",
            "compute.limits",
            "nothing bounds the job by ttl; give compute.limits a value for each",
        ),
        Case(
            "compute: {limits: {time: 2h, retries: 1, ttl: 1h}}",
            "compute.limits.ttl",
            "the job is removed after 1h, before its time of 2h is over; raise ttl to at least that",
        ),
    ),
)
