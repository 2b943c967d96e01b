"""What a rule is: one file with a code, a reason, a check, and the cases that show what it accepts and refuses.

Tests and the reference page come from the cases, so a new rule is one file and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from msgspec import Struct, field

from stdspec.compose.model import Composed
from stdspec.finding import Severity
from stdspec.settings import Settings
from stdspec.standard.model import Fault

Check = Callable[[Composed, Settings], Iterable[Fault]]

Fixable = Literal["no", "safe", "unsafe"]
"""Whether `--fix` mends a fault: never, always without changing what is meant, or only when asked twice."""


class Case(Struct, frozen=True):
    """A part of a spec, and what the rule says about it.

    Attributes:
        spec: YAML as a user decided it.
        path: the dotted path of the fault; empty in a good case.
        message: the fault's whole message; empty in a good case.
        assumed: YAML that stands below it as assumed values of shipped options.
        allow: the project's `allow-targets`.
        files: source files of the project, by relative name.
    """

    spec: str
    path: str = ""
    message: str = ""
    assumed: str = ""
    allow: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


class Rule(Struct, frozen=True):
    """One check.

    Attributes:
        code: its code, ``DAT001``.
        slug: the name of the fault, ``unpinned-source``.
        summary: the fault in a few words.
        why: why it matters and what to write instead, for `stdspec explain`.
        check: yields the faults of a spec.
        good: cases in which it finds nothing.
        bad: cases in which it finds exactly what they say.
        severity: of the checks that run by themselves; a domain rule takes the level of the clause that names it.
        fixable: whether `--fix` mends it.
    """

    code: str
    slug: str
    summary: str
    why: str
    check: Check
    good: tuple[Case, ...]
    bad: tuple[Case, ...]
    severity: Severity = Severity.ERROR
    fixable: Fixable = "no"
