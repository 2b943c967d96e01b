"""SPC010: a name that refers to a metric, a column or a class which the spec does not declare."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from stdspec.compose.model import Composed
from stdspec.lint.look import categories, entries, mapping, own_data
from stdspec.lint.rule import Case, Rule
from stdspec.paths import ConfigPath
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.suggest import slipped
from stdspec.validate import schemas

_METRICS = ("evaluation", "metrics")
_WATCHED = ("monitoring", "performance", "metric")
"""A metric that is watched need not be one that is counted: only a misspelt one is a fault."""
_COLUMNS: tuple[ConfigPath, ...] = (
    ("data", "target", "column"),
    ("data", "splits", "group"),
    ("data", "splits", "time"),
    ("data", "splits", "column"),
    ("evaluation", "method", "group"),
    ("evaluation", "method", "time"),
)
"""Where a column is named, besides slices."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Metrics of floors and baselines that are not counted, classes that the target lacks, columns that are misspelt.

    A column need not be declared to be there: only one whose name is a slip away from a declared one is a fault.
    """
    yield from _metrics(spec)
    if not own_data(spec):
        yield from _classes(spec)
        yield from _columns(spec)


def _metrics(spec: Composed) -> Iterator[Fault]:
    counted = [name for name, entry in mapping(spec, *_METRICS).items() if entry is not None]
    unknown = [named for named in _metric_names(spec) if named[1] not in counted]
    if not unknown or not counted or _misspelt(spec):
        return
    kinds = {kind for name in counted if (kind := _kind_of(spec, name))}
    for path, name, key in unknown:
        meant = slipped(name, counted) or ""
        if name in kinds or (path == _WATCHED and not meant):
            continue
        remedy = _hint(meant) or f"count it, too, or take one of {', '.join(counted)}"
        yield Fault(path, f"evaluation.metrics has no metric '{name}'; {remedy}", key=key, meant=meant)


def _misspelt(spec: Composed) -> bool:
    """Whether the key `metrics` itself is misspelt, so that what it holds is not known."""
    return any(slipped(str(key), ["metrics"]) for key in mapping(spec, "evaluation") if key != "metrics")


def _kind_of(spec: Composed, name: str) -> str | None:
    """The kind that a metric's name stands for when it is misspelt, which the schema says."""
    kinds = [
        kind.replace("-", "_") for kind in schemas.load("evaluation")["$defs"]["metric"]["properties"]["kind"]["enum"]
    ]
    return None if name in kinds or "kind" in mapping(spec, *_METRICS, name) else slipped(name, kinds)


def _metric_names(spec: Composed) -> Iterator[tuple[ConfigPath, str, bool]]:
    """Where a metric is named, its name, and whether it is a key there."""
    for part in ("slices", "shifts"):
        for path, _ in entries(spec, "evaluation", part):
            for name in mapping(spec, *map(str, path), "floor"):
                yield (*path, "floor", name), str(name), True
    for path in (("evaluation", "baseline", "metric"), _WATCHED):
        if _known(named := spec.get(path)):
            yield path, named, False


def _classes(spec: Composed) -> Iterator[Fault]:
    classes = categories(spec)
    places: list[ConfigPath] = [("data", "target", "positive")]
    places += [(*path, "positive") for path, _ in entries(spec, *_METRICS)]
    for path in places:
        value = spec.get(path)
        if classes and _known(value) and value not in classes:
            meant = slipped(value, classes) or ""
            remedy = _hint(meant) or f"the categories are {', '.join(classes)}"
            yield Fault(path, f"the target has no category '{value}'; {remedy}", meant=meant)


def _columns(spec: Composed) -> Iterator[Fault]:
    declared = list(mapping(spec, "data", "columns"))
    patterns = [column for column in declared if not set("*?[").isdisjoint(column)]
    plain = [column for column in declared if set("*?[").isdisjoint(column)]
    for path in (*_COLUMNS, *((*path, "column") for path, _ in entries(spec, "evaluation", "slices"))):
        name = spec.get(path)
        if not _known(name) or name in declared or any(fnmatchcase(name, pattern) for pattern in patterns):
            continue
        meant = slipped(name, plain)
        if meant:
            yield Fault(path, f"no column '{name}' is declared; {_hint(meant)}", meant=meant)


def _known(value: Any) -> bool:
    return isinstance(value, str) and value != "???" and "${" not in value


def _hint(meant: str) -> str:
    return f"did you mean '{meant}'?" if meant else ""


_PLANS = (
    "data: {target: {column: churned, positive: 'yes'}, columns: {churned: {categories: ['no', 'yes']}, plan: {}}}\n"
)

RULE = Rule(
    code="SPC010",
    slug="undeclared-name",
    summary="A name refers to a metric, a column or a class that is not declared",
    why="A floor on a metric that nobody counts, a positive class that the target does not have or a misspelt column "
    "stops a run after it has begun. What is named in one place has to be spelt as it is declared in the other.",
    check=check,
    good=(
        Case(_PLANS + "evaluation: {metrics: {recall: {positive: 'yes'}}, slices: {pro: {column: plan, is: pro}}}"),
        Case("evaluation: {metrics: {f1: {}}, shifts: {noise: {kind: scale, floor: {f1: 0.8}}}}"),
        Case("{data: {columns: {'mean *': {}}}, evaluation: {slices: {coarse: {column: mean texture, above: 1}}}}"),
    ),
    bad=(
        Case(
            "evaluation: {metrics: {f1: {}}, shifts: {noise: {kind: scale, floor: {f2: 0.8}}}}",
            "evaluation.shifts.noise.floor.f2",
            "evaluation.metrics has no metric 'f2'; did you mean 'f1'?",
        ),
        Case(
            "evaluation: {metrics: {rmse: {}}, baseline: {kind: mean, metric: accuracy, margin: 0}}",
            "evaluation.baseline.metric",
            "evaluation.metrics has no metric 'accuracy'; count it, too, or take one of rmse",
        ),
        Case(
            _PLANS.replace("positive: 'yes'", "positive: 'true'"),
            "data.target.positive",
            "the target has no category 'true'; the categories are no, yes",
        ),
        Case(
            _PLANS.replace("column: churned", "column: chruned").replace("positive: 'yes'", "positive: null"),
            "data.target.column",
            "no column 'chruned' is declared; did you mean 'churned'?",
        ),
    ),
    fixable="unsafe",
)
