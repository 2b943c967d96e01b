"""Prepares what the HTML report draws: which series share a chart, which figure a metric gets, what its label says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from markupsafe import Markup

from stdspec.report import svg, text
from stdspec.report.words import told

_DRAWN_CLASSES: Final = 40
"""A confusion matrix of more classes is shown as its largest confusions only."""


def draw(report: Mapping[str, Any]) -> dict[str, Any]:
    """Every figure of a report, by section; a section without data is empty."""
    evaluation = report["evaluation"] or {}
    return {
        "metrics": [_metric(item) for item in evaluation.get("metrics", [])],
        "training": _training(report["training"]),
        "confusion": _confusion(evaluation.get("confusion")),
        "curves": _curves(evaluation.get("curves") or {}),
        "parity": [_parity(item) for item in (report["deployment"] or {}).get("parity", [])],
    }


def _metric(item: Mapping[str, Any]) -> dict[str, Any]:
    """The strip of one metric: its dot, its whiskers, its gate."""
    verdict = {True: "pass", False: "fail"}.get(item["passed"], "none")
    figure = Markup("")
    if item["estimate"] is not None:
        figure = svg.interval(
            item["estimate"],
            item["lower"],
            item["upper"],
            item["limit"],
            side=item["side"],
            verdict=verdict,
            label=_metric_label(item),
        )
    return {"item": item, "verdict": verdict, "figure": figure, "asked": _asked(item)}


def _metric_label(item: Mapping[str, Any]) -> str:
    words = f"{item['name']} {text.value(item['estimate'])}"
    if item["lower"] is not None and item["upper"] is not None:
        words += f", interval {text.value(item['lower'])} to {text.value(item['upper'])}"
    return words if item["limit"] is None else f"{words}, limit {text.value(item['limit'])}"


def _asked(item: Mapping[str, Any]) -> str:
    """What the gate asked of a metric, in words."""
    if item["limit"] is None:
        return told("no limit declared")
    side = "at most" if item["side"] == "at_most" else "at least"
    return told("{side} {limit}, judged on {what}").format(
        side=told(side), limit=text.value(item["limit"]), what=told(_judged(item))
    )


def _judged(item: Mapping[str, Any]) -> str:
    if item["judged"] != "bound":
        return "the estimate"
    return "the upper bound" if item["side"] == "at_most" else "the lower bound"


def _training(fits: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The charts of the fit that is kept, and one overlay of the folds where there are several fits."""
    if not fits:
        return {"kept": None, "charts": [], "folds": None}
    kept = next((fit for fit in fits if fit["node"] == "train-final"), fits[-1])
    charts = [chart for name in _quantities(kept) if (chart := _chart(kept, name))]
    return {"kept": kept, "charts": charts, "folds": _folds([fit for fit in fits if fit is not kept])}


def _quantities(fit: Mapping[str, Any]) -> list[str]:
    """What is charted, ``loss`` first: the part of a logged name after its last slash."""
    names = dict.fromkeys(name.rpartition("/")[2] for epoch in fit["epochs"] for name in epoch["values"])
    return sorted(names, key=lambda name: (name != "loss", list(names).index(name)))


def _chart(fit: Mapping[str, Any], quantity: str) -> dict[str, Any] | None:
    names = dict.fromkeys(
        name for epoch in fit["epochs"] for name in epoch["values"] if name.rpartition("/")[2] == quantity
    )
    series = [(name, _line(fit, name)) for name in sorted(names)]
    chosen = fit["checkpoint"] or {}
    at = chosen.get("epoch")
    said = told(_TITLES.get(quantity, quantity))
    words = told("{} by epoch").format(said) + (told(", checkpoint of epoch {}").format(at) if at is not None else "")
    figure = svg.curves(series[: svg.STYLES], label=words, chosen=at, chosen_text=told("kept: epoch {}").format(at))
    return {"title": said, "figure": figure, "legend": _legend(sorted(names))} if figure else None


def _line(fit: Mapping[str, Any], name: str) -> list[svg.Point]:
    return [(epoch["epoch"], epoch["values"].get(name)) for epoch in fit["epochs"]]


