"""The model card: what the model is for, where its limits are, what it learnt from and how well it does.

After Mitchell et al., "Model Cards for Model Reporting" (2019). What the spec does not say is written as not stated:
a card with a gap must look like one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from stdspec.digest import digest_file
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.export.package import weights_of

NOT_STATED: Final = "not stated"


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:  # noqa: ARG001
    """Write `card.json` and `card.md`; the record says whether intended use and limits are stated."""
    metrics = json.loads((inputs["metrics"] / "metrics.json").read_text(encoding="utf-8"))
    data = json.loads((inputs["dataset"] / "dataset.json").read_text(encoding="utf-8")) if _described(inputs) else {}
    card = built(node.config, data, metrics, digest_file(weights_of(inputs["model"])))
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "card.md").write_text(markdown(card), encoding="utf-8")
    use = card["intended_use"], card["limits"]
    return [Record("run.governance.card", all(text is not None for text in use))]


def _described(inputs: Mapping[str, Path]) -> bool:
    """Whether the data set is described: a DataModule of the user's own is not."""
    return (inputs["dataset"] / "dataset.json").is_file()


def built(
    config: Mapping[str, Any], dataset: Mapping[str, Any], metrics: Mapping[str, Any], weights: str
) -> dict[str, Any]:
    """The card as plain data; None where the spec says nothing.

    Args:
        config: name, version, description, owner, data, model and training of the spec.
        dataset: the description beside the data set (`dataset.json`), or nothing.
        metrics: the gate's `metrics.json`.
        weights: the digest of the weights.
    """
    model, data = config.get("model") or {}, config.get("data") or {}
    stated, source = model.get("card") or {}, data.get("source") or {}
    return {
        "name": config.get("name"),
        "version": config.get("version"),
        "description": config.get("description"),
        "owner": config.get("owner"),
        "task": (config.get("training") or {}).get("task") or metrics["task"],
        "weights": weights,
        "base": model.get("base"),
        "intended_use": stated.get("intended_use"),
        "limits": stated.get("limits"),
        "out_of_scope": stated.get("out_of_scope"),
        "data": {
            "source": source.get("name") or source.get("kind"),
            "license": data.get("license"),
            "origin": data.get("origin"),
            "modality": dataset.get("modality"),
            "inputs": [feature["name"] for feature in dataset.get("features", ())],
            "classes": metrics["classes"],
        },
        "evaluation": {
            "rows": metrics["n"],
            "folds": metrics["folds"],
            "metrics": {
                name: {key: item[key] for key in ("estimate", "lower", "upper", "n", "level", "method")}
                for name, item in metrics["metrics"].items()
            },
            "passed": metrics["passed"],
            "insufficient": metrics["insufficient"],
        },
    }


def markdown(card: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    data, evaluation = card["data"], card["evaluation"]
    about = {"Version": card["version"], "Task": card["task"], "Owner": card["owner"], "Base model": card["base"]}
    origin = {
        "Source": data["source"],
        "Licence": data["license"],
        "Origin": data["origin"],
        "Classes": ", ".join(data["classes"]) or None,
    }
    parts = [
        f"# {_text(card['name'])}",
        _text(card["description"]),
        _listed(about),
        f"Weights: `{card['weights']}`",
        "## Intended use",
        _text(card["intended_use"]),
        "## Limits",
        _text(card["limits"]),
        "## Out of scope",
        _text(card["out_of_scope"]),
        "## Data",
        _listed(origin),
        "## Evaluation",
        f"On {evaluation['rows']} rows, {evaluation['folds']} {'fold' if evaluation['folds'] == 1 else 'folds'}.",
        _table(evaluation["metrics"]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(metrics: Mapping[str, Mapping[str, Any]]) -> str:
    if not metrics:
        return "No metric is declared."
    head = ["| Metric | Estimate | Interval | n | How |", "|-|-|-|-|-|"]
    rows = [
        f"| {name} | {_number(item['estimate'])} | {item['level']:.0%}: {_number(item['lower'])} to "
        f"{_number(item['upper'])} | {item['n']} | {item['method']} |"
        for name, item in metrics.items()
    ]
    return "\n".join(head + rows)


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4g}"


def _listed(items: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name}: {_text(value)}" for name, value in items.items())


def _text(value: Any) -> str:
    """A value in one line; a mapping as its entries."""
    if value is None or value == "":
        return NOT_STATED
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')}: {_text(item)}" for key, item in value.items())
    return " ".join(str(value).split())
