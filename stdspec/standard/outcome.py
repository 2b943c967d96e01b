"""Judges one part of a clause: its rule and its `spec.…` paths on a spec, all other paths on evidence.

Lint reads the parts on the spec as they are; `judge` combines both kinds.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from stdspec.compose.model import Composed
from stdspec.evidence import Record, tree
from stdspec.paths import MISSING, ConfigPath, dotted, select, split_dotted
from stdspec.standard import finite
from stdspec.standard.model import Clause, RuleCheck
from stdspec.standard.operators import ENTRIES, ORDER, Failure, asked, check, is_operators, shown
from stdspec.standard.phrase import absent, failed, statement, subject
from stdspec.standard.verdict import Verdict

if TYPE_CHECKING:
    from stdspec.compose.reach import Reach


class Outcome(Struct, frozen=True):
    """The verdict on one path or one rule of a clause.

    Attributes:
        verdict: pass, fail, error, stale or no-evidence.
        reason: one plain sentence.
        path: the path that decided it, with its scope: ``("spec", "data", "license")``.
        key: whether the key rather than the value at `path` is at fault.
        assumed: whether it was judged by a value that nobody decided.
        operator: the operator that does not hold, or None.
        meant: the word that probably belongs there, as a rule's `Fault` says it.
    """

    verdict: Verdict
    reason: str
    path: ConfigPath
    key: bool = False
    assumed: bool = False
    operator: str | None = None
    meant: str = ""


class Evidence(Struct, frozen=True):
    """What runs recorded.

    Attributes:
        fresh: the tree of the records of the judged spec, ``{"run": …}``.
        stale: the tree of the records of other specs.
        units: the unit of each record that states one, by path.
        declared: what the spec asked for, by path, where the record says so.
        nodes: which node observed it, by path; empty where none did.
        doubt: why none of it can be trusted; empty where it can.
    """

    fresh: Mapping[str, Any]
    stale: Mapping[str, Any]
    units: Mapping[str, str]
    declared: Mapping[str, Any]
    nodes: Mapping[str, str] = {}
    doubt: str = ""

    @staticmethod
    def of(records: Sequence[Record], spec_digest: str, doubt: str = "") -> Evidence:
        """The evidence that records hold about the spec of a digest."""
        mine = [record for record in records if record.spec == spec_digest]
        return Evidence(
            fresh=tree(mine),
            stale=tree(record for record in records if record.spec != spec_digest),
            units={record.path: record.unit for record in mine if record.unit},
            declared={record.path: record.declared for record in mine if record.declared is not None},
            nodes={record.path: record.node for record in mine},
            doubt=doubt,
        )


class Scope(Struct, frozen=True):
    """Everything a clause may be judged by.

    Attributes:
        composed: the spec, or None.
        evidence: what runs recorded, or None.
        today: the date that dates are judged by.
        rules: runs a built-in check, or None.
        explains: whether what passes and what does not apply is said in words, too; lint reads no word of it.
    """

    composed: Composed | None
    evidence: Evidence | None
    today: datetime.date
    rules: RuleCheck | None
    explains: bool = True

    @property
    def reach(self) -> Reach | None:
        """Of which paths the spec speaks, where it was read through a map; None for one that speaks of all."""
        return None if self.composed is None else self.composed.reach

    def value(self, path: ConfigPath) -> Any:
        """What stands at a path that begins with its scope, or MISSING."""
        if path[0] == "spec":
            return MISSING if self.composed is None else select(self.composed.resolved, path[1:])
        if self.evidence is None or self.evidence.doubt:  # what was changed counts neither for nor against
            return MISSING
        return select(self.evidence.fresh, path)

    def assumed(self, path: ConfigPath) -> bool:
        """Whether only an assumed value stands at a path."""
        return path[0] == "spec" and self.composed is not None and self.composed.assumed(path[1:])


def holds(requirement: Mapping[str, Mapping[str, Any]], scope: Scope) -> tuple[bool, str]:
    """Whether a `when` holds, and the sentence that says why not. Assumed values count: they are what is in force."""
    for text, operators in requirement.items():
        path = split_dotted(text)
        if not met(path, operators, scope):
            if scope.reach is not None and _unsaid().undecided(path, operators, scope) is not None:
                continue  # no reason against it: that it is not known is the clause's verdict
            return False, f"it holds only where {subject(path)} is {asked(operators)}" if scope.explains else ""
    return True, ""


def met(path: ConfigPath, operators: Mapping[str, Any], scope: Scope) -> bool:
    """Whether operators hold of what stands at a path."""
    ready, _ = operands(operators, scope)
    return ready is not None and not check(_left(scope.value(path), ready), ready)


def _unsaid() -> ModuleType:
    from stdspec.standard import unsaid  # most specs are written, and not read through a map

    return unsaid


def _left(value: Any, operators: Mapping[str, Any]) -> Any:
    """What operators on entries look at: in the language, null takes an entry of a table away."""
    if isinstance(value, Mapping) and None in value.values() and not operators.keys().isdisjoint((*ENTRIES, "count")):
        return {key: item for key, item in value.items() if item is not None}
    return value


def of_rule(clause: Clause, scope: Scope) -> Iterator[Outcome]:
    """The verdicts of a clause's built-in check: one fail for each fault, or one pass."""
    code = clause.rule
    if code is None:
        return
    if scope.composed is None:
        yield Outcome(Verdict.NO_EVIDENCE, "no spec is given to judge", ("spec",))
        return
    if scope.reach is not None:
        yield from _unsaid().of_rule(clause, scope)
        return
    try:
        faults = scope.rules(code, scope.composed) if scope.rules is not None else None
    except KeyError:
        faults = None
    if faults is None:
        yield Outcome(Verdict.ERROR, f"there is no rule {code} to judge it by", ("spec",))
    elif not faults:
        yield Outcome(Verdict.PASS, f"the check {code} finds nothing", ("spec", clause.domain), key=True)
    for fault in faults or ():
        yield Outcome(Verdict.FAIL, fault.message, ("spec", *fault.path), fault.key, meant=fault.meant)