def _folds(fits: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The monitored value of every fold in one chart."""
    monitor = next((fit["checkpoint"]["monitor"] for fit in fits if fit["checkpoint"]), "validation/loss")
    series = [(fit["node"].replace("train-", "fold "), _line(fit, monitor)) for fit in fits]
    figure = svg.curves(series[: svg.STYLES], label=told("{} of each fold by epoch").format(monitor))
    if not figure:
        return None
    return {
        "title": told("{}, each fold").format(monitor),
        "figure": figure,
        "legend": _legend([name for name, _ in series]),
    }


def _legend(names: Sequence[str], *, dots: bool = False) -> list[dict[str, Any]]:
    return [{"name": name, "style": f"s{index}", "dot": dots} for index, name in enumerate(names[: svg.STYLES])]


def _confusion(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The matrix, and its largest confusions in words."""
    if not found:
        return None
    labels, counts = [str(label) for label in found["labels"]], found["counts"]
    pairs = [
        {"true": labels[row], "predicted": labels[column], "count": count, "of": sum(line)}
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if row != column and count
    ]
    pairs.sort(key=lambda pair: -pair["count"])
    total = sum(map(sum, counts))
    right = sum(counts[index][index] for index in range(len(labels)))
    label = f"Confusion matrix of {total} rows: {right} right, {total - right} wrong"
    figure = svg.confusion(labels, counts, label=label) if len(labels) <= _DRAWN_CLASSES else Markup("")
    top = pairs[: 6 if figure else 20]
    return {"figure": figure, "pairs": top, "total": total, "right": right, "threshold": found.get("threshold")}


_TITLES: Final = {"lr": "learning rate"}
_AXES: Final = {
    "roc": ("ROC", "false positive rate", "true positive rate"),
    "precision_recall": ("Precision and recall", "recall", "precision"),
    "calibration": ("Calibration", "mean score", "observed share"),
}


_REST: Final = {
    "roc": "the smallest areas; {} more classes lie above",
    "precision_recall": "the smallest areas; {} more classes lie above",
}
"""What is said of the classes whose curves are not drawn."""


def _lowest(series: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Of more curves than there are styles, those with the smallest area below them, in their order."""
    lowest = sorted(series, key=lambda item: _area(item[1]))[: svg.STYLES]
    return [item for item in series if item in lowest]


def _area(points: Sequence[Sequence[float]]) -> float:
    line = sorted(points, key=lambda point: point[0])
    return sum((right[0] - left[0]) * (left[1] + right[1]) / 2 for left, right in pairwise(line))


def _curves(curves: Mapping[str, Any]) -> list[dict[str, Any]]:
    """ROC, precision-recall and calibration; predicted against target for regression."""
    drawn: list[dict[str, Any]] = []
    for kind, names in _AXES.items():
        title, across, up = map(told, names)
        series = [(str(item["label"]), item["points"]) for item in curves.get(kind) or []]
        more = len(series) - svg.STYLES
        series = _lowest(series) if kind != "calibration" else series[: svg.STYLES]
        dots = kind == "calibration"
        figure = svg.xy(series, across=across, up=up, label=title, diagonal=kind != "precision_recall", dots=dots)
        if figure:
            legend = _legend([name for name, _ in series], dots=dots)
            rest = _REST.get(kind, "and {} more classes").format(more) if more > 0 else ""
            drawn.append({"title": title, "figure": figure, "legend": legend, "rest": rest})
    predicted = (curves.get("predicted") or {}).get("points") or []
    figure = svg.xy(
        [("rows", predicted)],
        across=told("target"),
        up=told("predicted"),
        label=told("Predicted against target"),
        diagonal=True,
        dots=True,
    )
    if figure:
        drawn.append({"title": told("Predicted against target"), "figure": figure, "legend": []})
    return drawn


def _parity(item: Mapping[str, Any]) -> dict[str, Any]:
    """The largest difference of an export as a share of what is allowed."""
    found, allowed = item["max_abs"], item["atol"]
    share = found / allowed if isinstance(found, int | float) and isinstance(allowed, int | float) and allowed else None
    return {"item": item, "share": share}
