"""MON001: a monitored metric without a proper name, a unit, a window or somebody who looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import entries, lacking, listed, mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("monitoring", "metrics")
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """No monitored metric, and every one that is badly named or lacks unit, window or owner."""
    if not mapping(spec, *_PATH):
        yield Fault(_PATH, "nothing is monitored; add monitoring.metrics: {NAME: {unit, window, owner}}", key=True)
    for path, metric in entries(spec, *_PATH):
        name = str(path[-1])
        missing = [key for key in ("unit", "window", "owner") if metric.get(key) in (None, "")]
        if missing:
            yield lacking(path, metric, missing, f"metric '{name}' has no {listed(missing, 'and no')}; add it")
        if not _NAME.fullmatch(name):
            fixed = re.sub(r"[^a-z0-9_]+", "_", name.lower())
            yield Fault(path, f"'{name}' is no metric name that a time-series base takes; write {fixed}", key=True)


RULE = Rule(
    code="MON001",
    slug="unowned-metric",
    summary="A monitored metric lacks a name, a unit, a window or an owner",
    why="A number on a dashboard that nobody owns is not watched, and one without unit and window cannot be read. "
    "Name it as "
    "time-series bases do: small letters, digits and underscores, the unit last.",
    check=check,
    good=(
        Case("monitoring: {metrics: {prediction_latency_seconds: {unit: seconds, window: 5min, owner: ml}}}"),
        Case("monitoring: {metrics: {rejected_share: {unit: ratio, window: 1d, owner: quality}}}"),
    ),
    bad=(
        Case(
            "monitoring: {metrics: {latency_seconds: {unit: seconds}}}",
            "monitoring.metrics.latency_seconds",
            "metric 'latency_seconds' has no window and no owner; add it",
        ),
        Case(
            "monitoring: {metrics: {Latency-ms: {unit: ms, window: 5min, owner: ml}}}",
            "monitoring.metrics.Latency-ms",
            "'Latency-ms' is no metric name that a time-series base takes; write latency_ms",
        ),
        Case(
            "monitoring: {metrics: {}}",
            "monitoring.metrics",
            "nothing is monitored; add monitoring.metrics: {NAME: {unit, window, owner}}",
        ),
    ),
)
