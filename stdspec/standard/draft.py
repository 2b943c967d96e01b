"""The text of a new standard: two clauses that stand up by themselves, and a comment on every line of it.

It is made so that a slip in one line is found: each number is tested on both sides, what is optional is guarded by
what is not, and no comment would mean anything if it were a line. What it holds is checked like any other standard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from stdspec.domains import STAGES
from stdspec.errors import InputError
from stdspec.standard.load import OURS
from stdspec.standard.model import Clause, Standard

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
"""What a standard may be called: who keeps it, a slash, what it covers."""


class Example(Struct, frozen=True):
    """A clause of a draft.

    Attributes:
        id: what its id ends in.
        en: what it says.
        zh: the same in Chinese.
        level: how strongly.
        since: from which stage.
        tightens: the inherited clause that it tightens, or None.
        path: what it reads.
        operator: what it asks there.
        limit: the operand, as YAML.
        beyond: the nearest value that is refused, as YAML.
        house: why it is asked.
        remedy: what to do where it fails.
    """

    id: str
    en: str
    zh: str
    level: str
    since: str
    path: str
    operator: str
    limit: str
    beyond: str
    house: str
    remedy: str
    tightens: str | None = None


_OWN: Final = Example(
    id="DAT-01",
    en="At most 2 % of the values are missing",
    zh="缺失值不超过 2 %",
    level="must",
    since="candidate",
    path="spec.data.quality.missing_share.at_most",
    operator="at_most",
    limit="0.02",
    beyond="0.021",
    house="What is missing cannot be checked.",
    remedy="Write data.quality.missing_share with at_most 0.02 or less.",
)
_LOG: Final = Example(
    id="MON-01",
    en="The event log is kept for a year",
    zh="事件日志至少保存一年",
    level="must",
    since="release",
    path="spec.monitoring.log.keep",
    operator="at_least",
    limit="366d",
    beyond="365d",
    house="A complaint may come a year later.",
    remedy="Write monitoring.log.keep with 366d or more.",
)
"""What may be tightened in any standard that asks for a log: MON004 of stdspec/base."""

_KEPT: Final = "spec.monitoring.log.keep"


def draft(name: str, parents: Sequence[Standard]) -> str:
    """The text of a standard that asks what its parents ask and a little more.

    Args:
        name: what it is called, ``acme/visual-inspection``.
        parents: the standards that it extends, loaded; none for one that stands by itself.

    Raises:
        InputError: when nothing can be called so.
    """
    if NAME.fullmatch(name) is None:
        raise InputError(
            f"'{name}' is no name of a standard",
            remedy="say who keeps it, a slash and what it covers, in small letters: acme/visual-inspection",
        )
    if name.startswith(OURS):
        remedy = "begin yours with who keeps it: acme/visual-inspection"
        raise InputError(f"names that begin with {OURS} are those of the standards that ship", remedy=remedy)
    inherited = {key: clause for parent in parents for key, clause in parent.clauses.items()}
    prefix = _prefix(name, inherited)
    clauses = [_clause(_OWN, prefix)]
    if (tighter := _tighter(inherited)) is not None:
        clauses.append(_clause(tighter, prefix))
    head = _HEAD.format(name=name, extends=_extends(parents))
    return head + "\n".join(clauses)


def _prefix(name: str, inherited: Mapping[str, Clause]) -> str:
    """What the ids of its clauses begin with: its keeper, and more of its name where an inherited id begins so, too."""
    keeper, _, covers = name.upper().partition("/")
    taken = {clause.id for clause in inherited.values()}
    keeper = keeper if keeper[0].isalpha() else f"S{keeper}"
    words = [re.sub(r"-+", "-", word).strip("-") for word in (keeper, covers)]
    clash = any(f"{words[0]}-{example.id}" in taken for example in (_OWN, _LOG))
    return "-".join(words) if clash else words[0]


def _tighter(inherited: Mapping[str, Clause]) -> Example | None:
    """A clause that tightens one of those that are inherited; without any, there is nothing to be tightened.

    Where no clause asks how long the log is kept, it is the first one: the new one adds to it what the log needs.
    """
    for clause in inherited.values():
        if _KEPT in clause.require and not clause.root:
            return _for(clause)
    first = next((clause for clause in inherited.values() if not clause.root), None)
    return None if first is None else _for(first)


def _for(clause: Clause) -> Example:
    from msgspec.structs import replace

    return replace(_LOG, tightens=clause.id, since=max(clause.since, _LOG.since, key=STAGES.index))


def _extends(parents: Sequence[Standard]) -> str:
    if not parents:
        return _ALONE
    return _BUILDS.format(names=", ".join(f'"{parent.label}"' for parent in parents))


def _clause(example: Example, prefix: str) -> str:
    tightens = _TIGHTENS.format(id=example.tightens) if example.tightens else ""
    values = {key: getattr(example, key) for key in example.__struct_fields__}
    return _CLAUSE.format(**{**values, "id": f"{prefix}-{example.id}", "tightens": tightens})


_HEAD: Final = """\
# A standard: what every machine-learning system of yours is asked for, and how each demand is judged.
# Lines that begin with this sign are explanations, and nothing reads them.
# After each change, run this command: stdspec standard check

# The name (who keeps it, a slash, what it covers) and the version.
# A demand that can fail what was accepted before needs a new first number, so that nobody meets it unawares.
standard: {name}
version: 1.0.0

# The office or the person that keeps the standard, and the role that approves each version of it.
owner: {{name: Quality Standards Office, approver: head of quality}}

# What the standard is for, in one sentence.
goal: Results that hold where they are used
{extends}
# Three more things may be said here, and none has to be.
# The key applies_to names the specs that are judged, by industry, modality, stage or task.
# The key effective says from which day on, and the key review_by by which day the standard itself is looked at again.

# The demands. Each one stands below its id, moved in by two spaces, and what belongs to it by four.
clauses:
"""
_ALONE: Final = """
# It builds upon no other standard. The key extends would name those whose demands hold as well.
"""
_BUILDS: Final = """
# The standards whose demands hold as well. Yours can add to them and tighten them, and never loosen them.
extends: [{names}]
"""
_TIGHTENS: Final = """\
    # The inherited demand that this one makes stricter: both are judged together, under one verdict.
    tightens: {id}
"""
_CLAUSE: Final = """\
  # The id, in capitals: your own letters, the domain, a number.
  {id}:
    # The demand in words, in English and, where it is read there, in Chinese.
    says:
      en: {en}
      zh: {zh}
    # How strongly it is asked, as must, should or may: a must that is not met fails a system.
    level: {level}
    # The stage from which it is asked, as research, candidate or release.
    from: {since}
{tightens}\
    # What is read (spec is what was written, run is what a run recorded), what is asked of it, and the limit.
    require:
      {path}: {{{operator}: {limit}}}
    # Why it is asked. A must needs a reason of the house like this one, or a reference under cites that was read.
    house: {house}
    # What to do where it is not met.
    remedy: {remedy}
    # Examples that prove the demand: what has to pass, up to the limit, and what must not, from just beyond it.
    tests:
      pass: [{{{path}: {limit}}}]
      fail: [{{{path}: {beyond}}}, {{}}]
"""
