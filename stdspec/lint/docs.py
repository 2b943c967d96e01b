"""Writes the reference of rules and clauses, `docs/reference/rules.md`, from the rules and the shipped standard.

`python -m stdspec.lint.docs` writes it; with `--check` it only says whether the page is what the code says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from stdspec.domains import DOMAINS
from stdspec.lint import catalog
from stdspec.lint.forms import FORMS
from stdspec.lint.project import ProjectCase, ProjectRule
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.load import load
from stdspec.standard.model import Clause
from stdspec.standard.operators import asked

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"
STANDARD: Final = "stdspec/base@1"

_HEAD = """# Codes, rules and clauses

This page is written by `python -m stdspec.lint.docs` from the rules and the standard themselves; do not edit it.
`stdspec explain CODE` shows the same in a terminal.

A rule of a domain runs through the standard that a spec names: the level of the clause (must, should, may) is the
severity of the finding (error, warning, info). Codes about form always run; YML and HYD hold for any Hydra
project. A clause reads `spec.…` before anything
runs and `run.…` in the evidence of a run. What a clause asks of a spec has to be decided: a value that only a shipped
default gives does not satisfy it, unless the clause says that assumed values are accepted. Rules judge what is in
force.

An absent value satisfies no operator but `exists: false`. NaN, `n/a`, null and `[]` satisfy no comparison. `each` and
`any` need at least one entry; `matches` is searched anywhere in the text by an engine that does not backtrack.
"""


def page() -> str:
    """The page as the code says it now."""
    clauses = load(STANDARD, Settings(root=Path("/")), catalog.modules().keys()).clauses
    return "\n".join([_HEAD, *_forms(), *_domains(list(clauses.values()))]).rstrip() + "\n"


def _forms() -> Iterator[str]:
    yield "## Form\n"
    yield "| Code | Name | Why |"
    yield "|---|---|---|"
    for code, form in sorted(FORMS.items()):
        yield f"| {code} | {form.slug} | {form.why.replace('|', chr(92) + '|')} |"
    yield ""
    for code in catalog.unconditional("hydra"):
        yield from _rule(catalog.load(code))
    for code in catalog.project_modules():
        yield from _rule(catalog.load_project(code))
    for code in catalog.unconditional("schema"):
        yield from _rule(catalog.load(code))


def _domains(listed: Sequence[Clause]) -> Iterator[str]:
    for domain in DOMAINS:
        yield f"## {domain.capitalize()}\n"
        for clause in listed:
            if clause.domain == domain:
                yield from _clause(clause)


def _clause(clause: Clause) -> Iterator[str]:
    rule = catalog.load(clause.rule) if clause.rule else None
    yield f"### {clause.id} {clause.slug}\n"
    yield f"{clause.says['en']}. *{clause.level}, from stage {clause.since}.*\n"
    if clause.when:
        yield "Applies where " + "; ".join(f"`{path}` is {asked(ops)}" for path, ops in clause.when.items()) + ".\n"
    for path, operators in clause.require.items():
        yield f"- `{path}`: {asked(operators)}"
    if clause.require:
        yield ""
    if clause.accepts_assumed:
        yield "Assumed values are accepted.\n"
    if rule is not None:
        yield from _body(rule)
    yield f"Remedy: {clause.remedy}\n"
    if clause.house:
        yield f"Our reason: {clause.house}\n"
    for cite in clause.cites:
        yield f"- {cite.ref} ({cite.relation}, {cite.status})"
    if clause.cites:
        yield ""


def _rule(rule: Rule | ProjectRule) -> Iterator[str]:
    yield f"### {rule.code} {rule.slug}\n"
    yield from _body(rule)


def _body(rule: Rule | ProjectRule) -> Iterator[str]:
    yield f"{rule.summary}. {rule.why}\n"
    case = rule.bad[0]
    yield "Refused:\n"
    yield from _block(case)
    yield f"> {case.message}\n"
    yield "Accepted:\n"
    yield from _block(rule.good[0])


def _block(case: Case | ProjectCase) -> Iterator[str]:
    yield "```yaml"
    yield case.spec
    yield "```\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or with `--check` compare it; 1 when it is not fresh."""
    text = page()
    if "--check" not in arguments:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/reference/rules.md is not what the code says; run `python -m stdspec.lint.docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
