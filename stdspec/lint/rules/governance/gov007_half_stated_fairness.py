"""GOV007: a fairness claim that cannot be tested."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import listed, mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.suggest import slipped

_PATH = ("governance", "fairness")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Fairness without groups, metric, ratio or difference, or tolerance; groups and a metric that nothing declares."""
    fairness = mapping(spec, *_PATH)
    if not fairness:
        return
    missing = [key for key in ("groups", "metric", "as", "tolerance") if fairness.get(key) in (None, "", [])]
    if missing:
        yield Fault(_PATH, f"fairness says no {listed(missing, 'and no')}; add it", key=True)
    columns, groups = mapping(spec, "data", "columns"), fairness.get("groups")
    for index, name in enumerate(groups if isinstance(groups, list) else []):
        if columns and name not in columns:
            near = slipped(name, columns) if isinstance(name, str) else None
            remedy = f"did you mean '{near}'?" if near else "declare it with role sensitive"
            yield Fault((*_PATH, "groups", index), f"group '{name}' is no declared column; {remedy}", meant=near or "")
    metrics, metric = mapping(spec, "evaluation", "metrics"), fairness.get("metric")
    if isinstance(metric, str) and metrics and metric not in metrics:
        near = slipped(metric, metrics)
        remedy = f"did you mean '{near}'?" if near else "count it, too"
        message = f"'{metric}' is none of the counted metrics ({', '.join(metrics)}); {remedy}"
        yield Fault((*_PATH, "metric"), message, meant=near or "")


RULE = Rule(
    code="GOV007",
    slug="half-stated-fairness",
    summary="A fairness claim lacks groups, metric, form or tolerance",
    why="'Fair' can be tested only between named groups, for one metric, as a ratio or a difference, within a "
    "tolerance. The groups "
    "must be columns of the data and the metric one that is counted.",
    check=check,
    good=(
        Case(
            "{governance: {fairness: {groups: [sex], metric: recall, as: ratio, tolerance: 0.8}}, "
            "data: {columns: {sex: {role: sensitive}}}, evaluation: {metrics: {recall: {}}}}"
        ),
        Case("governance: {fairness: null}"),
    ),
    bad=(
        Case(
            "governance: {fairness: {groups: [sex], metric: recall}}",
            "governance.fairness",
            "fairness says no as and no tolerance; add it",
        ),
        Case(
            "{governance: {fairness: {groups: [sex], metric: recall, as: ratio, tolerance: 0.8}}, "
            "data: {columns: {age: {}}}, evaluation: {metrics: {recall: {}}}}",
            "governance.fairness.groups[0]",
            "group 'sex' is no declared column; declare it with role sensitive",
        ),
    ),
    fixable="unsafe",
)
