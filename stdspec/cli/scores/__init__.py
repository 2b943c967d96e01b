"""The formats of `stdspec scorecard`. A new one is a module with a `render` and a line in `FORMATS`.

A renderer is a pure function from the scorecard as data and a language to text: nothing is judged or counted again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

Renderer = Callable[[Mapping[str, Any], str], str]

FORMATS: Final[dict[str, str]] = {
    "text": "stdspec.cli.scores.text",
    "json": "stdspec.cli.scores.json",
    "html": "stdspec.report.scorecard",
    "markdown": "stdspec.cli.scores.markdown",
}
"""Name to the module that renders it."""


def render(name: str, card: Mapping[str, Any], lang: str) -> str:
    """A scorecard in the format of a name, in a language."""
    renderer: Renderer = import_module(FORMATS[name]).render
    return renderer(card, lang)
