"""How two versions of a standard differ, in which direction, and which version number that asks for.

A direction is told only where it is certain: of two limits for one operator at one path it is, of two expressions it is
not, and then the clause is only changed. What is not certain counts as able to fail what was accepted before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from stdspec.domains import STAGES
from stdspec.standard.model import LEVELS, Clause, Standard
from stdspec.standard.operators import asked
from stdspec.standard.quantity import order

TIGHTER: Final = "tighter"
LOOSER: Final = "looser"
OTHER: Final = "other"
WORDS: Final = "words"
"""What a single change does: it refuses more, accepts more, may do either, or does neither."""

MAJOR, MINOR, PATCH, NONE = "major", "minor", "patch", "none"

KINDS: Final = ("added", "removed", "tightened", "loosened", "changed", "reworded")
"""What became of a clause, in the order in which it is shown."""


class Detail(Struct, frozen=True):
    """One change: what it does, and the fact in words."""

    effect: str
    said: str


class Change(Struct, frozen=True):
    """What became of one clause, or of the head of the standard.

    Attributes:
        id: the clause; empty for the head.
        kind: one of `KINDS`.
        level: the stronger one of the levels before and after.
        details: what changed in it.
        needs: major, minor or patch: the version number that this change alone asks for.
    """

    id: str
    kind: str
    level: str
    details: tuple[Detail, ...]
    needs: str


class Difference(Struct, frozen=True):
    """How two versions differ.

    Attributes:
        old: the one before.
        new: the one after.
        changes: what changed: the head first, then clause by clause.
    """

    old: Standard
    new: Standard
    changes: tuple[Change, ...]

    @property
    def needs(self) -> str:
        """Which number of the version has to rise: major, minor, patch, or none where nothing changed."""
        ranks = (MAJOR, MINOR, PATCH)
        return min((item.needs for item in self.changes), key=ranks.index, default=NONE)

    @property
    def rises(self) -> str:
        """Which number of the version did rise; none where it did not, or fell."""
        old, new = _numbers(self.old.version), _numbers(self.new.version)
        if new <= old:
            return NONE
        return next(name for name, one, other in zip((MAJOR, MINOR, PATCH), old, new, strict=True) if one != other)

    @property
    def fits(self) -> bool:
        """Whether the version rose by as much as it has to."""
        ranks = (MAJOR, MINOR, PATCH, NONE)
        return ranks.index(self.rises) <= ranks.index(self.needs)

    @property
    def wanted(self) -> str:
        """The first version number that would do."""
        major, minor, patch = _numbers(self.old.version)
        return {
            MAJOR: f"{major + 1}.0.0",
            MINOR: f"{major}.{minor + 1}.0",
            PATCH: f"{major}.{minor}.{patch + 1}",
            NONE: self.old.version,
        }[self.needs]


def difference(old: Standard, new: Standard) -> Difference:
    """How two versions of a standard differ, with everything that they inherit."""
    head = tuple(_of_head(old, new))
    changes = [_change("", head, "must")] if head else []
    names = dict.fromkeys((*old.clauses, *new.clauses))
    for name in names:
        changes += _of_clause(old.clauses.get(name), new.clauses.get(name))
    return Difference(old, new, tuple(changes))


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _of_clause(old: Clause | None, new: Clause | None) -> Iterator[Change]:
    if old is None and new is not None:
        yield Change(new.id, "added", new.level, (Detail(TIGHTER, new.says["en"]),), _needed(TIGHTER, new.level))
    elif new is None and old is not None:  # whatever tightens it does not load any more
        yield Change(old.id, "removed", old.level, (Detail(LOOSER, old.says["en"]),), MAJOR)
    elif old is not None and new is not None and (found := tuple(_details(old, new))):
        yield _change(new.id, found, min(old.level, new.level, key=lambda level: LEVELS[level].rank))


def _change(name: str, details: tuple[Detail, ...], level: str) -> Change:
    effects = {item.effect for item in details} - {WORDS}
    effect = next(iter(effects)) if len(effects) == 1 else OTHER if effects else WORDS
    kind = {TIGHTER: "tightened", LOOSER: "loosened", OTHER: "changed", WORDS: "reworded"}[effect]
    return Change(name, kind, level, details, _needed(effect, level))


def _needed(effect: str, level: str) -> str:
    """A must that may refuse what was accepted is a major version; what can only warn, or refuses less, a minor one."""
    if effect == WORDS:
        return PATCH
    return MAJOR if level == "must" and effect != LOOSER else MINOR


def _of_head(old: Standard, new: Standard) -> Iterator[Detail]:
    if old.name != new.name:
        yield Detail(OTHER, f"the name was {old.name} and is {new.name}")
    if old.applies_to != new.applies_to:
        yield Detail(_fewer(old.applies_to, new.applies_to), "it applies to other specs")
    if old.effective != new.effective:
        later = new.effective is not None and (old.effective is None or new.effective > old.effective)
        yield Detail(LOOSER if later else TIGHTER, f"it is in force from {new.effective or 'the first day'}")
    for key in ("goal", "owner", "review_by"):
        if getattr(old, key) != getattr(new, key):
            yield Detail(WORDS, f"{key} is another one")


def _details(old: Clause, new: Clause) -> Iterator[Detail]:
    """Everything in which one clause differs from itself."""
    if old.level != new.level:
        up = LEVELS[new.level].rank < LEVELS[old.level].rank
        yield Detail(TIGHTER if up else LOOSER, f"the level was {old.level} and is {new.level}")
    if old.since != new.since:
        sooner = STAGES.index(new.since) < STAGES.index(old.since)
        yield Detail(TIGHTER if sooner else LOOSER, f"it holds from {new.since}, and held from {old.since}")
    if old.when != new.when:
        yield Detail(_fewer(old.when, new.when), "it applies under other conditions")
    if old.accepts_assumed != new.accepts_assumed:
        words = "accepted" if new.accepts_assumed else "refused"
        yield Detail(LOOSER if new.accepts_assumed else TIGHTER, f"an assumed value is {words}")
    if old.valid_for != new.valid_for:
        yield _validity(old.valid_for, new.valid_for)
    if old.rule != new.rule:
        effect = TIGHTER if old.rule is None else LOOSER if new.rule is None else OTHER
        yield Detail(effect, f"the check was {old.rule or 'none'} and is {new.rule or 'none'}")
    yield from _by_path(old.require, new.require)
    for path in dict.fromkeys((*old.schema, *new.schema)):
        if old.schema.get(path) != new.schema.get(path):
            effect = TIGHTER if path not in old.schema else LOOSER if path not in new.schema else OTHER
            yield Detail(effect, f"{path} has another schema")
    if old.tightens != new.tightens:
        yield Detail(OTHER, f"it tightened {old.tightens or 'nothing'} and tightens {new.tightens or 'nothing'}")
    for key in ("says", "remedy", "house", "cites", "slug", "passing", "failing"):
        if getattr(old, key) != getattr(new, key):
            yield Detail(WORDS, _NAMES.get(key, f"{key} is another one"))


_NAMES: Final = {
    "says": "it is worded otherwise",
    "cites": "it cites otherwise",
    "passing": "its tests are other ones",
    "failing": "its tests are other ones",
}


def _fewer(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What other conditions do: more of them make something hold for fewer."""
    if all(new.get(path) == asks for path, asks in old.items()):
        return LOOSER
    return TIGHTER if all(old.get(path) == asks for path, asks in new.items()) else OTHER


