"""What a sweep compares its points by."""

from __future__ import annotations

import pytest

from stdspec.compose.model import Composed
from stdspec.errors import InputError
from stdspec.sweep.objective import Objective, chosen

OBSERVED = {
    "training": {"checkpoint": {"monitor": "validation/loss", "mode": "min", "epoch": 2, "value": 0.5}},
    "evaluation": {"metrics": {"auroc": {"estimate": 0.9, "lower": 0.8}}},
}


def spec(**checkpoint: str) -> Composed:
    value = {
        "training": {"checkpoint": checkpoint},
        "evaluation": {"metrics": {"auroc": {"at_least": 0.8}, "mae": {"at_most": 2}, "accuracy": None}},
    }
    return Composed("spec.yaml", "spec.yaml", value, value, {})


LOSS = spec(monitor="validation/loss", mode="min")


def test_without_a_sweeper_that_optimizes_nothing_is_compared() -> None:
    assert chosen(None, (), LOSS) is None


def test_the_monitor_is_taken_where_a_sweeper_optimizes() -> None:
    assert chosen(None, ("minimize",), LOSS) == Objective("validation/loss", "minimize")
    assert Objective("validation/loss", "minimize").of(OBSERVED) == 0.5


@pytest.mark.parametrize(("metric", "way"), [("auroc", "maximize"), ("mae", "minimize"), ("accuracy", None)])
def test_a_metric_of_the_gate_is_better_on_the_side_of_its_limit(metric: str, way: str | None) -> None:
    assert chosen(f"evaluation/{metric}", (), LOSS) == Objective(f"evaluation/{metric}", way)


def test_a_metric_without_a_limit_goes_the_sweepers_way() -> None:
    assert chosen("evaluation/accuracy", ("maximize",), LOSS) == Objective("evaluation/accuracy", "maximize")


def test_the_estimate_is_what_counts_and_what_is_absent_is_none() -> None:
    assert Objective("evaluation/auroc").of(OBSERVED) == 0.9
    assert Objective("evaluation/f1").of(OBSERVED) is None
    assert Objective("validation/accuracy").of(OBSERVED) is None
    assert Objective("validation/loss").of({}) is None


@pytest.mark.parametrize(
    ("name", "directions", "words"),
    [
        (None, ("maximize",), "the sweep would maximize validation/loss, of which the spec says that it is better"),
        ("evaluation/auroc", ("minimize",), "add hydra.sweeper.direction=maximize"),
        (
            "validation/auroc",
            ("maximize",),
            "no run tells validation/auroc: the checkpoint rule watches",
        ),
        (None, ("minimize", "maximize"), "the sweeper optimizes several numbers, and a run gives one"),
    ],
)
def test_what_would_find_the_worst_point_or_none_is_refused(name, directions, words) -> None:
    with pytest.raises(InputError) as caught:
        chosen(name, directions, LOSS)
    assert words in str(caught.value)


def test_a_spec_without_a_checkpoint_rule_needs_a_name() -> None:
    with pytest.raises(InputError, match=r"the spec names no training\.checkpoint\.monitor"):
        chosen(None, ("minimize",), spec())
