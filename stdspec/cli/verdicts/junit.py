"""Format junit: JUnit XML, one suite a domain and one test a clause.

A must that is not met is a failure, or an error where it could not be judged; what stops nothing is a skipped test that
says what was found, so that this report and the outcome of the run never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from stdspec.cli.verdicts import UNMET, says
from stdspec.cli.visible import visible

Clause = Mapping[str, Any]


def render(report: Mapping[str, Any], lang: str) -> str:
    """The document."""
    root = Element("testsuites", name=visible(report["name"]))
    for domain in dict.fromkeys(clause["domain"] for clause in report["clauses"]):
        root.append(_suite(domain, [item for item in report["clauses"] if item["domain"] == domain], lang))
    if report["summary"]["gate"] is not None:
        root.append(_gate(passed=report["summary"]["gate"]))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(name: str, clauses: Sequence[Clause], lang: str) -> Element:
    suite = Element("testsuite", name=visible(name), time="0")
    suite.extend(_case(clause, lang) for clause in clauses)
    return _counted(suite)


def _counted(suite: Element) -> Element:
    suite.set("tests", str(len(suite)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in suite)))
    return suite


def _case(clause: Clause, lang: str) -> Element:
    name = visible(f"{clause['id']} {says(clause, lang)}")
    case = Element("testcase", name=name, classname=visible(clause["standard"]), time="0")
    verdict, reason = clause["verdict"], visible(clause["reason"])
    if clause["level"] == "must" and verdict in UNMET:
        found = SubElement(case, "failure" if verdict == "fail" else "error", type=verdict, message=reason)
        found.text = "\n".join(filter(None, (visible(clause["place"] or ""), reason, visible(clause["remedy"]))))
    elif verdict != "pass":
        SubElement(case, "skipped", message=f"{clause['level']}, {verdict}: {reason}")
    return case


def _gate(*, passed: bool) -> Element:
    suite = Element("testsuite", name="gate", time="0")
    case = SubElement(suite, "testcase", name="metric gate", classname="gate", time="0")
    if not passed:
        SubElement(case, "failure", type="fail", message="a metric misses its limit")
    return _counted(suite)
