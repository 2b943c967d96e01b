"""The report of a run folder in which something was changed after the run: what rests on the run is no longer shown.

A clause that reads evidence gets the verdict error unless it failed already; none ever gains by a changed file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.report.build import summary
from stdspec.standard.verdict import Judgement, Verdict

_EVIDENCE: Final = ("run.", "approval.")
_STAY: Final = (Verdict.FAIL, Verdict.ERROR, Verdict.NOT_APPLICABLE)


def doubted(report: Mapping[str, Any], words: str) -> dict[str, Any]:
    """A report with every verdict that rests on evidence taken back.

    Args:
        report: report.json as the run wrote it.
        words: what was changed, as a fact.
    """
    clauses = [_clause(clause, words) for clause in report["clauses"]]
    found = summary([_judgement(clause) for clause in clauses], report["stage"], {})
    said = f"In this run folder {words}, so nothing that the run recorded counts."
    return {
        **report,
        "doubt": words,
        "clauses": clauses,
        "summary": {
            **found,
            "outcome": "not-supported",
            "sentence": f"{said} {found['sentence']}",
            "gate": False if report["summary"]["gate"] is False else None,
        },
    }


def _clause(clause: Mapping[str, Any], words: str) -> dict[str, Any]:
    rests = any(path.startswith(_EVIDENCE) for path in clause["look_at"])
    if not rests:
        return dict(clause)
    clause = {**clause, "parts": [_part(part, words) for part in clause["parts"]]}
    if clause["verdict"] in _STAY:
        return dict(clause)
    return {**clause, "verdict": str(Verdict.ERROR), "reason": words, "waiver": None, "place": None, "path": "run"}


def _part(part: Mapping[str, Any], words: str) -> dict[str, Any]:
    return dict(part) if part["verdict"] in _STAY else {**part, "verdict": str(Verdict.ERROR), "reason": words}


def _judgement(clause: Mapping[str, Any]) -> Judgement:
    """As much of a judgement as is counted."""
    return Judgement(
        id=clause["id"],
        standard=clause["standard"],
        domain=clause["domain"],
        level=clause["level"],
        verdict=Verdict(clause["verdict"]),
        says=clause["says"],
        look_at=tuple(clause["look_at"]),
        declared=None,
        observed=None,
        limit=None,
        reason=clause["reason"],
        place=None,
        path=clause["path"],
        cites=(),
        remedy=clause["remedy"],
        assumed=(),
        since=clause["from"],
    )
