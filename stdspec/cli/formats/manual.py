"""What the codes of a report mean, for the formats that explain them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from stdspec import settings
from stdspec.finding import Finding
from stdspec.standard.load import FOLDER, load, read_standard
from stdspec.standard.model import Clause

BASE: Final = "stdspec/base@1"


class Meaning(Struct, frozen=True):
    """What one code means.

    Attributes:
        code: the code.
        slug: the fault's name.
        summary: the fault in a few words.
        why: why it matters and what to write, in sentences.
    """

    code: str
    slug: str
    summary: str
    why: str


def meanings(findings: Iterable[Finding]) -> dict[str, Meaning]:
    """The meaning of each code among the findings, by code, sorted."""
    first = {item.code: item for item in reversed(list(findings))}
    clauses = _clauses() if first else {}
    return {code: _meaning(first[code], clauses) for code in sorted(first)}


def _meaning(item: Finding, clauses: dict[str, Clause]) -> Meaning:
    found = (source(item.code, clauses) for source in _SOURCES)
    summary, why = next(filter(None, found), (item.slug.replace("-", " "), ""))
    summary = summary[:1].upper() + summary[1:].removesuffix(".")
    return Meaning(item.code, item.slug, summary, why or f"{summary}.")


def _of_clause(code: str, clauses: dict[str, Clause]) -> tuple[str, str] | None:
    clause = clauses.get(code)
    if clause is None or clause.rule is not None:
        return None  # the rule behind it says more
    reason = [f"{clause.says['en'].removesuffix('.')}.", *filter(None, (clause.house, clause.remedy))]
    return clause.slug.replace("-", " "), " ".join(f"{part.removesuffix('.')}." for part in reason)


def _of_rule(code: str, _: dict[str, Clause]) -> tuple[str, str] | None:
    from stdspec.lint import catalog

    for known, load_rule in ((catalog.modules(), catalog.load), (catalog.project_modules(), catalog.load_project)):
        if code in known:
            rule = load_rule(code)
            return rule.summary, rule.why
    return None


def _of_form(code: str, _: dict[str, Clause]) -> tuple[str, str] | None:
    from stdspec.lint import catalog

    if code not in catalog.forms():
        return None
    form = catalog.load_form(code)
    return form.summary, form.why


_Source = Callable[[str, dict[str, Clause]], tuple[str, str] | None]
_SOURCES: Final[tuple[_Source, ...]] = (_of_clause, _of_rule, _of_form)


def _clauses() -> dict[str, Clause]:
    """The clauses of the shipped standard, and of the project's own in whose folder the command was called."""
    project = settings.load()
    own = (read_standard(path)[0] for path in sorted((project.root / FOLDER).glob("*.yaml")))
    standards = (load(BASE, project), *filter(None, own))
    return {clause.id: clause for standard in standards for clause in standard.clauses.values()}
