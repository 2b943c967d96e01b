"""In which language the fixed words of a report are said, and those of Chinese.

A phrase that is not in the table stays English; a test holds the table against the templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from stdspec.report.chinese import ZH

ENGLISH: Final = "en"
TABLES: Final[Mapping[str, Mapping[str, str]]] = {ENGLISH: {}, "zh": ZH}
"""Language to its phrases, by the English ones."""

TAGS: Final = {"zh": "zh-Hans"}
"""What a page calls a language, where it is more than its code."""

_SPOKEN: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def spoken(lang: str) -> Iterator[None]:
    """What is said in the block is said in a language."""
    token = _SPOKEN.set(lang)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def told(phrase: str) -> str:
    """A phrase in the language that is spoken, or in English where that has none."""
    return TABLES[_SPOKEN.get()].get(phrase, phrase)


def says(clause: Mapping[str, Any]) -> str:
    """What a clause says: in the language that is spoken, else in English, else its id."""
    words = clause["says"]
    return str(words.get(_SPOKEN.get()) or words.get(ENGLISH) or clause["id"])


def language() -> str:
    """The code of the language that is spoken."""
    return _SPOKEN.get()


_PARTS: Final = {
    "fail": "{} fail",
    "error": "{} could not be judged",
    "no-evidence": "{} have no evidence",
    "stale": "{} have stale evidence",
    "waived": "{} are waived",
}


def sentence(report: Mapping[str, Any]) -> str:
    """The headline of a report; its own in English, and made anew of its counts in another language."""
    summary = report["summary"]
    if _SPOKEN.get() == ENGLISH:
        return str(summary["sentence"])
    return _doubt(report) + _counted(summary, told(report["stage"]))


def _doubt(report: Mapping[str, Any]) -> str:
    """What was changed in the run folder, where something was, as the fact stands."""
    changed = report.get("doubt")
    return (
        told("A file was changed after the run, and nothing that it recorded counts ({}).").format(changed)
        if changed
        else ""
    )


def _counted(summary: Mapping[str, Any], stage: str) -> str:
    if not summary["holding"]:
        return told("No clause holds at stage {}; nothing was judged.").format(stage)
    counts = summary["counts"]
    parts = [told("At stage {} evidence supports {} of {} clauses").format(stage, counts["pass"], summary["holding"])]
    parts += [told(words).format(counts[verdict]) for verdict, words in _PARTS.items() if counts.get(verdict)]
    return told("; ").join(parts) + told(".")
