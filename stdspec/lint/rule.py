"""What a rule is: one file with a code, a reason, a check, and the cases that show what it accepts and refuses.

Tests and the reference page come from the cases, so a new rule is one file and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from stdspec.compose.model import Composed
from stdspec.finding import Severity
from stdspec.settings import Settings
from stdspec.standard.model import Fault

Check = Callable[[Composed, Settings], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Case:
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


@dataclass(frozen=True, slots=True)
class Rule:
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
    """

    code: str
    slug: str
    summary: str
    why: str
    check: Check
    good: tuple[Case, ...]
    bad: tuple[Case, ...]
    severity: Severity = Severity.ERROR
