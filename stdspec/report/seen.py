"""What a clause was judged by, in words for its row and its details: what was seen, where, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.report import text
from stdspec.report.words import told
from stdspec.standard.verdict import Verdict

Clause = Mapping[str, Any]
Units = Mapping[str, str]

_BARE: Final = frozenset({"passed", "within", "digest", "records"})
"""Last parts of record paths that say nothing without the part before them."""


def units(report: Mapping[str, Any]) -> dict[str, str]:
    """The unit of each measured record, by its path."""
    return {item["path"]: item["unit"] for item in report["compute"] if item["unit"]}


def seen(clause: Clause, known: Units) -> tuple[str, str]:
    """What the row of a clause shows: whether it was observed or declared (or neither), and the words.

    Args:
        clause: a clause of report.json.
        known: the units of records, by path.
    """
    if clause["verdict"] == Verdict.NOT_APPLICABLE:
        return "none", text.brief(clause["reason"] or None, "does not hold here")
    if clause["observed"] is not None:
        return "observed", observed(clause, known)
    if clause["verdict"] == Verdict.NO_EVIDENCE:
        return "none", told(text.ABSENT)
    if clause["declared"] is not None:
        return "declared", text.brief(clause["declared"])
    return "judged", text.brief(clause["reason"])


def observed(clause: Clause, known: Units) -> str:
    """What was observed; a single value of a single record by its name and with its unit."""
    value, paths = clause["observed"], _asked(clause, "run.")
    if len(paths) != 1 or isinstance(value, str | Mapping) or (isinstance(value, list) and value):
        return text.brief(value)
    name = paths[0].split(".")
    shown = " ".join(name[-2:] if name[-1] in _BARE else name[-1:]).replace("_", " ")
    return f"{shown}: {text.quantity(value, known.get(paths[0]))}"


def where(clause: Clause) -> str:
    """The place that decided, else the path; for a check that looked through a whole domain, that domain."""
    if clause["path"] in ("spec", "run") and clause["look_at"]:
        return str(clause["look_at"][0])
    return str(clause["place"] or clause["path"])


def rows(clause: Clause, known: Units) -> list[tuple[str, Any]]:
    """What was declared, observed and asked, each with its value; a side that the clause does not read is left out."""
    limit = clause["limit"]
    if isinstance(limit, Mapping) and "rule" in limit:
        return [("Judged", told("by the check {} on the spec").format(limit["rule"]))]
    found: list[tuple[str, Any]] = []
    if clause["declared"] is not None or _asked(clause, "spec."):
        found.append(("Declared", told("not stated") if clause["declared"] is None else _readable(clause["declared"])))
    if clause["observed"] is not None or _asked(clause, "run."):
        found.append(("Observed", _readable(clause["observed"], known.get(next(iter(_asked(clause, "run.")), "")))))
    return [*found, ("Limit", limits(limit))]


def limits(limit: Any) -> Any:
    """What was asked: by path where there are several, else as one sentence part."""
    if isinstance(limit, Mapping) and len(limit) > 1 and all(isinstance(item, Mapping) for item in limit.values()):
        return {path: text.limit(operators) for path, operators in limit.items()}
    return text.limit(limit)


def _readable(value: Any, unit: str | None = None) -> Any:
    """A mapping entry by entry, anything else as text."""
    if isinstance(value, Mapping) and value:
        return {str(key): text.value(part, "none") for key, part in value.items()}
    return text.quantity(value, unit)


def _asked(clause: Clause, scope: str) -> list[str]:
    """The paths of one scope that the clause states something about."""
    limit = clause["limit"]
    return [path for path in limit if path.startswith(scope)] if isinstance(limit, Mapping) else []
