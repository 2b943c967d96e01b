"""Turns the document of a standard into clauses, or into findings that say why it cannot be one.

It fails closed: a document with any fault of its own gives no standard.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from stdspec import validate
from stdspec.domains import DOMAINS, domain_of
from stdspec.finding import Finding, Severity, Span
from stdspec.paths import ConfigPath, dotted
from stdspec.standard.model import Cite, Clause, Standard
from stdspec.standard.requirement import problems

Locate = Callable[[ConfigPath, bool], Span | None]
"""Where a path of the document stands: its key (True) or its value (False)."""

SLUGS: Final = {
    "STD001": "unreadable-standard",
    "STD002": "unknown-keyword",
    "STD003": "malformed-standard",
    "STD004": "unknown-operator",
    "STD005": "bad-operand",
    "STD006": "bad-path",
    "STD007": "untested-clause",
    "STD008": "unfounded-must",
    "STD009": "unknown-rule",
    "STD010": "unknown-standard",
    "STD011": "wrong-test",
    "STD012": "clashing-clause",
    "STD013": "unsupported-schema",
    "STD014": "overdue-review",
    "STD015": "empty-clause",
}
"""What can be wrong with a standard."""

Place = tuple[str, ConfigPath, bool, str]


def finding(
    code: str, message: str, path: ConfigPath, span: Span | None, severity: Severity = Severity.ERROR
) -> Finding:
    """A finding about a standard."""
    return Finding(code, SLUGS[code], severity, message, dotted(path), span)


def parse(value: Any, locate: Locate, rules: Collection[str] | None = None) -> tuple[Standard | None, list[Finding]]:
    """The standard that a document holds, without what it extends, and what is wrong with the document.

    Args:
        value: the document as plain data.
        locate: finds the place of a path in its text.
        rules: the codes of the built-in checks; with None, judging says what is unknown.
    """
    if not isinstance(value, Mapping):
        message = "a standard is a mapping of keywords; begin with standard, version, owner, goal and clauses"
        return None, [finding("STD001", message, (), locate((), False))]
    refused = validate.check_data(value, "standard", locate, interpolated=False)
    shape = [_as_standard(item) for item in refused if not (item.slug == "out-of-range" and is_test(item.path))]
    if shape:
        return None, shape
    found = [
        finding(code, message, path, locate(path, key) or locate(path[:-1], True))
        for code, path, key, message in _faults(value, rules)
    ]
    return (None if found else _standard(value, locate)), found


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
    if "schema" in clause:
        yield (
            "STD013",
            ("schema",),
            True,
            "clauses with a schema are not judged by this version; use operators or a rule",
        )
    elif "require" not in clause and "rule" not in clause:
        yield "STD015", (), True, "the clause asks for nothing; add require or rule"
    for part in ("when", "require"):
        for code, path, key, message in problems(clause.get(part, {})):
            yield code, (part, *path), key, message
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


def _standard(document: Mapping[str, Any], locate: Locate) -> Standard:
    head = Standard(
        name=document["standard"],
        version=document["version"],
        owner=document["owner"],
        goal=document["goal"],
        clauses={},
        applies_to=document.get("applies_to", {}),
        effective=document.get("effective"),
        review_by=document.get("review_by"),
        extends=tuple(document.get("extends", ())),
    )
    clauses = {name: _clause(name, clause, head.label) for name, clause in document["clauses"].items()}
    places = {name: span for name in clauses if (span := locate(("clauses", name), True))}
    return replace(head, clauses=clauses, places=places)


def _clause(name: str, clause: Mapping[str, Any], standard: str) -> Clause:
    return Clause(
        id=name,
        standard=standard,
        domain=_domain(name, clause),
        slug=clause.get("slug", name.lower()),
        level=clause["level"],
        since=clause["from"],
        says=clause["says"],
        when=clause.get("when", {}),
        require=clause.get("require", {}),
        rule=clause.get("rule"),
        cites=tuple(Cite(cite["ref"], cite["relation"], cite["status"]) for cite in clause.get("cites", ())),
        house=clause.get("house"),
        remedy=clause["remedy"],
        passing=tuple(clause["tests"]["pass"]),
        failing=tuple(clause["tests"]["fail"]),
        accepts_assumed=clause.get("assumed") == "accepted",
        valid_for=clause.get("valid_for"),
        tightens=clause.get("tightens"),
    )


def _domain(name: str, clause: Mapping[str, Any]) -> str:
    """The domain a clause says, else that of its id (DAT001, ACME-DAT-03), its rule, or the first path it reads."""
    if "domain" in clause:
        return str(clause["domain"])
    by_prefix = {prefix: domain for domain, prefix in DOMAINS.items()}
    for part in name.split("-"):
        if (found := domain_of(part) or by_prefix.get(part)) is not None:
            return found
    if clause.get("rule") and (found := domain_of(clause["rule"])) is not None:
        return found
    first = next((path.split(".")[1] for path in clause.get("require", {})), "")
    return first if first in DOMAINS else {"split": "data"}.get(first, "governance")
