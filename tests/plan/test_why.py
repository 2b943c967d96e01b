"""Why a node has to run: every part of its key is told by name, with the place of a config value."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from msgspec import UNSET

from stdspec.plan.why import GONE, NEVER, Reason, reasons

MADE: dict[str, Any] = {
    "name": "p",
    "node": "train",
    "config": {"seed": 1, "training": {"epochs": 10, "ema": None}, "data": {"transforms": {"scale": {}, "fill": {}}}},
    "code": {"acme.nets": "sha256:aa", "stdspec.run.train.node": "sha256:bb"},
    "ingredients": {
        "version": "1",
        "kind": "train",
        "run": "fake.nodes:execute",
        "config": "sha256:00",
        "environment": {"TOKEN": "sha256:01"},
        "inputs": {"dataset": "sha256:02", "splits": "sha256:03"},
        "files": {"0 a.csv": "sha256:04"},
        "code": "sha256:05",
        "packages": {"torch": "2.12.0", "numpy": "2.2.0"},
        "python": "3.11.9",
        "device": "cpu x86_64 avx2",
        "threads": 2,
    },
}
ORIGINS = {"training.epochs": "conf/experiment/a.yaml:3:20"}


def now(**changes: Any) -> dict[str, Any]:
    """The node as it was made, with some ingredients, or config or code, replaced."""
    made = copy.deepcopy(MADE)
    for name, value in changes.items():
        (made if name in ("config", "code") else made["ingredients"])[name] = value
    return made


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"device": "cuda NVIDIA H100"}, Reason("device", "", "cpu x86_64 avx2", "cuda NVIDIA H100")),
        ({"threads": 4}, Reason("threads", "", 2, 4)),
        ({"python": "3.12.1"}, Reason("python", "", "3.11.9", "3.12.1")),
        ({"run": "fake.nodes:other"}, Reason("run", "", "fake.nodes:execute", "fake.nodes:other")),
        ({"packages": {"torch": "2.13.0", "numpy": "2.2.0"}}, Reason("package", "torch", "2.12.0", "2.13.0")),
        ({"packages": {"torch": "2.12.0"}}, Reason("package", "numpy", "2.2.0")),
        ({"files": {"0 a.csv": "sha256:ff"}}, Reason("file", "0 a.csv")),
        ({"environment": {"TOKEN": "sha256:ff"}}, Reason("environment", "TOKEN")),
        ({"inputs": {"dataset": "sha256:ff", "splits": "sha256:03"}}, Reason("input", "dataset")),
        ({"code": MADE["code"] | {"acme.nets": "sha256:ff"}}, Reason("code", "acme.nets")),
        ({"code": MADE["code"] | {"acme.layers": "sha256:ff"}}, Reason("code", "acme.layers")),
    ],
)
def test_each_ingredient_is_told_by_name(change: dict[str, Any], reason: Reason) -> None:
    assert reasons(MADE, now(**change), ORIGINS) == [reason]


def test_a_config_value_is_told_with_both_values_and_its_place() -> None:
    config = MADE["config"] | {"training": {"epochs": 20, "ema": None}}
    expected = Reason("config", "training.epochs", 10, 20, "conf/experiment/a.yaml:3:20")
    assert reasons(MADE, now(config=config), ORIGINS) == [expected]


def test_a_mapping_in_the_place_of_a_value_is_one_difference() -> None:
    held = {"kind": "constant", "decay": 0.9}
    config = MADE["config"] | {"training": {"epochs": 10, "ema": held}}
    origins = {"training.ema.kind": "conf/a.yaml:5:9", "training.ema.decay": "conf/a.yaml:6:9"}
    assert reasons(MADE, now(config=config), origins) == [
        Reason("config", "training.ema", None, held, "conf/a.yaml:5:9")
    ]
    back = reasons(now(config=config), MADE, {"training.ema": "conf/a.yaml:5:3"})
    assert back == [Reason("config", "training.ema", held, None, "conf/a.yaml:5:3")]


def test_a_key_that_came_and_one_that_went() -> None:
    config = MADE["config"] | {"training": {"epochs": 10, "clip": 1.0}}
    assert reasons(MADE, now(config=config), ORIGINS) == [
        Reason("config", "training.clip", UNSET, 1.0),
        Reason("config", "training.ema", None),
    ]


def test_a_whole_number_is_not_the_same_as_a_fraction() -> None:
    config = MADE["config"] | {"seed": 1.0}
    assert reasons(MADE, now(config=config), {}) == [Reason("config", "seed", 1, 1.0)]


def test_another_order_of_keys_is_told_where_it_is() -> None:
    config = MADE["config"] | {"data": {"transforms": {"fill": {}, "scale": {}}}}
    assert reasons(MADE, now(config=config), {}) == [Reason("order", "data.transforms")]


def test_the_result_of_a_node_that_runs_itself_says_nothing_yet() -> None:
    assert reasons(MADE, now(inputs={"splits": "sha256:03"}), {}, unknown=["dataset"]) == []
    assert reasons(MADE, now(inputs={"splits": "sha256:ff"}), {}, unknown=["dataset"]) == [Reason("input", "splits")]


def test_a_node_that_never_ran_and_one_whose_result_is_gone() -> None:
    assert reasons(None, now(), {}) == [NEVER]
    assert reasons(MADE, now(), {}) == [GONE]
