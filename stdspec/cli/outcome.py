"""What a run says in the end, in plain lines that are never wrapped, for people and for scripts.

First what failed: parts of the gate, then clauses. Then, always: the verdict in a sentence, the weights, a line a
metric, the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from stdspec.evidence import tree
from stdspec.paths import shown
from stdspec.pipeline import Outcome
from stdspec.standard.verdict import Verdict

Facts = Mapping[str, Any]

_WORDS: Final = {"at_least": ("lower", "at least"), "at_most": ("upper", "at most")}
"""The side of a limit to the bound that is judged and the words for it."""


def lines(outcome: Outcome) -> Iterator[str]:
    """Every line, in order."""
    found: Facts = tree(outcome.records).get("run", {}).get("evaluation", {})
    judge = (outcome.plan.spec.get("evaluation") or {}).get("judge")
    yield from gate(found, bound=judge != "point")
    yield from (_clause(item) for item in outcome.report["clauses"] if _matters(item))
    yield f"verdict  {outcome.report['summary']['sentence']}"
    yield f"weights  {outcome.weights}"
    yield from metrics(found)
    yield f"report  {shown(outcome.folder / 'report.html')}"


def metrics(evaluation: Facts) -> Iterator[str]:
    """One line for each metric of the gate: estimate, interval and n."""
    for name, item in evaluation.get("metrics", {}).items():
        low, high = _number(item.get("lower")), _number(item.get("upper"))
        yield f"metric  {name}={_number(item.get('estimate'))} [{low}, {high}] n={item.get('n')}"


def gate(evaluation: Facts, *, bound: bool) -> Iterator[str]:
    """One line for each part of the gate that failed; `bound` says that bounds are judged and not estimates."""
    for name, item in evaluation.get("metrics", {}).items():
        if item.get("passed") is False:
            yield _missed(f"evaluation.metrics.{name}", item, item.get("limit"), bound=bound)
    for part in ("slices", "shifts"):
        for name, found in evaluation.get(part, {}).items():
            for metric, item in found.items():
                if item.get("passed") is False or item.get("status") == "fail":
                    yield _missed(f"evaluation.{part}.{name}.{metric}", item, item.get("floor"), bound=bound)
    baseline = evaluation.get("baseline") or {}
    if baseline.get("passed") is False:
        margin = _number(baseline.get("margin"))
        yield f"fail  evaluation.baseline: the {baseline.get('kind')} baseline may be better by more than {margin}"


def _missed(path: str, item: Facts, limit: Any, *, bound: bool) -> str:
    """A metric and the limit that it missed, with the number that was judged."""
    side, words = _WORDS.get(str(item.get("side")), _WORDS["at_least"])
    judged = f"{side} bound {_number(item.get(side))}" if bound else f"estimate {_number(item.get('estimate'))}"
    return f"fail  {path}: the {judged} is not {words} {_number(limit)} (n={item.get('n')})"


def _matters(item: Facts) -> bool:
    """Whether a clause goes on the terminal: a must that is not met, or anything that plainly fails."""
    if item["verdict"] in (Verdict.FAIL, Verdict.ERROR):
        return True
    return item["level"] == "must" and item["verdict"] in (Verdict.NO_EVIDENCE, Verdict.STALE)


def _clause(item: Facts) -> str:
    text = f"{item['verdict']}  {item['id']} ({item['level']}, {item['standard']}): {item['reason']}"
    remedy = str(item["remedy"] or "").rstrip(".")  # a sentence in the standard, a clause of one here
    return f"{text}; {remedy[0].lower()}{remedy[1:]}" if remedy else text


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)
