"""EVL003: data with a time order that are shuffled before they are split."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import entries, mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_SHUFFLED_SPLITS = ("random", "stratified")
_SHUFFLED_FOLDS = ("k-fold", "grouped-k-fold")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """A split or a cross-validation that shuffles where a column is the time or the other of the two keeps it."""
    splits, method = mapping(spec, "data", "splits").get("kind"), mapping(spec, "evaluation", "method").get("kind")
    column = next(
        (str(path[-1]) for path, item in entries(spec, "data", "columns") if item.get("role") == "time"), None
    )
    why = f"column '{column}' is the time" if column else "data.splits is by time"
    if column is None and splits != "time":
        return
    if method in _SHUFFLED_FOLDS:
        yield Fault(
            ("evaluation", "method", "kind"),
            f"{method} shuffles the rows, and {why}; take evaluation/method: time_series, which tests on what follows",
        )
    elif method != "time-series" and splits in _SHUFFLED_SPLITS:
        yield Fault(
            ("data", "splits", "kind"),
            f"a {splits} split shuffles the rows, and {why}; take data/splits: time, which tests on what follows",
        )


RULE = Rule(
    code="EVL003",
    slug="shuffled-time",
    summary="Time-ordered data are shuffled",
    why="A model that has seen next week predicts this week well. Where rows have an order in time, it must be "
    "trained on what "
    "comes before and tested on what comes after.",
    check=check,
    good=(
        Case("{data: {columns: {day: {role: time}}, splits: {kind: time}}, evaluation: {method: {kind: hold-out}}}"),
        Case("{data: {columns: {day: {role: feature}}, splits: {kind: random}}, evaluation: {method: {kind: k-fold}}}"),
    ),
    bad=(
        Case(
            "{data: {columns: {day: {role: time}}, splits: {kind: random}}, evaluation: {method: {kind: hold-out}}}",
            "data.splits.kind",
            "a random split shuffles the rows, and column 'day' is the time; take data/splits: time, which tests on "
            "what follows",
        ),
        Case(
            "{data: {splits: {kind: time}}, evaluation: {method: {kind: k-fold}}}",
            "evaluation.method.kind",
            "k-fold shuffles the rows, and data.splits is by time; take evaluation/method: time_series, which tests "
            "on what follows",
        ),
    ),
)
