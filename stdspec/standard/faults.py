"""Makes the findings about a standard: the STD codes."""

from __future__ import annotations

from stdspec.codes import SLUGS
from stdspec.finding import Edit, Finding, Severity, Span
from stdspec.paths import ConfigPath, dotted


def finding(
    code: str,
    message: str,
    path: ConfigPath,
    span: Span | None,
    severity: Severity = Severity.ERROR,
    fix: tuple[Edit, ...] = (),
) -> Finding:
    """A finding about a standard."""
    return Finding(code, SLUGS[code], severity, message, dotted(path), span, (), fix)
