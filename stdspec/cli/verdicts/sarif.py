"""Format sarif: SARIF 2.1.0, one result for each clause that is not supported or is waived.

Code scanning takes every result for an alert, whatever its kind, so that clauses which pass are left out; their rules
are there. A clause that could not be judged is of kind open, and one that is waived is suppressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.cli.formats.sarif import ROOT, artifact, log, plain
from stdspec.cli.verdicts import UNMET, says
from stdspec.cli.visible import visible
from stdspec.digest import digest
from stdspec.finding import Severity
from stdspec.standard.model import LEVELS

Json = dict[str, Any]
Clause = Mapping[str, Any]

_LEVEL: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_KINDS: Final = {"fail": "fail", "waived": "fail", "error": "open", "no-evidence": "open", "stale": "open"}


def render(report: Mapping[str, Any], lang: str) -> str:
    """The log."""
    held = [clause for clause in report["clauses"] if clause["verdict"] != "not-applicable"]
    names = dict.fromkeys(_name(clause) for clause in held)
    index = {name: number for number, name in enumerate(names)}
    by_name = {_name(clause): clause for clause in reversed(held)}
    results = [
        (LEVELS[clause["level"]], _result(clause, index[_name(clause)]))
        for clause in held
        if clause["verdict"] in (*UNMET, "waived")
    ]
    return log([_rule(by_name[name], lang) for name in names], results, len(results))


def _name(clause: Clause) -> str:
    return f"{clause['standard']}/{clause['id']}"


def _rule(clause: Clause, lang: str) -> Json:
    words = visible(says(clause, lang))
    cites = "; ".join(f"{cite['ref']} ({cite['relation']}, {cite['status']})" for cite in clause["cites"])
    rest = [visible(clause["remedy"]), f"Cites: {visible(cites)}." if cites else ""]
    return {
        "id": _name(clause),
        "name": "".join(part.capitalize() for part in clause["id"].split("-")),
        "shortDescription": {"text": f"{words}."},
        "fullDescription": {"text": f"{clause['id']} of {clause['standard']}: {words}."},
        "help": {"text": " ".join(filter(None, rest)) or f"{words}."},
        "defaultConfiguration": {"level": _LEVEL[LEVELS[clause["level"]]]},
        "properties": {"tags": [clause["domain"], clause["level"]]},
    }


def _result(clause: Clause, index: int) -> Json:
    kind = _KINDS[clause["verdict"]]
    reason = f"{clause['verdict']}: {clause['reason']}; {clause['remedy']}".removesuffix("; ")
    result: Json = {
        "ruleId": _name(clause),
        "ruleIndex": index,
        "kind": kind,
        "level": _LEVEL[LEVELS[clause["level"]]] if kind == "fail" else "none",
        "message": {"text": plain(reason)},
        "locations": [_location(clause)],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{digest([visible(_name(clause)), visible(clause['path'])])[7:39]}:1"
        },
    }
    if clause["verdict"] == "waived":
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": plain(clause["reason"])}]
    return result


def _location(clause: Clause) -> Json:
    """Where the spec decided it; for what a run decided, the root, as code scanning asks for some place."""
    physical: Json = {"artifactLocation": {"uri": ".", "uriBaseId": ROOT}}
    file, line, column = _place(clause["place"])
    if file:
        region = {"startLine": line, "startColumn": column}
        physical = {"artifactLocation": artifact(file), "region": region}
    location: Json = {"physicalLocation": physical}
    if clause["path"]:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(clause["path"]), "kind": "member"}]
    return location


def _place(text: str | None) -> tuple[str, int, int]:
    """File, line and column of a place as a report writes it; no file for an override."""
    file, _, rest = (text or "").rpartition(":")
    file, _, line = file.rpartition(":")
    if not (file and line.isdigit() and rest.isdigit()) or file.startswith("<"):
        return "", 1, 1
    return file, int(line), int(rest)
