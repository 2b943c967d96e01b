"""Makes a standard of the plain data of a document that was checked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from stdspec.domains import DOMAINS, domain_of
from stdspec.finding import Span
from stdspec.paths import ConfigPath
from stdspec.standard.model import Cite, Clause, Standard

Locate = Callable[[ConfigPath, bool], Span | None]
"""Where a path of the document stands: its key (True) or its value (False)."""


def build(document: Mapping[str, Any], locate: Locate) -> Standard:
    """The standard of a document in which nothing is wrong, without what it extends."""
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
        drops=tuple(document.get("drops", ())),
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
        schema=clause.get("schema", {}),
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
    paths = (*clause.get("require", {}), *clause.get("schema", {}))
    first = next((path.split(".")[1] for path in paths), "")
    return first if first in DOMAINS else {"split": "data"}.get(first, "governance")
