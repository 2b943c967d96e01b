"""A standard as plain data that says of each verdict's line what is asked, by which clauses, and on what it rests.

What prints a standard, whatever the format, prints this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from stdspec.settings import Settings
from stdspec.standard import shelf
from stdspec.standard.load import of_file
from stdspec.standard.lock import digest_at
from stdspec.standard.model import Clause, Standard


def standard(found: Standard) -> dict[str, Any]:
    """A standard with everything it inherits."""
    return {
        "name": found.label,
        "version": found.version,
        "goal": found.goal,
        "owner": dict(found.owner),
        "extends": list(found.extends),
        "drops": list(found.drops),
        "applies_to": dict(found.applies_to),
        "effective": found.effective,
        "review_by": found.review_by,
        "clauses": [_line(parts, found) for parts in shelf.parts(found).values()],
    }


def sources(standards: Iterable[Standard], project: Settings) -> list[dict[str, Any]]:
    """Which text of which standards it is, those that they extend among them: name, version, owner, goal and digest.

    Raises:
        StandardError: when one of those that they extend has come to be at fault.
    """
    known: dict[str, dict[str, Any]] = {}
    for found in standards:
        for label, (version, file) in found.made_of.items():
            if label not in known:
                whole = found if label == found.label else of_file(Path(file), project)
                facts = {"name": label, "version": version, "owner": dict(whole.owner), "goal": whole.goal}
                known[label] = {**facts, "digest": digest_at(Path(file))}
    return list(known.values())


def _line(parts: Sequence[Clause], found: Standard) -> dict[str, Any]:
    """One verdict: the clause that stands by itself, and those that tighten it or say it anew."""
    first, *others = parts
    return {
        **_clause(first),
        "inherited": first.standard != found.label,
        "tightened_by": [{**_clause(part), "inherited": part.standard != found.label} for part in others],
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "standard": clause.standard,
        "domain": clause.domain,
        "says": dict(clause.says),
        "level": clause.level,
        "from": clause.since,
        "when": {path: dict(operators) for path, operators in clause.when.items()},
        "require": {path: dict(operators) for path, operators in clause.require.items()},
        "schema": {path: dict(fragment) for path, fragment in clause.schema.items()},
        "rule": clause.rule,
        "assumed": "accepted" if clause.accepts_assumed else "refused",
        "valid_for": clause.valid_for,
        "cites": [cite.as_dict() for cite in clause.cites],
        "house": clause.house,
        "remedy": clause.remedy,
        "tests": {"pass": len(clause.passing), "fail": len(clause.failing)},
    }
