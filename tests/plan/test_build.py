"""The plan: which nodes a spec asks for, what they read, and that it says nothing of the machine."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from stdspec.errors import InputError
from stdspec.plan.build import build
from stdspec.plan.model import Plan

from .handmade import SPEC, composed


def plan(tmp_path: Path, **changes: Any) -> Plan:
    spec = copy.deepcopy(SPEC)
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = spec
        for key in parents:
            node = node.setdefault(key, {})
        node[last] = value
    return build(composed(spec, tmp_path / "conf" / "config.yaml"), tmp_path)


def ids(made: Plan) -> list[str]:
    return [node.id for node in made.nodes]


def test_a_hold_out_trains_once(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert ids(made) == ["data", "split", "train", "evaluate", "gate", "package"]
    assert made.node("train").config["fold"] == "holdout"
    assert {name: item.node for name, item in made.node("gate").inputs.items()} == {
        "dataset": "data",
        "splits": "split",
        "predictions": "evaluate",
    }
    assert made.node("package").inputs["model"].node == "train"


def test_k_folds_train_k_times_and_once_on_everything(tmp_path: Path) -> None:
    made = plan(tmp_path, evaluation__method={"kind": "k-fold", "k": 3})
    assert ids(made)[2:6] == ["train-1", "train-2", "train-3", "train-final"]
    assert made.node("train-final").config["fold"] == "final"
    assert made.node("evaluate-2").inputs["model"].node == "train-2"
    assert made.node("evaluate-2").config["fold"] == "2"
    assert made.node("gate").inputs["predictions-3"].node == "evaluate-3"
    assert made.node("package").inputs["model"].node == "train-final"


def test_repeats_multiply_the_folds(tmp_path: Path) -> None:
    made = plan(tmp_path, evaluation__method={"kind": "k-fold", "k": 2, "repeats": 2})
    assert [name for name in ids(made) if name.startswith("train")] == [
        "train-1",
        "train-2",
        "train-3",
        "train-4",
        "train-final",
    ]


def test_exports_bring_export_and_parity_on_the_final_model(tmp_path: Path) -> None:
    made = plan(
        tmp_path, deployment__exports={"onnx": {"opset": 18}}, evaluation__method={"kind": "time-series", "k": 2}
    )
    assert made.node("export").inputs["model"].node == "train-final"
    assert set(made.node("parity").inputs) == {"dataset", "splits", "model", "exports"}
    assert set(made.node("package").inputs) == {"model", "exports", "metrics"}


def test_a_reference_and_a_card_are_made_when_asked_for(tmp_path: Path) -> None:
    assert not {"reference", "card"} & set(ids(plan(tmp_path)))
    made = plan(tmp_path, monitoring__reference="train", model__card={"intended_use": "a test"})
    assert {"reference", "card"} <= set(ids(made))
    assert "card" in ids(plan(tmp_path, stage="candidate"))


def test_without_metrics_nothing_is_evaluated(tmp_path: Path) -> None:
    assert ids(plan(tmp_path, evaluation__metrics={})) == ["data", "split", "train", "package"]


def test_a_bought_model_is_not_trained_and_not_exported(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        training={"kind": "none", "task": "classification"},
        model={"kind": "onnx", "path": "m.onnx"},
        deployment__exports={"onnx": {}},
    )
    assert ids(made) == ["data", "split", "model", "evaluate", "gate", "package"]
    assert made.node("model").run == "stdspec.run.train.bought:execute"
    assert not made.node("model").inputs
    assert made.node("evaluate").inputs["model"].node == "model"


def test_own_data_brings_its_own_split(tmp_path: Path) -> None:
    made = plan(tmp_path, data={"_target_": "acme.data.Claims", "root": "claims"}, monitoring__reference="train")
    assert ids(made) == ["data", "train", "evaluate", "gate", "package"]
    assert made.node("data").run == "stdspec.run.data.own:execute"
    assert set(made.node("train").inputs) == {"dataset"}


def test_own_data_cannot_be_cross_validated(tmp_path: Path) -> None:
    spec = copy.deepcopy(SPEC)
    spec["data"] = {"_target_": "acme.data.Claims"}
    spec["evaluation"]["method"] = {"kind": "k-fold", "k": 3}
    made = composed(spec, tmp_path / "conf" / "config.yaml")
    with pytest.raises(InputError, match="brings its own split") as caught:
        build(made, tmp_path)
    line = made.origins["evaluation", "method", "kind"][0].span.line
    assert str(caught.value.place).endswith(f"/conf/config.yaml:{line}:3")


def test_a_node_reads_only_its_part_of_the_spec(tmp_path: Path) -> None:
    before, after = plan(tmp_path), plan(tmp_path, data__license="MIT", model__card={"intended_use": "x"})
    for node in ("data", "split", "train", "evaluate", "gate"):
        assert before.node(node).config_digest == after.node(node).config_digest
    assert "license" not in before.node("data").config["data"]
    assert before.node("train").config["model"] == {"kind": "mlp", "hidden": [4]}


def test_an_edit_reaches_the_nodes_that_read_it(tmp_path: Path) -> None:
    before, after = plan(tmp_path), plan(tmp_path, training__epochs=9)
    changed = {node.id for node in before.nodes if node.config_digest != after.node(node.id).config_digest}
    assert changed == {"train"}


def test_the_same_spec_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "elsewhere" / "deep"
    made = [build(composed(copy.deepcopy(SPEC), root / "conf" / "config.yaml"), root) for root in (here, there)]
    assert made[0].to_bytes() == made[1].to_bytes()
    assert str(tmp_path).encode() not in made[0].to_bytes()


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    import json

    made = plan(tmp_path)
    again = Plan.from_json(json.loads(made.to_bytes()))
    assert again.to_bytes() == made.to_bytes()
    assert again.digest == made.digest


def test_origins_say_file_line_and_column(tmp_path: Path) -> None:
    origins = plan(tmp_path).node("split").origins
    assert origins["seed"].startswith("conf/config.yaml:")
    assert "data.splits.shares.train" in origins
    assert "data.license" not in origins


def test_shipped_files_are_named_without_the_installation(tmp_path: Path) -> None:
    from stdspec import resources

    spec = copy.deepcopy(SPEC)
    made = build(composed(spec, resources.conf() / "config.yaml"), tmp_path)
    assert made.node("split").origins["seed"].startswith("<stdspec>/conf/config.yaml:")


def test_only_what_runs_the_model_asks_for_the_accelerator(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert made.node("data").resources == {"accelerator": "cpu", "devices": 1}
    assert made.node("train").resources == {"accelerator": "auto", "devices": "auto", "nodes": 1, "memory": "1GiB"}


def test_the_policy_of_determinism_is_that_of_training(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert made.node("train").determinism == "tolerance"
    assert made.node("gate").determinism == "exact"


@pytest.mark.parametrize("method", [{"kind": "hold-out"}, {"kind": "k-fold", "k": 2}])
def test_a_plan_is_of_the_published_form(tmp_path: Path, method: dict[str, Any]) -> None:
    from stdspec.validate import check_data

    made = plan(
        tmp_path, evaluation__method=method, deployment__exports={"onnx": {"opset": 18}}, monitoring__reference="train"
    )
    assert list(check_data(made.as_json(), "plan", lambda path, key: None)) == []


def test_the_order_of_what_is_written_counts_and_is_kept(tmp_path: Path) -> None:
    import json

    steps = {"scale": {"kind": "standardize"}, "clip": {"kind": "clip", "low": 0}}
    one = plan(tmp_path, data__transforms=steps)
    two = plan(tmp_path, data__transforms=dict(reversed(steps.items())))
    assert one.node("train").config_digest != two.node("train").config_digest
    assert one.spec_digest != two.spec_digest
    for made in (one, two):
        again = Plan.from_json(json.loads(made.to_bytes()))
        kept = again.node("train").config["data"]["transforms"]
        assert list(kept) == list(made.spec["data"]["transforms"])
        assert again.node("train").config_digest == made.node("train").config_digest
