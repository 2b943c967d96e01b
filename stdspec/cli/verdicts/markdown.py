"""Format markdown: GitHub's Markdown for the summary of a job, a comment or a file beside the model.

Whatever a spec or a run says is text there: it makes no markup, no link and no mention.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from stdspec.cli.formats.markdown import escaped, located
from stdspec.cli.verdicts import UNMET, says
from stdspec.report import words
from stdspec.report.words import told

SIGNS: Final = {
    "pass": "✅",
    "fail": "❌",
    "error": "❗",
    "no-evidence": "❓",
    "stale": "⌛",
    "waived": "🟡",
    "not-applicable": "➖",
}

Clause = Mapping[str, Any]


def render(report: Mapping[str, Any], lang: str) -> str:
    """A heading with the verdict, what needs attention, and a table of every clause that holds."""
    with words.spoken(lang):
        return "\n".join(_lines(report, lang)) + "\n"


def _lines(report: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield f"# {escaped(report['name'])}"
    yield ""
    yield f"**{escaped(words.sentence(report))}**"
    yield ""
    facts = {"Stage": told(report["stage"]), "Standards": ", ".join(report["standards"]), "Spec": report["spec_digest"]}
    yield from (f"- {told(name)}: {escaped(str(value))}" for name, value in facts.items() if value)
    yield from _metrics(report["evaluation"] or {})
    held = [clause for clause in report["clauses"] if clause["verdict"] != "not-applicable"]
    unmet = [clause for clause in held if clause["verdict"] in UNMET]
    if unmet:
        yield from ("", f"## {told('What needs attention')}", "")
        yield from (_unmet(clause, lang) for clause in unmet)
    yield from ("", f"## {told('Clauses')}", "")
    yield f"| | {told('Clause')} | {told('Level')} | {told('What it says')} | {told('Where')} |"
    yield "|-|-|-|-|-|"
    yield from (_row(clause, lang) for clause in held)


def _metrics(evaluation: Mapping[str, Any]) -> Iterator[str]:
    metrics: Sequence[Mapping[str, Any]] = evaluation.get("metrics") or ()
    if not metrics:
        return
    yield from ("", f"## {told('Evaluation')}", "")
    yield f"| {told('Metric')} | {told('Estimate')} | {told('Interval')} | n | {told('Status')} |"
    yield "|-|-:|-|-:|-|"
    for item in metrics:
        status = {True: "✅", False: "❌"}.get(item["passed"], "")
        interval = f"{_number(item['lower'])} … {_number(item['upper'])}"
        cells = (escaped(item["name"]), _number(item["estimate"]), interval, _number(item["n"]), status)
        yield f"| {' | '.join(cells)} |"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else escaped(str(value))


def _unmet(clause: Clause, lang: str) -> str:
    remedy = f" {escaped(clause['remedy'])}" if clause["remedy"] else ""
    head = f"{SIGNS[clause['verdict']]} **{escaped(clause['id'])}** {escaped(says(clause, lang))}"
    return f"- {head}: {escaped(clause['reason'])}.{remedy}"


def _row(clause: Clause, lang: str) -> str:
    at = located(clause["place"] or clause["path"])
    verdict = f"{SIGNS[clause['verdict']]} {told(clause['verdict'].replace('-', ' '))}"
    return f"| {verdict} | {escaped(clause['id'])} | {told(clause['level'])} | {escaped(says(clause, lang))} | {at} |"