def of_paths(clause: Clause, scope: Scope, wanted: str) -> Iterator[Outcome]:
    """The verdicts of a clause's paths on the spec, ``spec``, or on all that is evidence, ``run``."""
    if scope.reach is not None:
        yield from _unsaid().of_paths(clause, scope, wanted)
        return
    judged_on = _of_spec if wanted == "spec" else _of_run
    for text, operators in clause.asks():
        path = split_dotted(text)
        if (path[0] == "spec") != (wanted == "spec"):
            continue
        ready, missing = operands(operators, scope)
        if ready is None:
            verdict = Verdict.FAIL if missing[0] == "spec" else Verdict.NO_EVIDENCE
            yield Outcome(
                verdict, f"{subject(path)} has nothing to be compared with: {subject(missing)} is not said", missing
            )
        else:
            yield from judged_on(clause, path, ready, scope)


def _of_spec(clause: Clause, path: ConfigPath, operators: Mapping[str, Any], scope: Scope) -> Iterator[Outcome]:
    if scope.composed is None:
        yield Outcome(Verdict.NO_EVIDENCE, "no spec is given to judge", path)
        return
    value, assumed = scope.value(path), scope.assumed(path)
    failures = check(_left(value, operators), operators)
    if assumed and not clause.accepts_assumed:
        said = "is not said" if value is None or value in ({}, []) else f"is {shown(value)}, but only assumed"
        yield Outcome(Verdict.FAIL, f"{subject(path)} {said}", path, assumed=True)
    elif failures:
        yield from (_failure(path, item, scope) for item in failures)
    else:
        yield Outcome(Verdict.PASS, _statement(path, value, operators, scope), path, assumed=assumed)


def _of_run(_: Clause, path: ConfigPath, operators: Mapping[str, Any], scope: Scope) -> Iterator[Outcome]:
    value, evidence = scope.value(path), scope.evidence
    if evidence is not None and evidence.doubt:
        yield Outcome(Verdict.ERROR, evidence.doubt, path)
        return
    if value is MISSING:
        stale = evidence is not None and select(evidence.stale, path) is not MISSING
        yield Outcome(Verdict.STALE if stale else Verdict.NO_EVIDENCE, absent(path, stale=stale), path)
        return
    if finite.not_finite(value):  # even where nothing but its existence is asked
        yield Outcome(Verdict.FAIL, f"{subject(path)} is {value}, which is no number to judge by", path)
        return
    unit = evidence.units.get(dotted(path)) if evidence is not None else None
    failures = check(value, operators, unit)
    unsound = None if failures else finite.below(value, operators)
    if failures:
        yield from (_failure(path, item, scope) for item in failures)
    elif unsound is not None:
        full = (*path, *unsound)
        yield Outcome(
            Verdict.FAIL, f"{subject(full)} is {select(value, unsound)}, which is no number to judge by", full
        )
    else:
        yield Outcome(Verdict.PASS, _statement(path, value, operators, scope), path)


def _statement(path: ConfigPath, value: Any, operators: Mapping[str, Any], scope: Scope) -> str:
    return statement(path, value, operators) if scope.explains else ""


def _failure(path: ConfigPath, item: Failure, scope: Scope) -> Outcome:
    full = (*path, *item.path)
    unseen = full[0] != "spec" and (item.value is MISSING or _unmeasured(item.value))
    verdict = Verdict.NO_EVIDENCE if unseen else Verdict.FAIL
    return Outcome(verdict, failed(full, item, scope.value(full[:-1])), full, operator=item.operator)


def _unmeasured(value: Any) -> bool:
    """A record that says in words that nothing could be observed is no evidence, neither for nor against."""
    return isinstance(value, str) and (value == "insufficient" or value.startswith("not measured"))


def operands(operators: Mapping[str, Any], scope: Scope) -> tuple[dict[str, Any] | None, ConfigPath]:
    """The operators with `today` and ``{path: …}`` filled in, or None and the path at which nothing stands."""
    ready: dict[str, Any] = {}
    for name, operand in operators.items():
        if operand == "today" and name in ORDER:
            ready[name] = scope.today.isoformat()
        elif isinstance(operand, Mapping) and set(operand) == {"path"} and isinstance(operand["path"], str):
            path = split_dotted(operand["path"])
            value = scope.value(path)
            if value is MISSING or (value is None and name in ORDER) or finite.not_finite(value):
                return None, path
            ready[name] = value
        elif isinstance(operand, Mapping) and name in (*ENTRIES, "count"):
            nested = _nested(operand, scope)
            if isinstance(nested, tuple):
                return None, nested
            ready[name] = nested
        else:
            ready[name] = operand
    return ready, ()


def _nested(operand: Mapping[str, Any], scope: Scope) -> dict[str, Any] | ConfigPath:
    """The same for operators inside `each`, `any`, `none` and `count`: of the entry, or of paths below it."""
    if not is_operators(operand):
        filled: dict[str, Any] = {}
        for key, operators in operand.items():
            ready, missing = operands(operators, scope)
            if ready is None:
                return missing
            filled[key] = ready
        return filled
    ready, missing = operands(operand, scope)
    return missing if ready is None else ready
