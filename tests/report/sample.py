"""A report made by hand, the same every time: facts of every section as a cross-validated run would leave them."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

from stdspec.compose.model import Composed, Origin
from stdspec.evidence import Record
from stdspec.finding import COMMAND_LINE, Span
from stdspec.plan.model import Node, Plan
from stdspec.report.assets import Assets
from stdspec.report.build import build
from stdspec.standard.verdict import Judgement, Verdict

TODAY = datetime.date(2026, 11, 23)
ROOT = Path.cwd().as_posix()
CONFIG = f"{ROOT}/conf/config.yaml"
DEFAULT = f"{ROOT}/conf/training/default.yaml"

SPEC: dict[str, Any] = {
    "stdspec": "1",
    "stage": "candidate",
    "name": "breast-cancer-triage",
    "version": "0.1.0",
    "industry": "healthcare",
    "description": "Ranks fine-needle aspirates for review; supports, never replaces, a cytologist.",
    "owner": {"team": "clinical-ml", "contact": "clinical-ml@example.org", "author": "a.author"},
    "standards": ["stdspec/base@1"],
    "seed": 20,
    "data": {
        "source": {"kind": "sklearn", "name": "breast_cancer", "version": "1"},
        "license": "CC-BY-4.0",
        "origin": {"collected": "University of Wisconsin, 1995", "method": "image analysis of aspirates"},
        "modality": "tabular",
        "target": {"column": "diagnosis", "positive": "malignant"},
        "quality": {"missing_share": {"at_most": 0}, "rows": {"at_least": 500}, "freshness": None},
        "population": {"description": "Adults referred for aspiration", "reference": None},
    },
    "training": {"epochs": 7, "optimizer": {"kind": "adamw", "lr": 0.01}},
    "model": {
        "kind": "mlp",
        "dropout": 0.3,
        "hidden": [64, 32],
        "card": {"intended_use": "Ranking for review", "limits": "Adults"},
    },
    "evaluation": {"method": {"kind": "k-fold", "k": 5, "stratify": True}},
}

SIGNATURE = {
    "inputs": {"features": {"dtype": "float32", "shape": ["batch", 10]}},
    "outputs": {"scores": {"dtype": "float32", "shape": ["batch", 2]}},
}


def plan() -> Plan:
    nodes = tuple(
        Node(name, kind, f"stdspec.run.{kind}:execute", {}, kind, {}, {}, {})
        for name, kind in (("data", "data"), ("train-1", "train"), ("train-final", "train"), ("gate", "gate"))
    )
    return Plan(SPEC["name"], SPEC["stage"], SPEC, ("stdspec/base@1",), nodes)


def _at(file: str, line: int, value: Any, layer: str, *, shipped: bool = False, named: bool = True) -> Origin:
    span = Span(file, line, 3, line, 12)
    return Origin(span, span, value, layer, shipped=shipped, named=named)


def composed() -> Composed:
    shipped = {"layer": "training: default", "shipped": True, "named": False}
    lr = _at(DEFAULT, 4, 0.001, **shipped)
    origins = {
        ("training", "epochs"): (_at(COMMAND_LINE, 1, 7, "training.epochs=7"), _at(CONFIG, 9, 30, "config")),
        ("training", "optimizer", "lr"): (
            _at(COMMAND_LINE, 4, 0.01, "training.optimizer.lr=0.01"),
            _at(COMMAND_LINE, 3, 0.1, "training.optimizer.lr=0.1"),
            lr,
        ),
        ("training", "optimizer", "kind"): (_at(DEFAULT, 3, "adamw", **shipped),),
        ("training", "optimizer"): (_at(DEFAULT, 2, {}, **shipped),),
        ("model", "dropout"): (_at(CONFIG, 12, 0.3, "config"),),
        ("model", "hidden"): (_at(f"{ROOT}/conf/model/mlp.yaml", 2, [64, 32], "model: mlp", shipped=True),),
    }
    return Composed(
        name="conf/config.yaml +experiment=breast_cancer",
        entry=CONFIG,
        value=SPEC,
        resolved=SPEC,
        origins=origins,
        choices={"data": "breast_cancer", "model": "mlp", "training": "default", "training/optimizer": "adamw"},
        overrides=(
            "training.epochs=7",
            "+experiment=breast_cancer",
            "training.optimizer.lr=0.1",
            "training.optimizer.lr=0.01",
        ),
    )


_CLAUSES: tuple[tuple[str, str, str, Verdict, str, Any, Any, Any], ...] = (
    (
        "DAT001",
        "data",
        "must",
        Verdict.PASS,
        "Every source has a version and a digest per file",
        {"version": "1"},
        None,
        {"spec.data.source.digest": {"exists": True}},
    ),
    (
        "DAT002",
        "data",
        "must",
        Verdict.PASS,
        "The licence of the data is an SPDX expression",
        "CC-BY-4.0",
        None,
        {"spec.data.license": {"exists": True}},
    ),
    (
        "DAT004",
        "data",
        "must",
        Verdict.PASS,
        "Missing, duplicate and invalid values stay within the stated limits",
        True,
        True,
        {"run.data.quality.within": {"is": True}},
    ),
    (
        "DAT005",
        "data",
        "must",
        Verdict.PASS,
        "No record and no group is in two splits",
        None,
        {"records": 0},
        {"run.split.overlap.records": {"at_most": 0}},
    ),
    (
        "DAT012",
        "data",
        "may",
        Verdict.NO_EVIDENCE,
        "A freshness limit is stated",
        None,
        None,
        {"spec.data.quality.freshness": {"exists": True}},
    ),
    (
        "CMP001",
        "compute",
        "must",
        Verdict.PASS,
        "Accelerator, memory and time limits are named",
        {"memory": "4GiB", "time": "10min"},
        None,
        {"spec.compute.limits.memory": {"exists": True}},
    ),
    (
        "CMP007",
        "compute",
        "should",
        Verdict.STALE,
        "Peak memory leaves headroom",
        None,
        412_614_656,
        {"run.compute.peak_memory": {"exists": True}},
    ),
    (
        "MDL001",
        "model",
        "must",
        Verdict.PASS,
        "The model has a named, typed signature",
        None,
        {"inputs": "features", "outputs": "scores"},
        {"run.model.signature": {"exists": True}},
    ),
    (
        "MDL004",
        "model",
        "should",
        Verdict.PASS,
        "No simpler baseline is better by more than the margin",
        0.02,
        0.004,
        {"run.evaluation.baseline.passed": {"is": True}},
    ),
    (
        "TRN001",
        "training",
        "must",
        Verdict.PASS,
        "All seeds and the determinism policy are stated",
        20,
        20,
        {"spec.seed": {"exists": True}},
    ),
    (
        "TRN005",
        "training",
        "must",
        Verdict.PASS,
        "The loss is finite throughout",
        None,
        True,
        {"run.training.loss_finite": {"is": True}},
    ),
    (
        "TRN008",
        "training",
        "must",
        Verdict.WAIVED,
        "What ran is what was declared",
        "bf16-mixed",
        "32-true",
        {"run.mismatches": {"count": {"at_most": 0}}},
    ),
    (
        "EVL005",
        "evaluation",
        "must",
        Verdict.PASS,
        "Interval and n are reported, and the gate reads the bound",
        "bound",
        True,
        {"run.evaluation.gate": {"exists": True}},
    ),
    (
        "EVL007",
        "evaluation",
        "must",
        Verdict.FAIL,
        "Every slice is above its floor",
        {"sensitivity": 0.9},
        0.871,
        {"run.evaluation.slices": {"each": {"is": "pass"}}},
    ),
    (
        "EVL009",
        "evaluation",
        "should",
        Verdict.ERROR,
        "The model is robust under the declared shifts",
        None,
        "nan",
        {"run.evaluation.shifts.noise.auroc.lower": {"at_least": 0.95}},
    ),
    ("DEP003", "deployment", "must", Verdict.NOT_APPLICABLE, "Exports agree with the trained model", None, None, None),
    (
        "MON002",
        "monitoring",
        "must",
        Verdict.NOT_APPLICABLE,
        "Drift statistic and reference window are stated",
        None,
        None,
        None,
    ),
    (
        "GOV001",
        "governance",
        "must",
        Verdict.NOT_APPLICABLE,
        "Goal, scope, method and evaluation are stated",
        None,
        None,
        None,
    ),
)


def judgements() -> list[Judgement]:
    return [
        Judgement(
            id=code,
            standard="stdspec/base@1",
            domain=domain,
            level=level,
            verdict=verdict,
            says={"en": says, "zh": "每个数据源都有版本和摘要"},
            look_at=tuple(limit or {}),
            declared=declared,
            observed=observed,
            limit=limit,
            reason=f"{says}: {verdict}",
            place=Span(CONFIG, 10 + index, 5, 10 + index, 20) if declared is not None else None,
            path=next(iter(limit or {}), ""),
            cites=({"ref": "ISO/IEC TS 4213", "relation": "supports", "status": "title-only"},),
            remedy="" if verdict is Verdict.PASS else f"state what {code} asks for",
            assumed=("spec.compute.limits.memory",) if code == "CMP001" else (),
            since="candidate",
        )
        for index, (code, domain, level, verdict, says, declared, observed, limit) in enumerate(_CLAUSES)
    ]


def records() -> list[Record]:
    facts: list[tuple[str, Any]] = [
        ("run.data.rows", 569),
        ("run.data.violations", 0),
        ("run.data.quality", {"missing_share": 0.0, "rows": 569, "within": True}),
        ("run.split", {"train": 2276, "validation": 410, "test": 569, "overlap": {"records": 0}}),
        ("run.evaluation.gate", False),
        ("run.model.parameters", 4_161),
        ("run.model.signature", SIGNATURE),
        ("run.deployment.exports.onnx", {"digest": "sha256:" + "ab" * 32, "bytes": 18_342, "opset": 18}),
        (
            "run.deployment.parity.onnx",
            {
                "max_abs": 1.2e-7,
                "max_rel": 3.4e-6,
                "atol": 1e-5,
                "rtol": 1e-4,
                "batches": [1, 64],
                "edges": 3,
                "within": True,
            },
        ),
        ("run.deployment.pickles", 0),
        (
            "run.environment",
            {"python": "3.11.9", "platform": "linux-x86_64", "packages": {"torch": "2.13.0", "lightning": "2.6.6"}},
        ),
        ("run.code", "sha256:" + "cd" * 32),
        ("run.mismatches", ["run.compute.precision"]),
        ("run.weights", "sha256:" + "5e" * 32),
    ]
    out = [Record(path, value, node="n", spec="sha256:0") for path, value in facts]
    out += [
        Record("run.compute.precision", "32-true", declared="bf16-mixed", observed="32-true"),
        Record("run.compute.accelerator", "cpu", declared="auto", observed="cpu"),
        Record("run.compute.devices", 1, declared=1, observed=1),
        Record("run.compute.seconds", 12.345, unit="seconds", varies=True),
        Record("run.compute.peak_memory", 412_614_656, unit="bytes", varies=True),
    ]
    return out


def history(shift: float, kept: int) -> dict[str, Any]:
    epochs = []
    for epoch in range(1, 31):
        fall = math.exp(-epoch / 6)
        metrics = {
            "train/loss": round(0.05 + 0.65 * fall, 6),
            "validation/loss": round(0.08 + shift + 0.6 * fall + 0.0006 * max(0, epoch - 18) ** 1.5, 6),
            "train/accuracy": round(1 - 0.4 * fall, 6),
            "validation/accuracy": round(0.975 - shift - 0.38 * fall, 6),
        }
        epochs.append({"epoch": epoch, "metrics": metrics})
    chosen = {
        "monitor": "validation/loss",
        "mode": "min",
        "epoch": kept,
        "value": epochs[kept - 1]["metrics"]["validation/loss"],
    }
    return {"epochs": epochs, "checkpoint": chosen, "stopped_early": False}


def _metric(
    estimate: float, lower: float, upper: float, limit: float | None, *, passed: bool | None, n: int = 569
) -> dict[str, Any]:
    asked = limit is not None
    found = {"kind": "auroc", "average": "macro", "positive": None, "threshold": None}
    found |= {"estimate": estimate, "lower": lower, "upper": upper, "n": n, "level": 0.95}
    found |= {"method": "bootstrap BCa, 2000 resamples, stratified by class", "limit": limit, "passed": passed}
    return found | {"side": "at_least" if asked else None, "judged": "bound" if asked else None}


def _part(estimate: float, lower: float, upper: float, n: int, floor: float, **state: Any) -> dict[str, Any]:
    found = {"estimate": estimate, "lower": lower, "upper": upper, "n": n, "method": "exact"}
    return {**found, "floor": floor, "side": "at_least", **state}


def _slice(condition: str, rows: int, sensitivity: dict[str, Any]) -> dict[str, Any]:
    head = {"column": "mean texture", "condition": condition, "rows": rows, "at_least_n": 50}
    return {**head, "metrics": {"sensitivity": sensitivity}}


def _curves() -> dict[str, Any]:
    roc = [[round(x / 50, 4), round(1 - (1 - x / 50) ** 12, 6)] for x in range(51)]
    precision = [[x, round(1 - 0.5 * x**9, 6)] for x, _ in roc]
    calibration = [[0.05, 0.03, 300], [0.35, 0.4, 20], [0.65, 0.6, 30], [0.96, 0.98, 219]]
    return {
        "roc": [{"label": "malignant", "points": roc}],
        "precision_recall": [{"label": "malignant", "points": precision}],
        "calibration": [{"label": "malignant", "points": calibration}],
    }


def metrics() -> dict[str, Any]:
    noise = {"kind": "gaussian-noise", "severity": 0.1}
    difference = {"difference": 0.004, "lower": -0.001, "upper": 0.009, "margin": 0.02, "passed": True}
    folds = {"1": 0.99, "2": 0.996, "3": 0.991, "4": 0.997, "5": 0.992}
    return {
        "task": "classification",
        "classes": ["benign", "malignant"],
        "positive": "malignant",
        "n": 569,
        "folds": 5,
        "fold_names": ["1", "2", "3", "4", "5"],
        "passed": False,
        "failed": ["slices.coarse.sensitivity"],
        "insufficient": ["slices.fine.sensitivity"],
        "judge": "bound",
        "metrics": {
            "auroc": _metric(0.9931, 0.9867, 0.9972, 0.97, passed=True),
            "sensitivity": _metric(0.9481, 0.9086, 0.9738, 0.88, passed=True, n=212),
            "specificity": _metric(0.9692, 0.9453, 0.9845, 0.96, passed=False, n=357),
            "brier": {**_metric(0.031, 0.021, 0.043, 0.05, passed=True), "side": "at_most"},
            "accuracy": _metric(0.9613, 0.942, 0.9756, None, passed=None),
        },
        "confusion": {"labels": ["benign", "malignant"], "counts": [[346, 11], [11, 201]], "threshold": 0.5},
        "curves": _curves(),
        "slices": {
            "coarse": _slice("above 19", 280, _part(0.91, 0.871, 0.951, 151, 0.9, status="fail")),
            "fine": _slice("below 12", 31, _part(1.0, 0.54, 1.0, 6, 0.8, status="insufficient")),
        },
        "shifts": {"noise": {**noise, "metrics": {"auroc": _part(0.981, 0.969, 0.99, 569, 0.95, passed=True)}}},
        "baseline": {"kind": "logistic", "metric": "auroc", "estimate": 0.9891, "model": 0.9931, **difference},
        "per_fold": {"auroc": {"values": folds, "mean": 0.9932, "spread": 0.0031}},
    }


def assets() -> Assets:
    names = [
        f"{part} {name}"
        for part in ("mean", "worst")
        for name in ("radius", "texture", "perimeter", "area", "smoothness")
    ]
    declared = {
        "type": "float32",
        "role": "feature",
        "unit": None,
        "nullable": False,
        "declared": True,
        "range": [0, 5000],
        "missing": 0,
        "violations": 0,
    }
    return Assets(
        profile={"rows": 569, "shape": [10], "classes": {"benign": 357, "malignant": 212}, "value_range": None},
        contract={
            "rows": 569,
            "columns": {
                name: {
                    **declared,
                    "min": round(0.1 + index, 3),
                    "max": round(20.5 * (index + 1), 3),
                    "mean": 5.5,
                    "std": 1.5,
                }
                for index, name in enumerate(names)
            },
            "violations": [],
        },
        histories={"train-1": history(0.012, 20), "train-2": history(0.02, 18), "train-final": history(0.0, 19)},
        metrics=metrics(),
        manifest={"files": {"model.onnx": {"sha256": "ab" * 32, "bytes": 18_342}}},
    )


def report() -> dict[str, Any]:
    return build(plan(), composed(), judgements(), records(), assets(), today=TODAY)
