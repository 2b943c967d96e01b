"""What a standard is once it is read: frozen clauses, and the fault a rule yields.

Rule codes are plain strings here: who knows the rules hands a `RuleCheck` in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, field

from stdspec.compose.model import Composed
from stdspec.finding import Severity, Span
from stdspec.paths import ConfigPath

LEVELS: Final[Mapping[str, Severity]] = MappingProxyType(
    {"must": Severity.ERROR, "should": Severity.WARNING, "may": Severity.INFO}
)
"""The level of a clause to the severity of a finding about it."""

APPLIES_TO: Final[Mapping[str, ConfigPath]] = MappingProxyType(
    {
        "industry": ("industry",),
        "modality": ("data", "modality"),
        "stage": ("stage",),
        "task": ("training", "task"),
    }
)
"""What `applies_to` may ask, and where a spec answers it."""


SCHEMA: Final = "schema"
"""What a JSON Schema fragment is called among the operators; no document can write it there."""


class Fault(Struct, frozen=True):
    """One fault that a rule found.

    Attributes:
        path: the config path at fault; a path at which nothing stands is shown at its parent's key.
        message: the fact and, after a semicolon, the remedy; no final full stop.
        key: point at the key of `path` rather than at its value.
        note: it says what could not be checked, and is no fault.
        meant: the word that probably belongs in the place of the key or the value; empty where none does.
    """

    path: ConfigPath
    message: str
    key: bool = False
    note: bool = False
    meant: str = ""


RuleCheck = Callable[[str, Composed], Sequence[Fault]]
"""Runs the rule of a code on a spec. Raises KeyError for a code that no rule has."""


class Cite(Struct, frozen=True):
    """A reference that a clause rests on, and whether its text was read (verified, title-only, unverified)."""

    ref: str
    relation: str
    status: str

    def as_dict(self) -> dict[str, str]:
        """The reference as plain data."""
        return {"ref": self.ref, "relation": self.relation, "status": self.status}


class Clause(Struct, frozen=True):
    """One clause.

    Attributes:
        id: its name within its standard, ``DAT001`` or ``ACME-DAT-03``.
        standard: the standard it stands in, ``stdspec/base@1``.
        domain: one of the eight domains.
        slug: the name of the fault that it prevents.
        level: must, should or may.
        since: the stage from which it holds.
        says: the clause in words, by language.
        when: paths and operators that must hold for it to apply; empty when it always does.
        require: paths and operators that it asks for.
        schema: paths and the JSON Schema fragments that must fit what stands there.
        rule: the code of a built-in check that must find nothing, or None.
        cites: what it rests on.
        house: why it is asked although no verified reference asks it, or None.
        remedy: what to do when it fails.
        passing: documents that must pass.
        failing: documents that must get any verdict but pass.
        accepts_assumed: whether a value that nobody decided may satisfy it.
        valid_for: how old evidence may be, as a duration, or None.
        tightens: the clause of a parent standard that it tightens, or None.
        root: the name of the inherited clause that it tightens in the end; empty for one that stands by itself.
    """

    id: str
    standard: str
    domain: str
    slug: str
    level: str
    since: str
    says: Mapping[str, str]
    when: Mapping[str, Mapping[str, Any]]
    require: Mapping[str, Mapping[str, Any]]
    rule: str | None
    cites: tuple[Cite, ...]
    house: str | None
    remedy: str
    passing: tuple[Any, ...]
    failing: tuple[Any, ...]
    accepts_assumed: bool = False
    valid_for: str | None = None
    tightens: str | None = None
    schema: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    root: str = ""

    @property
    def name(self) -> str:
        """What no other clause is called: its standard and its id, ``stdspec/base@1/DAT001``."""
        return f"{self.standard}/{self.id}"

    @property
    def line(self) -> str:
        """The name of the clause under which it is judged: a clause and what tightens it share one verdict."""
        return self.root or self.name

    def asks(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every path that it reads with the operators asked of it; a schema counts as one."""
        yield from self.require.items()
        for path, fragment in self.schema.items():
            yield path, {SCHEMA: fragment}

    def reads_spec(self) -> bool:
        """Whether a part of it can be judged before anything runs."""
        return self.rule is not None or any(path.startswith("spec.") for path in (*self.require, *self.schema))

    def reads_run(self) -> bool:
        """Whether it needs evidence from a run."""
        return any(path.startswith("run.") for path in (*self.require, *self.schema))


class Standard(Struct, frozen=True):
    """A standard with everything it inherits.

    Attributes:
        name: its name without a version, ``stdspec/base``.
        version: its full version, ``1.0.0``.
        owner: who keeps and who approves it.
        goal: what it is for.
        clauses: its own clauses and those of the standards it extends, by id; one that says an inherited clause anew
            by its name, `Clause.name`.
        applies_to: the specs it holds for; empty for all.
        effective: the ISO date from which it holds, or None.
        review_by: the ISO date by which it must be reviewed, or None.
        extends: the standards it adds to.
        drops: the inherited clauses that it leaves out; each needs a waiver.
        places: the span of each own clause's id, for findings and explanations.
        made_of: the label of itself and of each standard that it extends, to its version and its file.
    """

    name: str
    version: str
    owner: Mapping[str, Any]
    goal: str
    clauses: Mapping[str, Clause]
    applies_to: Mapping[str, Any] = field(default_factory=dict)
    effective: str | None = None
    review_by: str | None = None
    extends: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)
    made_of: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """How a spec names it: the name and the major version, ``stdspec/base@1``."""
        return f"{self.name}@{self.version.split('.')[0]}"

    def holds(self, clause: Clause) -> bool:
        """Whether a clause is one of its own or of those that it inherits."""
        return any(
            found is not None and found.name == clause.name for found in map(self.clauses.get, (clause.id, clause.name))
        )
