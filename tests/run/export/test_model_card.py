"""The model card: what is stated stands in it, what is not is said to be not stated."""

from __future__ import annotations

import json
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.digest import digest_file
from stdspec.run.export import card

pytestmark = pytest.mark.run

CONFIG: dict[str, Any] = {
    "name": "triage",
    "version": "0.1.0",
    "description": "Ranks aspirates.",
    "owner": {"team": "clinical-ml", "contact": "a@example.org"},
    "data": {
        "license": "CC-BY-4.0",
        "origin": {"collected": "Wisconsin, 1995"},
        "source": {"kind": "sklearn", "name": "breast_cancer"},
    },
    "model": {"card": {"intended_use": "Ranking for review", "limits": "One hospital; adults"}, "base": None},
    "training": {"task": "classification"},
}
METRICS: dict[str, Any] = {
    "task": "classification",
    "classes": ["a", "b", "c"],
    "n": 50,
    "folds": 5,
    "passed": True,
    "insufficient": [],
    "metrics": {
        "accuracy": {
            "estimate": 0.96,
            "lower": 0.8629,
            "upper": None,
            "n": 50,
            "level": 0.95,
            "method": "exact",
            "limit": 0.9,
        }
    },
}


def written(bench: Any, config: dict[str, Any]) -> tuple[dict[str, Any], str, Any]:
    bench.inputs["metrics"] = bench.folder("metrics")
    (bench.inputs["metrics"] / "metrics.json").write_text(json.dumps(METRICS))
    records = bench.run(card.execute, "card", config)
    text = (bench.root / "card" / "card.md").read_text()
    return bench.read("card/card.json"), text, records["run.governance.card"].value


def test_a_stated_card_holds_use_limits_data_and_intervals(bench: Any) -> None:
    found, text, complete = written(bench, CONFIG)
    assert complete is True
    assert found["intended_use"] == "Ranking for review"
    assert found["data"]["inputs"] == ["pressure", "offset", "side"]
    assert found["weights"] == digest_file(bench.inputs["model"] / "model.safetensors")
    assert found["evaluation"]["metrics"]["accuracy"]["lower"] == 0.8629
    assert "## Limits\n\nOne hospital; adults\n" in text
    assert "- Licence: CC-BY-4.0" in text
    assert "- Origin: collected: Wisconsin, 1995" in text
    assert "| accuracy | 0.96 | 95%: 0.8629 to undefined | 50 | exact |" in text
    assert "On 50 rows, 5 folds." in text


@pytest.mark.parametrize("lacks", ["intended_use", "limits"])
def test_a_card_with_a_gap_looks_like_one(bench: Any, lacks: str) -> None:
    stated = {key: value for key, value in CONFIG["model"]["card"].items() if key != lacks}
    found, text, complete = written(bench, {**CONFIG, "model": {"card": stated}})
    assert complete is False
    assert found[lacks] is None
    heading = {"intended_use": "Intended use", "limits": "Limits"}[lacks]
    assert f"## {heading}\n\nnot stated\n" in text
