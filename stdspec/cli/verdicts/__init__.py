"""The formats of `stdspec report`. A new one is a module with a `render` and a line in `FORMATS`.

A renderer is a pure function from report.json and a language to text: nothing is judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

Renderer = Callable[[Mapping[str, Any], str], str]

FORMATS: Final[dict[str, str]] = {
    "html": "stdspec.report.html",
    "json": "stdspec.cli.verdicts.json",
    "markdown": "stdspec.cli.verdicts.markdown",
    "junit": "stdspec.cli.verdicts.junit",
    "sarif": "stdspec.cli.verdicts.sarif",
    "cyclonedx": "stdspec.cli.verdicts.cyclonedx",
}
"""Name to the module that renders it."""

UNMET: Final = ("fail", "error", "no-evidence", "stale")
"""The verdicts that support nothing."""


def render(name: str, report: Mapping[str, Any], lang: str) -> str:
    """A report in the format of a name, the words of its clauses in a language."""
    renderer: Renderer = import_module(FORMATS[name]).render
    return renderer(report, lang)


def says(clause: Mapping[str, Any], lang: str) -> str:
    """A clause in words: in the language, else in English, else its id."""
    words = clause["says"]
    return str(words.get(lang) or words.get("en") or clause["id"])
