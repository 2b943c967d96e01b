"""Checks one YAML file by itself: its text, and what it can be told to be (a standard, a file of a config group)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from stdspec import clock, resources, validate
from stdspec.compose.policy import inside, leads_outside
from stdspec.compose.repository import parsed_document
from stdspec.domains import DOMAINS
from stdspec.finding import Finding
from stdspec.lint import catalog
from stdspec.lint.checks import rule_check
from stdspec.paths import ConfigPath
from stdspec.settings import Settings
from stdspec.source.document import Document
from stdspec.source.reader import read
from stdspec.standard import approvals, papers, waivers
from stdspec.standard.faults import finding
from stdspec.standard.load import is_standard, of_document, refused
from stdspec.standard.place import locator


def check(path: str, settings: Settings) -> Iterator[Finding]:
    """What is wrong with a file that no entry point reads, whatever it will be composed with.

    Args:
        path: the file, absolute.
        settings: the project's settings.
    """
    if _is_outside(path, settings):
        yield leads_outside(path)
        return
    kind = papers.kind_of(path, settings)
    if kind is not None:
        yield from _paper(kind, settings)
        return
    document = read(path)
    if is_standard(document):
        yield from _standard(document, settings)
        return
    yield from document.findings
    if not document.ok or not isinstance(document.value, dict):
        return
    yield from _part(path, document, settings)


def part(path: str, settings: Settings) -> Iterator[Finding]:
    """What no composition can mend in a file of a config group that one has read: its own keys and values."""
    if _is_outside(path, settings):
        return
    document = parsed_document(path)
    if document.ok and isinstance(document.value, dict) and not is_standard(document):
        yield from _part(path, document, settings)


def _is_outside(path: str, settings: Settings) -> bool:
    """Whether a file is a link out of the project: nothing of it is shown, as it may hold secrets of the machine."""
    file = Path(path)
    return file.is_symlink() and not inside(path, str(settings.root), str(file.parent))


def _part(path: str, document: Document, settings: Settings) -> Iterator[Finding]:
    if (package := _package(path, document, settings)) is not None:
        body = {key: value for key, value in document.value.items() if key != "defaults"}
        yield from validate.check_part(body, package, locator(document))


def _paper(kind: str, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the waivers, the approvals or the feedback of a project, whatever they are about."""
    yield from papers.paper(kind, settings).findings
    if kind == papers.FEEDBACK:
        from stdspec.standard import feedback  # few runs of lint meet it

        yield from feedback.lost(settings)
        return
    today = clock.today()
    if kind == papers.APPROVALS:
        for approval in approvals.read(settings, today)[0]:
            yield from approval.faults
        return
    for waiver in waivers.read(settings, today)[0]:
        yield from (*waiver.faults, *waiver.notes)


def _standard(document: Document, settings: Settings) -> Iterator[Finding]:
    """The faults of a standard, and the tests of its clauses that give another verdict than they say."""
    from stdspec.standard import selftest  # few runs of lint meet a standard

    locate = locator(document)
    standard, faults = of_document(document, catalog.modules().keys())
    yield from faults
    if standard is None:
        return
    yield from refused(standard, Path(document.path), settings, catalog.modules().keys())
    for clause, kind, index, message in selftest.run(standard, clock.today(), rule_check):
        path: ConfigPath = ("clauses", clause, "tests", kind, index)
        yield finding("STD011", message, path, locate(path, False))


def _package(path: str, document: Document, settings: Settings) -> ConfigPath | None:
    """Where the file of a config group goes in a spec; None for a file that is none, or goes to no domain."""
    for root in (os.path.abspath(settings.root / settings.conf), str(resources.conf())):
        if os.path.commonpath((root, path)) != root:
            continue
        group = Path(path).relative_to(root).parent.parts
        header = document.header.get("package")
        if header == "_global_":
            return ()
        package = tuple(header.split(".")) if header and "_" not in header[:1] else group
        return package if package and package[0] in DOMAINS else None
    return None
