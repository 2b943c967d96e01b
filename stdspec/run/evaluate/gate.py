"""Pools the predictions of all folds and judges them against what `evaluation` declares.

A failed gate raises nothing: it is evidence, and the pipeline decides what it leads to. Every number a report draws
stands in `metrics.json`, whose numbers are finite (what is not finite is null):

    {"task": "classification" | "regression",
     "classes": ["benign", "malignant"],          # index order; [] for regression
     "positive": "malignant" | null,
     "n": 569, "folds": 5, "fold_names": ["1", "2", ...],     # hold-out: folds 1, ["holdout"]
     "passed": true | false | null,               # null: the spec declares nothing to pass
     "failed": ["metrics.auroc", ...], "insufficient": ["slices.coarse.sensitivity", ...],
     "judge": "bound" | "point",
     "metrics": {"auroc": {"kind": "auroc", "average": "macro", "positive": null, "threshold": null,
                           "estimate": 0.99, "lower": 0.98, "upper": 1.0, "n": 569, "level": 0.95,
                           "method": "bootstrap BCa, 2000 resamples, stratified by class" (or by row, by group),
                           "limit": 0.97 | null, "side": "at_least" | "at_most" | null,
                           "judged": "bound" | "point" | null, "passed": true | false | null}},
     "confusion": {"labels": [...], "counts": [[int, ...], ...], "threshold": 0.5 | null} | null,   # row: true class
     "curves": {"roc": [{"label": "malignant", "points": [[fpr, tpr], ...]}],                       # classification
                "precision_recall": [{"label": "malignant", "points": [[recall, precision], ...]}],
                "calibration": [{"label": "malignant", "points": [[mean score, observed share, n], ...]}],
                "predicted": {"points": [[target, predicted], ...]}},                               # regression only
     "slices": {"coarse": {"column": "mean texture", "condition": "above 19", "rows": 280, "at_least_n": 50,
                           "metrics": {"sensitivity": {"estimate", "lower", "upper", "n", "level", "method",
                                                       "floor", "side", "status": "pass" | "fail" | "insufficient"}}}},
     "shifts": {"noise": {"kind": "gaussian-noise", "severity": 0.1,
                          "metrics": {"auroc": {"estimate", "lower", "upper", "n", "level", "method",
                                                "floor" (or null), "side", "passed": true | false | null}}}},
     "baseline": {"kind": "logistic", "metric": "auroc", "estimate": 0.99, "model": 0.992, "difference": 0.002,
                  "lower": -0.004, "upper": 0.008, "level": 0.95, "margin": 0.02, "passed": true | false} | null,
     "fairness": {"sex": {"metric": "recall", "as": "ratio", "estimate": 0.97, "lower": 0.91, "upper": 1.0,
                          "level": 0.95, "method": "...", "n": 280, "tolerance": 0.8, "within": true | false | null,
                          "groups": {"f": {"rows", "estimate", "lower", "upper", "n", "level", "method"}}}},
     "per_fold": {"auroc": {"values": {"1": 0.99, ...}, "mean": 0.99, "spread": 0.004}}}

`difference` is how much better the model is than the baseline, positive where the model is better, whichever way the
metric points. `spread` is the standard deviation over the folds (n - 1), null for a single fold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.data.dataset import Array, Dataset
from stdspec.run.evaluate import confusion, curves, judgement
from stdspec.run.evaluate.declared import declared
from stdspec.run.evaluate.fairness import of_fairness
from stdspec.run.evaluate.judgement import Bench
from stdspec.run.evaluate.measure import Policy
from stdspec.run.evaluate.metrics import Case, Metric, decisions
from stdspec.run.evaluate.pool import Predictions, pooled

_TOOLS = ("numpy", "scikit-learn", "scipy", "stdspec")
_UNCOVERED = {"incumbent": "the comparison with an incumbent model", "external": "the evaluation on an external set"}


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:  # noqa: ARG001
    """Judge the predictions of all folds and write `metrics.json`.

    Raises:
        RunError: when `evaluation` asks for what the data or the task does not have, such as an unknown column.
    """
    config = node.config
    evaluation = config.get("evaluation") or {}
    _refuse_uncovered(evaluation)
    predictions = pooled([Predictions.load(inputs[name]) for name in sorted(inputs) if name.startswith("predictions")])
    dataset = Dataset.load(inputs["dataset"]) if (inputs["dataset"] / "dataset.json").is_file() else None
    task = (config.get("training") or {}).get("task") or _task_of(predictions)
    positive = _positive(config)
    metrics = declared(evaluation.get("metrics") or {}, predictions.classes, task, positive)
    groups = _groups(config, predictions, dataset)
    bench = Bench(metrics, predictions, groups, Policy.of(evaluation, int(config.get("seed") or 0)))
    fairness = (config.get("governance") or {}).get("fairness") or {}
    found = {**_judged(evaluation, bench, dataset), "fairness": of_fairness(fairness, bench, dataset)}
    found = {
        "task": task,
        "classes": list(predictions.classes),
        "positive": positive,
        "n": len(np.unique(predictions.index)),
        "folds": len(predictions.folds),
        "fold_names": predictions.folds,
        "judge": bench.policy.judge,
        **_outcome(found),
        **found,
        **_drawn(task, bench, positive),
        "per_fold": judgement.per_fold(bench),
    }
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "metrics.json").write_text(text + "\n", encoding="utf-8")
    return records(found)


def _refuse_uncovered(evaluation: Mapping[str, Any]) -> None:
    for key, what in _UNCOVERED.items():
        if evaluation.get(key) is not None:
            raise RunError(f"{what} is not covered yet", place=f"evaluation.{key}", remedy="set it to null")


def _task_of(predictions: Predictions) -> str:
    """The task by the shape of the scores, for a spec that trains nothing and so names none."""
    return "classification" if predictions.scores.ndim == 2 else "regression"


def _positive(config: Mapping[str, Any]) -> str | None:
    named = ((config.get("data") or {}).get("target") or {}).get("positive")
    return None if named is None else str(named)


def _groups(config: Mapping[str, Any], predictions: Predictions, dataset: Dataset | None) -> Array | None:
    """The labels of rows that belong together: the declared group column, or the row if it was predicted repeatedly.

    A group column is one whose role says so, or that the method or the splits name.
    """
    data = config.get("data") or {}
    columns = data.get("columns") or {}
    patterns = [name for name, entry in columns.items() if (entry or {}).get("role") == "group"]
    patterns.append(((config.get("evaluation") or {}).get("method") or {}).get("group") or "")
    patterns.append((data.get("splits") or {}).get("group") or "")
    if dataset is not None:
        known = [*dataset.extra, *(item.name for item in dataset.features)]
        names = [name for name in known if any(fnmatchcase(name, pattern) for pattern in patterns)]
        labels = [dataset.column(name)[predictions.index].astype(str) for name in names]
        if labels:
            return np.unique(np.stack(labels), axis=1, return_inverse=True)[1].ravel()
    return predictions.index if len(np.unique(predictions.index)) < len(predictions.index) else None


def _judged(evaluation: Mapping[str, Any], bench: Bench, dataset: Dataset | None) -> dict[str, Any]:
    slices = evaluation.get("slices") or {}
    if slices and dataset is None:
        message = "slices need columns, and a DataModule of your own has none that stdspec knows"
        raise RunError(message, place="evaluation.slices", remedy="remove the slices")
    return {
        "metrics": judgement.of_metrics(bench),
        "slices": judgement.of_slices(slices, bench, dataset) if dataset is not None else {},
        "shifts": judgement.of_shifts(evaluation.get("shifts") or {}, bench),
        "baseline": judgement.of_baseline(evaluation.get("baseline") or {}, bench),
    }


def _outcome(found: Mapping[str, Any]) -> dict[str, Any]:
    """Whether everything with a limit passed. Too few rows is no failure and no pass: it is listed by itself."""
    verdicts: dict[str, bool | None] = {f"metrics.{name}": item["passed"] for name, item in found["metrics"].items()}
    insufficient = []
    for name, item in found["slices"].items():
        for metric, result in item["metrics"].items():
            if result["status"] == "insufficient":
                insufficient.append(f"slices.{name}.{metric}")
            else:
                verdicts[f"slices.{name}.{metric}"] = result["status"] == "pass"
    for name, item in found["shifts"].items():
        verdicts |= {f"shifts.{name}.{metric}": result["passed"] for metric, result in item["metrics"].items()}
    if found["baseline"] is not None:
        verdicts["baseline"] = found["baseline"]["passed"]
    judged = {name: passed for name, passed in verdicts.items() if passed is not None}
    return {
        "passed": all(judged.values()) if judged else None,
        "failed": [name for name, passed in judged.items() if not passed],
        "insufficient": insufficient,
    }


def _drawn(task: str, bench: Bench, positive: str | None) -> dict[str, Any]:
    """The confusion matrix and the curves."""
    case, classes = bench.predictions.case, bench.predictions.classes
    if task != "classification":
        return {"confusion": None, "curves": curves.of_regression(case)}
    index = classes.index(positive) if positive in classes else None
    return {
        "confusion": _confusion(case, classes, bench.metrics),
        "curves": curves.of_classification(case, classes, index),
    }


def _confusion(case: Case, classes: tuple[str, ...], metrics: Sequence[Metric]) -> dict[str, Any]:
    """Decided by the threshold of the first metric that has one, given two classes; otherwise by the highest score."""
    plain = Metric("confusion", "accuracy", "macro")
    deciding = next((m for m in metrics if m.threshold is not None and len(classes) == 2), plain)
    chosen = Metric("confusion", "accuracy", "macro", deciding.positive, deciding.threshold)
    target, decided, _ = decisions(case, chosen)
    counts = confusion.counts_of(target, decided, len(classes))
    return {"labels": list(classes), "counts": counts.tolist(), "threshold": deciding.threshold}


def records(found: Mapping[str, Any]) -> list[Record]:
    """The evidence in `metrics.json` as records; what was not declared gives no record."""
    root = "run.evaluation"
    kept = ("estimate", "lower", "upper", "n", "level", "method", "limit", "side", "judged", "passed")
    rows = [Record(f"{root}.folds", found["folds"])]
    for name, item in found["metrics"].items():
        rows.append(Record(f"{root}.metrics.{name}", _said({key: item[key] for key in kept})))
    for part in ("slices", "shifts"):
        for name, item in found[part].items():
            results = item["metrics"].items()
            rows += [Record(f"{root}.{part}.{name}.{metric}", _said(result)) for metric, result in results]
    if found["baseline"] is not None:
        rows.append(Record(f"{root}.baseline", _said(found["baseline"])))
    if found["passed"] is not None:
        rows.append(Record(f"{root}.gate", found["passed"]))
    rows += [Record(f"run.governance.fairness.{name}", _said(item)) for name, item in found["fairness"].items()]
    rows.append(Record(f"{root}.tools", {name: version(name) for name in _TOOLS}))
    return rows


def _said(item: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers that do not exist are written as the text ``nan``; what was not declared is left out."""
    numbers = ("estimate", "lower", "upper", "difference", "model")
    texts = {key: "nan" for key in numbers if key in item and item[key] is None}
    return {key: value for key, value in item.items() if value is not None} | texts