def _validity(old: str | None, new: str | None) -> Detail:
    shorter = old is None or (new is not None and order(new, old) == -1)
    return Detail(TIGHTER if shorter else LOOSER, f"evidence holds for {new or 'ever'}, and held for {old or 'ever'}")


def _by_path(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[Detail]:
    for path in dict.fromkeys((*old, *new)):
        if path not in old:
            yield Detail(TIGHTER, f"{path} is asked to be {asked(new[path])}")
        elif path not in new:
            yield Detail(LOOSER, f"{path} is not asked for any more")
        elif old[path] != new[path]:
            effect = _of_operators(old[path], new[path])
            yield Detail(effect, f"{path} was asked to be {asked(old[path])}, and is asked to be {asked(new[path])}")


def _of_operators(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    effects = {_of_operator(name, old, new) for name in (*old, *new)} - {WORDS}
    return next(iter(effects)) if len(effects) == 1 else OTHER if effects else WORDS


def _of_operator(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What becomes of one operator: all of them have to hold, so that one more refuses more."""
    if name not in old or name not in new:
        return TIGHTER if name not in old else LOOSER
    if old[name] == new[name]:
        return WORDS
    return _LIMITS[name](old[name], new[name]) if name in _LIMITS else OTHER


def _greater(old: Any, new: Any) -> str:
    return {1: TIGHTER, -1: LOOSER}.get(order(new, old) or 0, OTHER)


def _smaller(old: Any, new: Any) -> str:
    return {TIGHTER: LOOSER, LOOSER: TIGHTER}.get(_greater(old, new), OTHER)


def _choice(old: list[Any], new: list[Any]) -> str:
    if all(item in old for item in new):
        return TIGHTER
    return LOOSER if all(item in new for item in old) else OTHER


def _inner(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Of operators on each entry, or on a count; those by path are looked at no closer."""
    return (
        _of_operators(old, new)
        if not any(isinstance(item, Mapping) for item in (*old.values(), *new.values()))
        else OTHER
    )


_LIMITS: Final = {
    "at_least": _greater,
    "above": _greater,
    "at_most": _smaller,
    "below": _smaller,
    "one_of": _choice,
    "each": _inner,
    "any": _inner,
    "count": _inner,
}
"""The operators of which two operands can be told apart: the tighter one from the looser one."""
