"""The output formats of `stdspec lint`. A new one is a module with a `render` and a line in `FORMATS`.

A renderer is a pure function from what lint found to text; it is imported when its format is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from stdspec.cli.formats.look import Look, Renderer
    from stdspec.lint.engine import Report

FORMATS: Final[dict[str, str]] = {
    "text": "for people: each finding with its line and a caret",
    "concise": "one line a finding, for editors and grep",
    "json": "everything, for programs",
    "sarif": "SARIF 2.1.0, for code scanning",
    "gitlab": "a GitLab Code Quality report",
    "github": "GitHub workflow commands, shown in a pull request",
    "junit": "JUnit XML, for test reports",
    "markdown": "a summary for a job or a comment",
    "html": "one offline page",
}
"""Name, which is also the module's, to what it is for."""

TERMINAL: Final = frozenset(("text", "concise"))
"""Formats for a terminal, in its encoding; the others are UTF-8."""

UNSUMMED: Final = frozenset(("concise", "github"))
"""Formats in lines, which do not say themselves how much was looked at; standard error does."""


def render(name: str, report: Report, look: Look) -> str:
    """What lint found in the format of a name; no secret that was found is in it."""
    renderer: Renderer = import_module(f"{__name__}.{name}").render
    return renderer(_guarded(report) if report.findings or report.aside else report, look)


def _guarded(report: Report) -> Report:
    """What lint found without any secret in it; one that is set aside is still one."""
    from stdspec.lint import secret

    found = secret.guarded(report.everything)
    number = len(report.findings)
    aside = (replace(item, finding=one) for item, one in zip(report.aside, found[number:], strict=True))
    return replace(report, findings=found[:number], aside=tuple(aside))
