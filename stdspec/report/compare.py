"""How two finished runs differ: config, metrics with their intervals, verdicts, and what they ran with.

Of two intervals only what they show is said: whether they overlap. Whether a difference is real is another question,
which intervals of each run alone do not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from stdspec.plan.diff import Differences
from stdspec.plan.diff import compare as compare_plans
from stdspec.plan.model import Plan

Facts = Mapping[str, Any]


class Run(Struct, frozen=True):
    """A finished run: its plan, and report.json as data."""

    plan: Plan
    report: Facts


class Measured(Struct, frozen=True):
    """A metric of one run; what it does not say is None."""

    estimate: Any = None
    lower: Any = None
    upper: Any = None
    level: Any = None
    n: Any = None
    passed: Any = None


class Metric(Struct, frozen=True):
    """A metric of two runs.

    Attributes:
        name: ``accuracy``, ``slices.old.accuracy`` or ``shifts.noise.accuracy``.
        old: of the first run, or None.
        new: of the second, or None.
    """

    name: str
    old: Measured | None
    new: Measured | None

    @property
    def overlap(self) -> bool | None:
        """Whether the intervals have a value in common; None where one of the runs has no interval."""
        if self.old is None or self.new is None:
            return None
        bounds = (self.old.lower, self.old.upper, self.new.lower, self.new.upper)
        if not all(isinstance(bound, int | float) for bound in bounds):
            return None
        return bool(bounds[0] <= bounds[3] and bounds[2] <= bounds[1])

    @property
    def difference(self) -> float | None:
        """The second estimate less the first."""
        numbers = [side.estimate for side in (self.new, self.old) if side is not None]
        known = len(numbers) == 2 and all(isinstance(number, int | float) for number in numbers)
        return numbers[0] - numbers[1] if known else None


class Fact(Struct, frozen=True):
    """Something that differs: a verdict, a package, a digest; None where one side does not have it."""

    name: str
    old: Any
    new: Any


class Compared(Struct, frozen=True):
    """How a second run differs from a first.

    Attributes:
        plans: the specs and the nodes.
        metrics: every metric that one of them has, the equal ones, too.
        verdicts: the clauses with another verdict; the name is ``EVL005 (must)``.
        environment: python, packages, code and data that are not the same.
        results: weights and result digest, where they are not the same.
        costs: time, memory and the like of both; these differ between equal runs as well.
        same_data: whether both were measured on the same data, split by the same seed.
    """

    plans: Differences
    metrics: tuple[Metric, ...]
    verdicts: tuple[Fact, ...]
    environment: tuple[Fact, ...]
    results: tuple[Fact, ...]
    costs: tuple[Fact, ...]
    same_data: bool


_PARTS: Final = {"slices": "slice", "shifts": "shift"}
"""Parts of the evaluation that hold metrics, and the key of what each is about."""
_RESULTS: Final = ("weights", "result_digest")
_MEASURED_ON: Final = (("data", "digest"), ("data", "splits"), ("evaluation", "method"))


def compare(one: Run, other: Run) -> Compared:
    """How the second run differs from the first."""
    reports = one.report, other.report
    return Compared(
        plans=compare_plans(one.plan, other.plan),
        metrics=tuple(_metrics(*reports)),
        verdicts=tuple(_differing(*map(_verdicts, reports))),
        environment=tuple(_differing(*map(_environment, reports))),
        results=tuple(_differing(*({name: report.get(name) for name in _RESULTS} for report in reports))),
        costs=tuple(_differing(*map(_costs, reports))),
        same_data=all(_part(one.report, path) == _part(other.report, path) for path in _MEASURED_ON)
        and one.plan.spec.get("seed") == other.plan.spec.get("seed"),
    )


def _metrics(one: Facts, other: Facts) -> Iterator[Metric]:
    old, new = _measured(one), _measured(other)
    for name in dict.fromkeys((*old, *new)):
        yield Metric(name, old.get(name), new.get(name))


def _measured(report: Facts) -> dict[str, Measured]:
    evaluation = report.get("evaluation") or {}
    found = {str(item["name"]): _as_measured(item) for item in evaluation.get("metrics") or ()}
    for part, key in _PARTS.items():
        for item in evaluation.get(part) or ():
            found[f"{part}.{item[key]}.{item['metric']}"] = _as_measured(item)
    return found


def _as_measured(item: Facts) -> Measured:
    return Measured(**{name: item.get(name) for name in Measured.__struct_fields__})


def _verdicts(report: Facts) -> dict[str, Any]:
    return {f"{item['id']} ({item['level']})": item["verdict"] for item in report["clauses"]}


def _environment(report: Facts) -> dict[str, Any]:
    """What the run ran with, and on."""
    environment = dict(report.get("environment") or {})
    packages = environment.pop("packages", None) or {}
    environment.pop("config", None)  # the differing leaves of the config are said one by one
    data = (report.get("data") or {}).get("digest") or {}
    steady = (item for item in report.get("compute") or () if not item["varies"])
    return {
        **environment,
        **{f"package {name}": version for name, version in packages.items()},
        **{f"data {name}": digest for name, digest in (data.items() if isinstance(data, Mapping) else ())},
        **{item["path"].removeprefix("run."): item["value"] for item in steady},
    }


def _costs(report: Facts) -> dict[str, Any]:
    varying = (item for item in report.get("compute") or () if item["varies"])
    return {_with_unit(item["path"].removeprefix("run.compute."), item["unit"]): item["value"] for item in varying}


def _with_unit(name: str, unit: str | None) -> str:
    return f"{name} ({unit})" if unit and unit != name else name


def _differing(old: Facts, new: Facts) -> Iterator[Fact]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield Fact(name, old.get(name), new.get(name))


def _part(report: Facts, path: tuple[str, ...]) -> Any:
    found: Any = report
    for key in path:
        found = (found or {}).get(key)
    return found
