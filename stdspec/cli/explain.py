"""`stdspec explain`: what a code means, why it matters and what to write instead. It needs no network and no spec."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from stdspec.cli.text import wrapped

if TYPE_CHECKING:
    from stdspec.lint.project import ProjectRule
    from stdspec.lint.rule import Rule
    from stdspec.standard.model import Clause


@click.command("explain", short_help="Explain a code: what it means, why it matters, what to write.")
@click.argument("code", required=False)
@click.option("--standard", default="stdspec/base@1", show_default=True, help="The standard whose clauses are meant.")
def command(code: str | None, standard: str) -> None:
    """Explain the code of a finding or the id of a clause; without one, list them all."""
    from stdspec.errors import InputError

    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    lines = list(_all(standard) if code is None else _one(code.upper(), standard, width))
    if not lines:
        from stdspec.validate.suggest import nearest

        known = [line.split()[0] for line in _all(standard) if line]
        hint = nearest(str(code).upper(), known)
        remedy = f"did you mean {hint}?" if hint else "`stdspec explain` lists them all"
        raise InputError(f"there is no code or clause {code}", remedy=remedy)
    sys.stdout.write("\n".join(lines).rstrip() + "\n")


def _all(standard: str) -> Iterator[str]:
    from stdspec.lint import catalog
    from stdspec.lint.forms import FORMS

    clauses = _clauses(standard)
    codes = {code: form.slug for code, form in FORMS.items()}
    codes |= {code: catalog.load(code).slug for code in catalog.modules() if code not in clauses}
    codes |= {code: catalog.load_project(code).slug for code in catalog.project_modules()}
    for code, slug in sorted(codes.items()):
        yield f"{code:<10} {slug}"
    yield ""
    for clause in clauses.values():
        yield f"{clause.id:<10} {clause.slug:<30} {clause.level:<7} from {clause.since}"


def _one(code: str, standard: str, width: int) -> Iterator[str]:
    from stdspec.lint import catalog
    from stdspec.lint.forms import FORMS

    clause = _clauses(standard).get(code)
    rule: Rule | ProjectRule | None = catalog.load(code) if code in catalog.modules() else None
    if code in catalog.project_modules():
        rule = catalog.load_project(code)
    form = FORMS.get(code)
    slug = rule.slug if rule else clause.slug if clause else form.slug if form else None
    if slug is None:
        return
    yield f"{code} {slug}"
    if rule is not None:
        yield from _rule(rule, width)
    elif form is not None:
        yield ""
        yield from wrapped(form.why, width)
    if clause is not None:
        yield from _clause(clause, width)


def _rule(rule: Rule | ProjectRule, width: int) -> Iterator[str]:
    yield ""
    yield from wrapped(f"{rule.summary}. {rule.why}", width)
    case = rule.bad[0]
    yield from ("", "Refused:", *_yaml(case.spec))
    yield from wrapped(case.message, width, "  ")
    yield from ("", "Accepted:", *_yaml(rule.good[0].spec))


def _yaml(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"    {line}" if len(line) <= 90 else f"    {line[:86]} …"


def _clause(clause: Clause, width: int) -> Iterator[str]:
    from stdspec.standard.operators import asked

    yield ""
    yield f"Clause {clause.id} of {clause.standard}: {clause.level}, from stage {clause.since}"
    yield from wrapped(clause.says["en"], width, "  ")
    if "zh" in clause.says:
        yield f"  {clause.says['zh']}"
    for title, requirement in (("Applies where", clause.when), ("Asks", clause.require)):
        if requirement:
            yield f"{title}:"
            for path, operators in requirement.items():
                yield from wrapped(f"{path}: {asked(operators)}", width, "  ")
    if clause.rule:
        yield f"Checked by: {clause.rule}"
    yield from wrapped(f"Remedy: {clause.remedy}", width)
    if clause.house:
        yield from wrapped(f"Our reason: {clause.house}", width)
    for cite in clause.cites:
        yield from wrapped(f"Cites: {cite.ref} ({cite.relation}, {cite.status})", width)


def _clauses(standard: str) -> dict[str, Clause]:
    from stdspec import settings
    from stdspec.lint import catalog
    from stdspec.standard.load import load

    return dict(load(standard, settings.load(), catalog.modules().keys()).clauses)
