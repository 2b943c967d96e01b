"""The sections of the report that come from records and node documents: training, evaluation, deployment, compute.

Each function returns plain data of a fixed shape; what was not recorded is null, never a made-up value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from stdspec.compose.model import Composed
from stdspec.digest import PREFIX
from stdspec.evidence import Record, declared_at
from stdspec.paths import split_dotted
from stdspec.report import origin
from stdspec.report.assets import Assets, Document

METRIC: Final = ("kind", "average", "positive", "threshold", "estimate", "lower", "upper", "n", "level", "method")
"""What the report keeps of a metric besides its name and its judgement."""
_MODEL: Final = ("kind", "_target_", "base", "card", "signature")
CURVES: Final = ("roc", "precision_recall", "calibration", "predicted")
BASELINE: Final = ("kind", "metric", "estimate", "model", "difference", "lower", "upper", "margin", "passed")


def model(spec: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """What the model is, what it takes and gives, and what its card says of its use."""
    declared, found = spec.get("model") or {}, run.get("model") or {}
    facts = {
        **_pick(declared, ("kind", "base")),
        "own": declared.get("_target_"),
        "options": {key: value for key, value in declared.items() if key not in _MODEL},
        "card": _pick(declared.get("card") or {}, ("intended_use", "limits", "out_of_scope")),
        "parameters": found.get("parameters"),
        "signature": found.get("signature"),
    }
    return dict(origin.plain(facts))


def training(assets: Assets) -> list[dict[str, Any]]:
    """One entry for each fit: its curves by epoch and the checkpoint that the rule chose."""
    fits: list[dict[str, Any]] = []
    for node, history in assets.histories.items():
        chosen = history.get("checkpoint")
        fits.append(
            {
                "node": node,
                "epochs": [_epoch(entry) for entry in history.get("epochs", [])],
                "checkpoint": origin.plain(_pick(chosen, ("monitor", "mode", "epoch", "value"))) if chosen else None,
                "stopped_early": history.get("stopped_early"),
            }
        )
    return fits


def _epoch(entry: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: _number(value) for name, value in entry.get("metrics", {}).items()}
    return {"epoch": entry["epoch"], "values": values}


def evaluation(spec: Mapping[str, Any], run: Mapping[str, Any], assets: Assets) -> dict[str, Any] | None:
    """What the gate computed, by name; None when no gate ran."""
    found = assets.metrics
    if found is None:
        return None
    method = (spec.get("evaluation") or {}).get("method")
    return {
        "task": found.get("task"),
        "method": origin.plain(method),
        "folds": found.get("folds"),
        "n": found.get("n"),
        "classes": list(found.get("classes") or []),
        "passed": found.get("passed"),
        "judge": found.get("judge"),
        "metrics": [_metric(name, item, found) for name, item in (found.get("metrics") or {}).items()],
        "confusion": _confusion(found.get("confusion")),
        "curves": origin.plain(_present(found.get("curves") or {}, CURVES)),
        "slices": list(_slices(found.get("slices") or {})),
        "shifts": list(_shifts(found.get("shifts") or {})),
        "baseline": origin.plain(_pick(baseline, BASELINE)) if (baseline := found.get("baseline")) else None,
        "tools": origin.plain((run.get("evaluation") or {}).get("tools") or {}),
    }


def _metric(name: str, item: Mapping[str, Any], found: Document) -> dict[str, Any]:
    folds = (found.get("per_fold") or {}).get(name)
    out: dict[str, Any] = {"name": name, **_pick(item, (*METRIC, "limit", "side", "judged", "passed"))}
    out["folds"] = _pick(folds, ("values", "mean", "spread")) if folds else None
    return dict(origin.plain(out))


def _confusion(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not found:
        return None
    labels = [str(label) for label in found["labels"]]
    return {"labels": labels, "counts": origin.plain(found["counts"]), "threshold": found.get("threshold")}


def _slices(slices: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name, item in slices.items():
        for metric, found in item.get("metrics", {}).items():
            head = {"slice": name, **_pick(item, ("column", "condition", "rows", "at_least_n")), "metric": metric}
            yield origin.plain(
                {**head, **_pick(found, ("estimate", "lower", "upper", "n", "method", "floor", "side", "status"))}
            )


def _shifts(shifts: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name, item in shifts.items():
        for metric, found in item.get("metrics", {}).items():
            head = {"shift": name, **_pick(item, ("kind", "severity")), "metric": metric}
            yield origin.plain(
                {**head, **_pick(found, ("estimate", "lower", "upper", "n", "method", "floor", "side", "passed"))}
            )


def deployment(run: Mapping[str, Any], assets: Assets) -> dict[str, Any] | None:
    """Exported files, their parity with the trained model, the package's files; None when nothing was exported."""
    found = run.get("deployment") or {}
    if not found:
        return None
    exports = [{"format": name, **_pick(item, ("digest", "bytes", "opset"))} for name, item in _items(found, "exports")]
    keys = ("max_abs", "max_rel", "atol", "rtol", "batches", "edges", "within")
    parity = [{"format": name, **_pick(item, keys)} for name, item in _items(found, "parity")]
    files = (assets.manifest or {}).get("files") or found.get("artifacts") or {}
    return {
        "exports": origin.plain(exports),
        "parity": origin.plain(parity),
        "artifacts": [_artifact(name, item) for name, item in sorted(files.items())],
        "pickles": found.get("pickles"),
    }


