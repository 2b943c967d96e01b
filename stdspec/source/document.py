"""What reading a file gives: plain data, the place of every key and value, and what is wrong with the text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from stdspec.finding import Finding, Severity, Span
from stdspec.paths import ConfigPath


class Mark(Struct, frozen=True, gc=False):
    """Where a key and its value stand. For an item of a list, and for the whole document, both are the same."""

    key: Span
    value: Span


class Document(Struct, frozen=True):
    """One YAML file, read.

    Attributes:
        path: the file, absolute.
        text: its text.
        value: its plain data as OmegaConf reads it; an empty mapping for an empty file or one that cannot be read.
        marks: config path to the place of key and value; the document itself stands at the empty path.
        header: what Hydra's header comments say, ``{"package": "_global_"}``.
        findings: what is wrong with the text (codes YML…).
        readable: whether Hydra could read it; some of what stdspec refuses (a number as a key, NaN) Hydra takes.
    """

    path: str
    text: str
    value: Any
    marks: Mapping[ConfigPath, Mark]
    header: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    readable: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the text beyond warnings."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def empty(self) -> bool:
        """Whether the file says nothing at all."""
        return not self.marks and not self.findings
