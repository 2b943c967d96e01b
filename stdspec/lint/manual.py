"""The manual: one page for every code that lint can print, made of the rule, the form or the clause behind it.

`stdspec explain`, `stdspec rules`, the reference page and the reports that explain their codes all read it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from stdspec import clock, resources
from stdspec.domains import FORM, domain_of
from stdspec.errors import InputError
from stdspec.lint import catalog
from stdspec.lint.aside import never
from stdspec.lint.checks import rule_check
from stdspec.paths import dotted
from stdspec.standard.load import FOLDER, load, read_standard
from stdspec.standard.model import LEVELS, Clause, Standard
from stdspec.standard.selftest import verdict_on

if TYPE_CHECKING:
    from stdspec.lint.form import Form, FormCase
    from stdspec.lint.project import ProjectCase, ProjectRule
    from stdspec.lint.rule import Case, Fixable, Rule
    from stdspec.settings import Settings

BASE: Final = "stdspec/base@1"
"""The standard that ships, and that specs are judged by unless they name others."""

Kind = Literal["rule", "clause", "form"]


class Example(Struct, frozen=True):
    """A text, and what is said of it.

    Attributes:
        text: YAML; several files stand below each other, each under its name.
        place: where the fault is: ``file:line:col``, or a config path; empty where nothing is found.
        message: the whole message; empty where nothing is found.
    """

    text: str
    place: str = ""
    message: str = ""

    @property
    def shown(self) -> str:
        """The text with the characters that nobody sees written as escapes."""
        return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\u{ord(sign):04x}" for sign in self.text)


class Page(Struct, frozen=True):
    """What one code means.

    Attributes:
        code: the code.
        slug: the name of the fault.
        summary: the fault in a few words.
        why: why it matters and what to write instead, in sentences.
        severity: error, warning or info; for a clause and the rule behind it, what its level makes of it.
        domain: one of the eight, or yaml, hydra, schema or standard.
        kind: rule, clause or form.
        fixable: whether `--fix` mends it.
        good: examples in which it is not found.
        bad: examples in which it is found.
        clauses: the clauses of standards that ask for it.
    """

    code: str
    slug: str
    summary: str
    why: str
    severity: str
    domain: str
    kind: Kind
    fixable: Fixable
    good: tuple[Example, ...]
    bad: tuple[Example, ...]
    clauses: tuple[Clause, ...] = ()

    @property
    def remedy(self) -> str:
        """What to do when it is found."""
        if self.clauses:
            return self.clauses[0].remedy
        return self.bad[0].message.partition("; ")[2] if self.bad else ""

    @property
    def inline(self) -> bool:
        """Whether a comment in the file can switch it off: not what a standard insists on."""
        return not never(self.code) and all(clause.level != "must" for clause in self.clauses)

    def as_dict(self) -> dict[str, Any]:
        """The page as plain data."""
        return {
            **{name: getattr(self, name) for name in ("code", "slug", "summary", "why", "severity", "domain", "kind")},
            "standards": list(dict.fromkeys(clause.standard for clause in self.clauses)),
            "fixable": self.fixable,
            "good": [{"text": example.text} for example in self.good],
            "bad": [{"text": item.text, "place": item.place, "message": item.message} for item in self.bad],
        }


def codes(standards: Iterable[Standard]) -> list[str]:
    """Every code that lint can print with these standards, sorted."""
    judged = (clause.id for clause in _all(standards) if clause.rule is None and clause.reads_spec())
    return sorted({*catalog.forms(), *catalog.modules(), *catalog.project_modules(), *judged})


def page(code: str, standards: Iterable[Standard]) -> Page | None:
    """The page of a code or of the id of a clause; None when there is neither."""
    sharing = tuple(clause for clause in _all(standards) if code in (clause.id, clause.rule))
    if code in catalog.forms():
        return _of_form(catalog.load_form(code))
    if code in catalog.project_modules():
        return _of_rule(catalog.load_project(code), "hydra", sharing)
    if code in catalog.modules():
        return _of_rule(catalog.load(code), catalog.modules()[code].split(".")[3], sharing)
    return _of_clause(sharing[0]) if sharing else None


def pages(standards: Iterable[Standard]) -> Iterator[Page]:
    """Every page, sorted by code."""
    listed = tuple(standards)
    for code in codes(listed):
        found = page(code, listed)
        if found is not None:
            yield found


def standards(project: Settings, *more: str) -> list[Standard]:
    """The shipped standard, those that are asked for, and the project's own as far as they can be read.

    Raises:
        StandardError: when one that is asked for does not exist or is at fault.
    """
    rules = catalog.modules().keys()
    named = [load(name, project, rules) for name in dict.fromkeys((BASE, *more))]
    return named + [own for own in _own(project) if own.label not in {item.label for item in named}]


def shipped(project: Settings) -> list[Standard]:
    """Every standard that ships, the base first."""
    rules = catalog.modules().keys()
    names = sorted(f"stdspec/{path.stem}@1" for path in resources.packs().glob("*.yaml"))
    return [load(name, project, rules) for name in dict.fromkeys((BASE, *names))]


def _own(project: Settings) -> Iterator[Standard]:
    for path in sorted((project.root / FOLDER).glob("*.yaml")):
        try:
            standard = read_standard(path, catalog.modules().keys())[0]
        except InputError:  # a link to nothing; `lint` says so
            continue
        if standard is not None:
            yield standard


def _all(standards: Iterable[Standard]) -> Iterator[Clause]:
    """Every clause once, those of a parent before the project's own."""
    seen: dict[tuple[str, str], Clause] = {}
    for standard in standards:
        for clause in standard.clauses.values():
            seen.setdefault((clause.standard, clause.id), clause)
    yield from seen.values()


