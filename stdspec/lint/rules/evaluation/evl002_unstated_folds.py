"""EVL002: a cross-validation that does not say how its folds are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.compose.model import Composed
from stdspec.lint.look import listed, mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("evaluation", "method")
SAID: Final[dict[str, tuple[str, ...]]] = {
    "k-fold": ("k", "stratify", "seed"),
    "grouped-k-fold": ("k", "group", "seed"),
    "time-series": ("k", "time"),
}
"""What each kind of cross-validation has to say. An assumed value is not said."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Missing or null k, strata, group, time or seed of a cross-validation."""
    method = mapping(spec, *_PATH)
    missing = [
        key for key in SAID.get(str(method.get("kind")), ()) if method.get(key) is None or spec.assumed((*_PATH, key))
    ]
    if missing:
        yield Fault(
            _PATH, f"{method['kind']} says no {listed(missing, 'and no')}; add it to evaluation.method", key=True
        )


RULE = Rule(
    code="EVL002",
    slug="unstated-folds",
    summary="Cross-validation does not state k, strata, group or seed",
    why="Two cross-validations with other folds are two experiments. Say how many folds there are, by what they are "
    "stratified "
    "or grouped, and the seed that draws them.",
    check=check,
    good=(
        Case("evaluation: {method: {kind: k-fold, k: 5, stratify: true, group: null, seed: 20}}"),
        Case("evaluation: {method: {kind: hold-out}}"),
    ),
    bad=(
        Case(
            "evaluation: {method: {kind: k-fold, k: 5, stratify: true}}",
            "evaluation.method",
            "k-fold says no seed; add it to evaluation.method",
        ),
        Case(
            "evaluation: {method: {kind: grouped-k-fold, k: 5, group: null}}",
            "evaluation.method",
            "grouped-k-fold says no group and no seed; add it to evaluation.method",
        ),
    ),
)
