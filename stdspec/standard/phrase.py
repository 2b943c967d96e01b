"""The sentences of a verdict: what was seen, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from stdspec.paths import MISSING, ConfigPath, dotted
from stdspec.standard.operators import Failure, asked, shown

_PARTS: Final = {
    "estimate": "estimate",
    "lower": "lower bound",
    "upper": "upper bound",
    "n": "n",
    "difference": "difference",
}
_WHERE: Final = {"slices": "on slice", "shifts": "under shift"}
_BOUNDS: Final = {"at_least": ("lower", "at least"), "at_most": ("upper", "at most")}


def subject(path: ConfigPath) -> str:
    """A path as the subject of a sentence.

    ``run.evaluation.metrics.recall.lower`` is "recall's lower bound", ``spec.data.license`` is "data.license" and
    ``run.data.rows`` is "the observed data.rows".
    """
    scope, *rest = path
    if scope == "approval":
        return dotted(("the approvals", *rest[1:]))
    if scope == "run" and len(rest) > 1 and rest[-1] in _PARTS:
        where = f" {_WHERE[str(rest[1])]} {rest[2]}" if len(rest) == 5 and rest[1] in _WHERE else ""
        return f"{rest[-2]}'s {_PARTS[str(rest[-1])]}{where}"
    return dotted(rest) if scope == "spec" else f"the observed {dotted(rest)}"


def absent(path: ConfigPath, *, stale: bool) -> str:
    """Why there is no evidence at a path, or only such as is about another state of the spec."""
    if path[0] == "approval":
        return "another state of the spec was approved" if stale else "nobody has approved this state of the spec"
    return (
        f"{dotted(path[1:])} {'was recorded for another spec' if stale else 'was not recorded by any run of this spec'}"
    )


_MISSING: Final[Mapping[str, Callable[[ConfigPath], str]]] = {
    "spec": lambda path: f"{subject(path)} is not said",
    "run": lambda path: f"the run recorded no {dotted(path[1:])}",
    "approval": lambda path: f"{subject(path)} does not say so",
}


def statement(path: ConfigPath, value: Any, operators: Mapping[str, Any]) -> str:
    """What was seen at a path beside what was asked of it."""
    if set(operators) <= {"count"} and isinstance(value, Mapping | list):
        return _counted(path, len(value), operators["count"])
    return f"{subject(path)} is {shown(value)}, asked {asked(operators)}"


def failed(path: ConfigPath, failure: Failure, parent: Any) -> str:
    """Why one operator does not hold.

    Args:
        path: the full path of the offending value, with its scope.
        failure: what does not hold.
        parent: what the offending value stands in, or MISSING.
    """
    value, operator, operand = failure.value, failure.operator, failure.operand
    if value is MISSING:
        return _MISSING[str(path[0])](path)
    if operator == "none" and isinstance(value, Mapping) and value.get("passed") is False:
        path, parent = (*path, "passed"), value
    if value != "insufficient" and (bound := _bound(path, parent)) is not None:
        return bound
    if operator == "exists":
        return f"{subject(path)} is {shown(value)}, and nothing may stand there"
    if operator in ("each", "any") and not value:
        return f"{subject(path)} has no entry"
    if operator == "any":
        return f"{subject(path)} has {asked({'none': operand})}"
    if operator == "none":
        return f"{subject(path)} is such an entry as is refused: {asked({'any': operand})}"
    if operator == "count":
        return _counted(path, value, operand)
    return f"{subject(path)} is {shown(value)}, asked {asked({operator: operand})}"


def _counted(path: ConfigPath, value: Any, operand: Mapping[str, Any]) -> str:
    entries = "1 entry" if value == 1 else f"{shown(value)} entries"
    return f"{subject(path)} has {entries}, asked {asked(operand)}"


def _bound(path: ConfigPath, parent: Any) -> str | None:
    """For ``…metrics.recall.passed`` and ``…slices.old.recall.status``: which bound missed which limit."""
    if path[-1] not in ("passed", "status") or not isinstance(parent, Mapping):
        return None
    if "margin" in parent and "difference" in parent:
        return _baseline(parent)
    side, limit = _BOUNDS.get(str(parent.get("side"))), parent.get("limit", parent.get("floor"))
    if side is None or limit is None:
        return None
    seen = "estimate" if parent.get("judged") in ("point", "estimate") else side[0]
    value = parent.get(seen, MISSING)
    return (
        None if value is MISSING else f"{subject((*path[:-1], seen))} is {shown(value)}, asked {side[1]} {shown(limit)}"
    )


def _baseline(found: Mapping[str, Any]) -> str:
    """For a baseline that is better than it may be."""
    gap = f"{shown(found['difference'])} [{shown(found.get('lower'))}, {shown(found.get('upper'))}]"
    return (
        f"the {found.get('kind')} baseline beats the model in {found.get('metric')}: "
        f"the model's lead is {gap}, asked at least {shown(_negative(found['margin']))}"
    )


def _negative(margin: Any) -> Any:
    return -margin if isinstance(margin, int | float) else margin
