"""Judges a mapped spec: what its map does not reach is not said, which is neither a pass nor a fail.

A fault is one where it stands at a path that the map reaches; a clause passes where all that it rests on is reached.
Everything else is no evidence, with the path that a line of the map would have to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from stdspec.compose.model import Composed
from stdspec.compose.reach import Reach
from stdspec.paths import MISSING, ConfigPath, select, split_dotted
from stdspec.standard import outcome
from stdspec.standard.model import Clause
from stdspec.standard.outcome import Outcome, Scope, met, operands
from stdspec.standard.verdict import UNSAID, Verdict
from stdspec.standard.watching import EVERY, Watching

_BY_A_PART: Final = frozenset(("exists", "any"))
"""Operators that hold of a table as soon as they hold of a part of it."""


def undecided(path: ConfigPath, operators: Mapping[str, Any], scope: Scope) -> str | None:
    """Why it is open whether operators hold at a path; None where it is known."""
    reach = scope.reach
    if reach is None or path[0] != "spec":
        return None
    _, missing = operands(operators, scope)
    why = reach.silence(path[1:]) or (reach.silence(missing[1:]) if missing[:1] == ("spec",) else None)
    if why is not None:
        return why
    value = scope.value(path)
    if value is not MISSING and (operators.keys() <= {"exists"} or _shown_by_a_part(operators, path, scope)):
        return None
    return reach.doubt(path[1:])


def _shown_by_a_part(operators: Mapping[str, Any], path: ConfigPath, scope: Scope) -> bool:
    return operators.keys() <= _BY_A_PART and met(path, operators, scope)


def of_rule(clause: Clause, scope: Scope) -> Iterator[Outcome]:
    """The verdicts of a clause's built-in check on a mapped spec."""
    reach, spec = _mapped(scope)
    first = _of_condition(clause, scope)
    if first is not None:
        if clause.rule is not None:
            yield first
        return
    watched = Watching.of(spec)
    found = list(outcome.of_rule(clause, replace(scope, composed=watched)))
    faults = [item for item in found if item.verdict is not Verdict.PASS]
    known = [item for item in faults if item.verdict is Verdict.ERROR or _at_fault(item, spec, reach)]
    why = _first(reach.doubt(item.path[1:]) for item in faults) or _unread(watched, reach)
    if known or why is None:
        yield from known or found
    else:
        yield _not_said(why, ("spec", clause.domain))


def _unread(watched: Watching, reach: Reach) -> str | None:
    """Why something that a rule read is not known; one that read no path looked at the whole spec."""
    return (
        _first(_unknown(path, part, reach) for path, part in watched.reads.items())
        if watched.reads
        else reach.doubt(())
    )


def _unknown(path: ConfigPath, part_is_enough: bool, reach: Reach) -> str | None:
    """Why what a rule read at a path is not known."""
    if path[-1:] == (EVERY,):
        return reach.silence(path) or reach.doubt(path[:-1])
    return reach.silence(path) if part_is_enough else reach.doubt(path)


def _first(reasons: Iterable[str | None]) -> str | None:
    return next((why for why in reasons if why is not None), None)


def of_paths(clause: Clause, scope: Scope, wanted: str) -> Iterator[Outcome]:
    """The verdicts of a clause's paths on a mapped spec, ``spec``, or on all that is evidence, ``run``."""
    reach, spec = _mapped(scope)
    every = ((split_dotted(text), operators) for text, operators in clause.asks())
    asked = {path: operators for path, operators in every if (path[0] == "spec") == (wanted == "spec")}
    first = _of_condition(clause, scope)
    if first is not None:
        if asked:
            yield first
        return
    for item in outcome.of_paths(clause, replace(scope, composed=replace(spec, reach=None)), wanted):
        why = _open(item, asked, spec, reach) if item.path[0] == "spec" else None
        yield item if why is None else _not_said(why, item.path)


def _open(item: Outcome, asked: Mapping[ConfigPath, Mapping[str, Any]], spec: Composed, reach: Reach) -> str | None:
    """Why the verdict on a path of the spec does not hold of more than the map reaches; None where it does."""
    path = item.path[1:]
    if item.verdict is not Verdict.PASS:
        return None if _at_fault(item, spec, reach) else reach.doubt(path)
    in_part = asked[item.path].keys() <= _BY_A_PART and select(spec.resolved, path) is not MISSING
    return reach.silence(path) if in_part else reach.doubt(path)


def _of_condition(clause: Clause, scope: Scope) -> Outcome | None:
    """No evidence where it is open whether a clause holds at all; None where that is known."""
    for text, operators in clause.when.items():
        path = split_dotted(text)
        why = undecided(path, operators, scope)
        if why is not None:
            return _not_said(f"{why}, which decides whether this is asked", path)
    return None


def _mapped(scope: Scope) -> tuple[Reach, Composed]:
    spec, reach = scope.composed, scope.reach
    assert spec is not None
    assert reach is not None
    return reach, spec


def _at_fault(item: Outcome, spec: Composed, reach: Reach) -> bool:
    """Whether a fault stands where the map reaches; that something is there which may not be shows in a part of it."""
    path = item.path[1:]
    too_much = item.operator == "exists" and select(spec.resolved, path) is not MISSING
    return item.verdict is Verdict.FAIL and (too_much or reach.covers(path))


def _not_said(why: str, path: ConfigPath) -> Outcome:
    return Outcome(Verdict.NO_EVIDENCE, f"{UNSAID}{why}", path)