def _of_form(form: Form) -> Page:
    domain = next(name for name, prefix in FORM.items() if form.code.startswith(prefix))
    return Page(
        *(form.code, form.slug, form.summary, form.why, form.severity.value, domain, "form", form.fixable),
        good=tuple(map(_of_files, form.good)),
        bad=tuple(map(_of_files, form.bad)),
    )


def _of_rule(rule: Rule | ProjectRule, domain: str, sharing: tuple[Clause, ...]) -> Page:
    severity = LEVELS[sharing[0].level] if sharing else rule.severity
    return Page(
        *(rule.code, rule.slug, rule.summary, rule.why, severity.value, domain, "rule", rule.fixable),
        good=tuple(map(_of_case, rule.good)),
        bad=tuple(map(_of_case, rule.bad)),
        clauses=sharing,
    )


def _of_files(case: FormCase) -> Example:
    return Example(case.spec, case.place, case.message)


def _of_case(case: Case | ProjectCase) -> Example:
    assumed = getattr(case, "assumed", "")
    text = f"# assumed of a shipped option\n{assumed}\n# written\n{case.spec}" if assumed else case.spec
    return Example(text, getattr(case, "path", "") or getattr(case, "place", ""), case.message)


def _of_clause(clause: Clause) -> Page:
    reason = [clause.says["en"], clause.house, clause.remedy]
    return Page(
        *(clause.id, clause.slug, clause.slug.replace("-", " ").capitalize()),
        why=" ".join(f"{part.removesuffix('.')}." for part in reason if part),
        severity=LEVELS[clause.level].value,
        domain=domain_of(clause.id) or clause.domain,
        kind="clause",
        fixable="no",
        good=tuple(Example(_flow(document)) for document in clause.passing),
        bad=tuple(_refused(clause, document) for document in clause.failing),
        clauses=(clause,),
    )


def _refused(clause: Clause, document: Mapping[str, Any]) -> Example:
    """What a clause says of a document that its tests hold against it."""
    outcome = verdict_on(clause, document, clock.today(), rule_check)
    remedy = clause.remedy.removesuffix(".")
    message = f"{outcome.reason}; {remedy[:1].lower()}{remedy[1:]}"
    return Example(_flow(document), dotted(outcome.path).removeprefix("spec."), message)


def _flow(document: Mapping[str, Any]) -> str:
    """A test of a clause as YAML, a line for each path."""
    import yaml

    dumped = yaml.safe_dump(dict(document), default_flow_style=None, sort_keys=False, allow_unicode=True, width=10_000)
    return dumped.strip()
