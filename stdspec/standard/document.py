"""Turns the document of a standard into clauses, or into findings that say why it cannot be one.

It fails closed: a document with any fault of its own gives no standard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from stdspec import clock, validate
from stdspec.codes import SLUGS
from stdspec.finding import Finding, Severity
from stdspec.paths import ConfigPath
from stdspec.standard import fragment as fragments
from stdspec.standard import references
from stdspec.standard.build import Locate, build
from stdspec.standard.faults import finding
from stdspec.standard.model import Standard
from stdspec.standard.requirement import bad_path, problems

Place = tuple[str, ConfigPath, bool, str]


def parse(value: Any, locate: Locate, rules: Collection[str] | None = None) -> tuple[Standard | None, list[Finding]]:
    """The standard that a document holds, without what it extends, and what is wrong with the document.

    Args:
        value: the document as plain data.
        locate: finds the place of a path in its text.
        rules: the codes of the built-in checks; with None, judging says what is unknown.

    Returns:
        the standard, or None where it is at fault, and the findings; warnings alone leave the standard standing.
    """
    refused = validate.check_data(value, "standard", locate, interpolated=False)
    shape = [_as_standard(item) for item in refused if not (item.slug == "out-of-range" and is_test(item.path))]
    if shape:
        return None, shape
    found = [
        finding(code, message, path, locate(path, key) or locate(path[:-1], True))
        for code, path, key, message in _faults(value, rules)
    ]
    return (None if found else build(value, locate)), [*found, *_outdated(value, locate)]


def _outdated(document: Mapping[str, Any], locate: Locate) -> Iterator[Finding]:
    """A warning for each reference to a document that no longer holds; the standard still does."""
    today = clock.today()
    for name, clause in document["clauses"].items():
        for index, cite in enumerate(clause.get("cites", ())):
            if (known := references.withdrawn(cite["ref"], today)) is not None:
                path = ("clauses", name, "cites", index, "ref")
                yield finding("STD020", references.told(*known), path, locate(path, False), Severity.WARNING)


def is_test(path: str) -> bool:
    """Whether a dotted path of a document lies in the tests of a clause."""
    return path.startswith("clauses.") and ".tests." in path


def _as_standard(item: Finding) -> Finding:
    code = "STD002" if item.slug == "unknown-key" else "STD003"
    return replace(item, code=code, slug=SLUGS[code])


def _faults(document: Mapping[str, Any], rules: Collection[str] | None) -> Iterator[Place]:
    for name, clause in document["clauses"].items():
        for code, path, key, message in _clause_faults(clause, rules):
            yield code, ("clauses", name, *path), key, message


def _clause_faults(clause: Mapping[str, Any], rules: Collection[str] | None) -> Iterator[Place]:
    if not {"require", "rule", "schema"} & set(clause):
        yield "STD015", (), True, "the clause asks for nothing; add require or rule"
    for part in ("when", "require"):
        for code, path, key, message in problems(clause.get(part, {})):
            yield code, (part, *path), key, message
    yield from _fragments(clause.get("schema", {}))
    if rules is not None and (rule := clause.get("rule")) is not None and rule not in rules:
        yield "STD009", ("rule",), False, f"there is no rule {rule}; `stdspec explain` lists the rules"
    for kind in ("pass", "fail"):
        if not clause["tests"].get(kind):
            yield "STD007", ("tests",), True, f"no test shows when the clause does not {kind}; add tests.{kind}"
    verified = any(cite["status"] == "verified" for cite in clause.get("cites", ()))
    if clause["level"] == "must" and not verified and "house" not in clause:
        yield (
            "STD008",
            ("level",),
            False,
            "a must rests on no verified reference; cite one that was read, or say why in house",
        )


def _fragments(schemas: Mapping[str, Any]) -> Iterator[Place]:
    for text, fragment in schemas.items():
        if (wrong := bad_path(text)) is not None:
            yield "STD006", ("schema", text), True, wrong
        for path, key, message in fragments.problems(fragment):
            yield "STD013", ("schema", text, *path), key, message