def _items(found: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(key, item) for key, item in (found.get(name) or {}).items() if isinstance(item, Mapping)]


def _artifact(name: str, item: Any) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return {"file": name, "digest": PREFIX + item["sha256"].removeprefix(PREFIX), "bytes": item.get("bytes")}
    return {"file": name, "digest": item, "bytes": None}


def compute(records: Sequence[Record]) -> list[dict[str, Any]]:
    """What was asked of the machine beside what it gave, and what was measured there, one row a fact."""
    rows: dict[str, dict[str, Any]] = {}
    for record in records:
        if not record.path.startswith("run.compute."):
            continue
        compared = record.declared is not None or record.observed is not None
        rows[record.path] = {
            "path": record.path,
            "node": record.node,
            "value": origin.plain(record.value),
            "declared": origin.plain(record.declared),
            "observed": origin.plain(record.observed),
            "unit": record.unit,
            "varies": record.varies,
            "matches": record.declared == record.observed if compared and record.declared != "auto" else None,
        }
    return list(rows.values())


def environment(run: Mapping[str, Any]) -> dict[str, Any]:
    """Interpreter, platform, packages, and the digests of code and config."""
    found = run.get("environment") or {}
    return {
        "python": found.get("python"),
        "platform": found.get("platform"),
        "packages": origin.plain(found.get("packages") or {}),
        "code": origin.plain(run.get("code")),
        "config": origin.plain(run.get("config")),
    }


def mismatches(records: Sequence[Record], composed: Composed, place: origin.Locator) -> list[dict[str, Any]]:
    """Everything that the executor lists as run otherwise than declared, with the place of the declaration."""
    by_path = {record.path: record for record in records}
    listed = by_path.get("run.mismatches")
    rows: list[dict[str, Any]] = []
    for path in listed.value if listed is not None and isinstance(listed.value, list) else []:
        record = by_path.get(path)
        written = composed.origins.get(split_dotted(declared_at(path)))
        rows.append(
            {
                "path": path,
                "declared": origin.plain(record.declared) if record else None,
                "observed": origin.plain(record.observed) if record else None,
                "place": place(written[0].span) if written else None,
            }
        )
    return rows


def _pick(item: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: item.get(key) for key in keys}


def _present(item: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: item[key] for key in keys if item.get(key) is not None}


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and value == value and abs(value) != float("inf") else None
