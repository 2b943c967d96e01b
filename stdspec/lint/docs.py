"""Writes the reference of rules and clauses, `docs/reference/rules.md`, of the other standards, and of clauses shown.

`python -m stdspec.lint.docs` writes it; with `--check` it only says whether the page is what the code says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from stdspec.domains import DOMAINS, FORM
from stdspec.lint import manual, shown
from stdspec.lint.manual import Example, Page
from stdspec.settings import Settings
from stdspec.source.reader import read
from stdspec.standard.model import Clause, Standard
from stdspec.standard.operators import asked

_FOLDER: Final = Path(__file__).parents[2] / "docs" / "reference"
PAGE: Final = _FOLDER / "rules.md"
STANDARDS: Final = _FOLDER / "standards.md"
SHOWN: Final = _FOLDER / "clauses-shown.md"

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


_ABOVE_STANDARDS = """# Standards of industries, and cn-base

This page is written by `python -m stdspec.lint.docs` from the shipped standards; do not edit it. Each of them adds to
[stdspec/base@1](rules.md), whose clauses hold as well. A spec names one under `standards`, and answers its questions
below `governance.industry`, by the option `governance/industry`.

*verified*: the text of the reference was read; *title-only*: its number and title are known; *unverified*: neither was
looked up. A must rests on a verified reference or on a reason of our own. Evidence supports a clause; no report says
that a law or a standard is complied with.
"""

_FIXES: Final = {"no": "", "safe": "`--fix`", "unsafe": "`--unsafe-fixes`"}


def page() -> str:
    """The page as the code says it now."""
    standards = manual.standards(Settings(root=Path("/")))
    clauses = {clause.id: clause for standard in standards for clause in standard.clauses.values()}
    listed = {item.code: item for item in manual.pages(standards)}
    listed |= {code: found for code in clauses if (found := manual.page(code, standards)) is not None}
    lines = [_HEAD, *table(listed[code] for code in manual.codes(standards))]
    lines += [*_forms(listed.values()), *_domains(listed, clauses)]
    return "\n".join(lines).rstrip() + "\n"


def standards_page() -> str:
    """The page of every shipped standard but the base, as the packs say it now."""
    found = manual.shipped(Settings(root=Path("/")))
    lines = [_ABOVE_STANDARDS]
    for standard in found[1:]:
        own = [clause for clause in standard.clauses.values() if clause.standard == standard.label]
        lines += [f"## {standard.label}\n", f"{standard.goal}.\n", *_terms(standard)]
        for clause in own:
            item = manual.page(clause.id, found)
            lines += list(_clause(clause, item)) if item is not None else []
    return "\n".join(lines).rstrip() + "\n"


def shown_page() -> str:
    """The page of the clauses of the base that were shown on real runs."""
    return shown.page(manual.shipped(Settings(root=Path("/")))[0])


def _terms(standard: Standard) -> Iterator[str]:
    """For whom a standard holds, and since when."""
    whom = " and ".join(f"{name} is `{value}`" for name, value in standard.applies_to.items())
    yield f"Holds where {whom}, from {standard.effective}.\n" if whom else f"Holds from {standard.effective}.\n"


def table(pages: Iterable[Page]) -> Iterator[str]:
    """The codes as a Markdown table."""
    yield "| Code | Name | Severity | Found | Mended by |"
    yield "|---|---|---|---|---|"
    for item in pages:
        cells = (item.code, item.slug, item.severity, item.summary, _FIXES[item.fixable])
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _forms(pages: Iterable[Page]) -> Iterator[str]:
    """What holds whatever standard a spec names."""
    form = {
        "yaml": "Text",
        "hydra": "Composition",
        "schema": "The language",
        "standard": "Standards",
        "waiver": "Waivers and approvals",
        "lint": "What is set aside",
    }
    by_domain: dict[str, list[Page]] = {name: [] for name in FORM}
    for item in pages:
        by_domain.setdefault(item.domain, []).append(item)
    for domain in FORM:
        yield f"## {form.get(domain, domain.capitalize())}\n"
        for item in by_domain[domain]:
            yield f"### {item.code} {item.slug}\n"
            yield from _body(item)


def _domains(listed: dict[str, Page], clauses: dict[str, Clause]) -> Iterator[str]:
    for domain in DOMAINS:
        yield f"## {domain.capitalize()}\n"
        for clause in clauses.values():
            if clause.domain == domain:
                yield from _clause(clause, listed[clause.id])


def _clause(clause: Clause, item: Page) -> Iterator[str]:
    yield f"### {clause.id} {clause.slug}\n"
    tightens = f", tightens {clause.tightens}" if clause.tightens else ""
    yield f"{clause.says['en']}. *{clause.level}, from stage {clause.since}{tightens}.*\n"
    if "zh" in clause.says:
        yield f"{clause.says['zh']}。\n"
    if clause.when:
        yield "Applies where " + "; ".join(f"`{path}` is {asked(ops)}" for path, ops in clause.when.items()) + ".\n"
    for path, operators in clause.asks():
        yield f"- `{path}`: {asked(operators)}"
    if clause.require or clause.schema:
        yield ""
    if clause.accepts_assumed:
        yield "Assumed values are accepted.\n"
    if item.kind == "rule":
        yield from _body(item)
    yield f"Remedy: {clause.remedy}\n"
    if clause.house:
        yield f"Our reason: {clause.house}\n"
    for cite in clause.cites:
        yield f"- {cite.ref} ({cite.relation}, {cite.status})"
    if clause.cites:
        yield ""


def _body(item: Page) -> Iterator[str]:
    yield f"{item.summary}. {item.why}\n"
    yield "Refused:\n"
    yield from _block(item.bad[0])
    yield f"> {item.bad[0].message}\n"
    yield "Accepted:\n"
    yield from _block(item.good[0])


def _block(example: Example) -> Iterator[str]:
    document = read("example.yaml", example.shown.encode())  # an example may be Python, or broken on purpose
    yield "```yaml" if document.ok and document.value and isinstance(document.value, dict) else "```text"
    yield example.shown
    yield "```\n"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` compare them; 1 when one is not fresh."""
    stale = 0
    for path, make in ((PAGE, page), (STANDARDS, standards_page), (SHOWN, shown_page)):
        text = make()
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.stderr.write(
                f"docs/reference/{path.name} is not what the code says; run `python -m stdspec.lint.docs`\n"
            )
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
