"""What a derived standard asks: the clauses of its parents and its own, so that whatever it accepts they accept.

A clause that tightens another is judged together with it, and so is one that says an inherited clause anew; neither
takes the other's place. What is asked less strongly, from a later stage, of fewer specs, or not at all is a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from stdspec.domains import STAGES
from stdspec.paths import ConfigPath
from stdspec.standard.model import LEVELS, Clause, Standard
from stdspec.suggest import nearest

Fault = tuple[str, ConfigPath, bool, str, str | None]
"""Code, path in the document, whether the key is meant, message, the word that was probably meant."""

Granted = Callable[[str], bool]
"""Whether a waiver is in force for a clause that a standard drops or loosens."""


def joined(parents: Sequence[Standard]) -> tuple[dict[str, Clause], list[Fault]]:
    """The clauses of several standards; one that is reached on several ways counts once.

    Two clauses of one id are a fault, where neither is the other: a document could mean only one of them.
    """
    clauses: dict[str, Clause] = {}
    faults: list[Fault] = []
    for index, parent in enumerate(parents):
        for key, clause in parent.clauses.items():
            known = clauses.setdefault(key, clause)
            if known is not clause and known != clause:
                message = f"{_two(known, clause)}; extend one of them"
                faults.append(("STD012", ("extends", index), False, message, None))
    return clauses, faults


def _two(one: Clause, other: Clause) -> str:
    if one.standard == other.standard:
        return f"the clause {one.id} is reached in two versions of {one.standard}"
    return f"the clause {one.id} of {one.standard} is another one than that of {other.standard}"


def extended(standard: Standard, inherited: Mapping[str, Clause]) -> dict[str, Clause]:
    """The clauses of a standard without faults, by id; what says an inherited one anew by its whole name."""
    clauses = dict(inherited)
    for name, clause in standard.clauses.items():
        parent = inherited.get(name) or inherited.get(clause.tightens or "")
        own = replace(clause, root=parent.line) if parent is not None else clause
        clauses[own.name if name in inherited else name] = own
    return clauses


def faults(standard: Standard, inherited: Mapping[str, Clause], granted: Granted) -> Iterator[Fault]:
    """What a standard may not make of the clauses that it inherits."""
    for name, clause in standard.clauses.items():
        meant = clause.tightens if name not in inherited else name
        if clause.tightens not in (None, meant):
            message = f"the clause {name} stands already in {inherited[name].standard}; give yours an id of its own"
            yield "STD012", ("clauses", name), True, message, None
        elif meant is not None and meant not in inherited:
            yield _absent(meant, "tighten", ("clauses", name, "tightens"), inherited)
        elif meant is not None and not granted(meant):
            yield from _loosened(clause, meant, standard, inherited)
    for index, name in enumerate(standard.drops):
        if name not in inherited:
            yield _absent(name, "drop", ("drops", index), inherited)
        elif not granted(name):
            message = f"the clause {name} of {inherited[name].standard} is dropped; {_remedy(name, standard)}"
            yield "STD016", ("drops", index), False, message, None


def _absent(name: str, verb: str, at: ConfigPath, inherited: Mapping[str, Clause]) -> Fault:
    hint = nearest(name, [clause.id for clause in inherited.values()])
    remedy = f"did you mean {hint}?" if hint else "name a clause of a standard that it extends"
    return "STD012", at, False, f"there is no clause {name} to {verb}; {remedy}", hint


def _loosened(clause: Clause, name: str, standard: Standard, inherited: Mapping[str, Clause]) -> Iterator[Fault]:
    line = inherited[name].line
    for above in inherited.values():
        if above.id != name or above.line != line:
            continue
        anew = clause.id == above.id
        for key, said in looser(clause, above, anew=anew):
            message = f"the clause {clause.id} {said} in {above.standard}; {_remedy(name, standard)}"
            yield "STD016", ("clauses", clause.id, key), False, message, None


def looser(clause: Clause, above: Clause, *, anew: bool) -> Iterator[tuple[str, str]]:
    """In what a clause asks less than one above it: the key, and the fact up to where that one stands.

    Args:
        clause: the clause of the derived standard.
        above: the clause that it tightens or says anew.
        anew: whether it says it anew. One with an id of its own adds to the other, from any stage and for any specs.
    """
    if LEVELS[clause.level].rank > LEVELS[above.level].rank:
        yield "level", f"is a {clause.level}, and {above.id} is a {above.level}"
    if not anew:
        return
    if STAGES.index(clause.since) > STAGES.index(above.since):
        yield "from", f"holds from stage {clause.since}, and from {above.since}"
    if any(above.when.get(path) != operators for path, operators in clause.when.items()):
        yield "when", "applies to fewer specs than"


def _remedy(name: str, standard: Standard) -> str:
    return f"keep it, or have a waiver of {name} granted for the standard {standard.label}"
