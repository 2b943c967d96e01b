"""The model card of a bill of materials: what the model is, how well it does, what it is for and what it is not for.

It says what a report says; a part on which the report is silent is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from stdspec.report import text
from stdspec.report.bom.pieces import Json, present, properties

_LABELLED: Final = frozenset({"classification", "regression"})
"""The tasks that learn from labels."""


def of(report: Mapping[str, Any], ref: str, data: Sequence[str]) -> Json:
    """The card.

    Args:
        report: the report of a run.
        ref: how the card is called in the document.
        data: how the data are called that the model learnt from.
    """
    model, evaluation = report["model"] or {}, report["evaluation"] or {}
    signature = model.get("signature") if isinstance(model.get("signature"), Mapping) else {}
    task = evaluation.get("task")
    return present(
        bom_ref=ref,
        modelParameters=present(
            approach={"type": "supervised"} if task in _LABELLED else None,
            task=task,
            modelArchitecture=model.get("kind") or model.get("own"),
            datasets=[{"ref": name} for name in data],
            inputs=_tensors((signature or {}).get("inputs")),
            outputs=_tensors((signature or {}).get("outputs")),
        ),
        quantitativeAnalysis=present(performanceMetrics=list(_metrics(evaluation))),
        considerations=_considerations(model.get("card") or {}),
        properties=properties({"parameters": model.get("parameters"), "base": model.get("base")}),
    )


def _tensors(tensors: Any) -> list[Json]:
    """Each input or output as one line: its name, its type and its shape."""
    items = tensors.items() if isinstance(tensors, Mapping) else ()
    return [{"format": f"{name}: {text.value(item)}"} for name, item in items]


def _metrics(evaluation: Mapping[str, Any]) -> Iterator[Json]:
    for item in evaluation.get("metrics") or ():
        yield _metric(item["name"], item)
    for item in evaluation.get("slices") or ():
        yield _metric(item["metric"], item, item["slice"])
    for item in evaluation.get("shifts") or ():
        yield _metric(item["metric"], item, f"under the shift {item['shift']}")


def _metric(name: str, item: Mapping[str, Any], part: str | None = None) -> Json:
    lower, upper = _number(item["lower"]), _number(item["upper"])
    interval = present(lowerBound=lower, upperBound=upper)
    return present(type=name, value=_number(item["estimate"]), slice=part, confidenceInterval=interval)


def _number(value: Any) -> str | None:
    """A number as text, without loss; None for one that is undefined."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return repr(value) if is_number else None


def _considerations(card: Mapping[str, Any]) -> Json:
    """Intended use and limits as the spec states them."""
    limits = [str(card["limits"])] if card.get("limits") else []
    limits += [f"Out of scope: {card['out_of_scope']}"] if card.get("out_of_scope") else []
    return present(
        useCases=[str(card["intended_use"])] if card.get("intended_use") else None,
        technicalLimitations=limits,
    )
