"""Format junit: JUnit XML for test reports, one suite a file.

What makes the command fail is a failure; milder findings are skipped tests that say what was found, so that the report
and the exit status never disagree. A file without findings is a test that passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from stdspec.cli.formats.look import Look
from stdspec.cli.text import place
from stdspec.cli.visible import visible
from stdspec.finding import COMMAND_LINE, Finding
from stdspec.lint.engine import Report
from stdspec.paths import shown


def render(report: Report, look: Look) -> str:
    """The document."""
    root = Element("testsuites", name="stdspec")
    for file, found in _by_file(report).items():
        root.append(_suite(visible(file), found, look))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _by_file(report: Report) -> Mapping[str, Sequence[Finding]]:
    """The findings of each file that was looked at or pointed into, in order."""
    found: dict[str, list[Finding]] = {shown(file): [] for file in report.files}
    for item in report.findings:
        found.setdefault(_home(item), []).append(item)
    return found


def _home(item: Finding) -> str:
    if item.span is None:
        return "stdspec"
    return item.span.file if item.span.file == COMMAND_LINE else shown(item.span.file)


def _suite(name: str, found: Sequence[Finding], look: Look) -> Element:
    failed = sum(look.fails(item) for item in found)
    counts = {"tests": max(1, len(found)), "failures": failed, "errors": 0, "skipped": len(found) - failed}
    attributes = {"name": name, **{key: str(number) for key, number in counts.items()}, "time": "0"}
    suite = Element("testsuite", attributes)
    for item in found:
        suite.append(_case(name, item, look))
    if not found:
        SubElement(suite, "testcase", name="lint", classname=name, time="0")
    return suite


def _case(file: str, item: Finding, look: Look) -> Element:
    at = f" {item.span.line}:{item.span.column}" if item.span else ""
    case = Element("testcase", name=f"{item.code} {item.slug}{at}", classname=file, time="0")
    message = visible(item.message)
    if look.fails(item):
        failure = SubElement(case, "failure", type=item.severity.value, message=message)
        failure.text = "\n".join(_lines(item))
    else:
        SubElement(case, "skipped", message=f"{item.severity.value}: {message}")
    return case


def _lines(item: Finding) -> Iterator[str]:
    yield f"{place(item.span)}: {item.code} {visible(item.message)}"
    yield from (f"{place(related.span)}: {visible(related.message)}" for related in item.related)
