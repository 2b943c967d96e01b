"""What changed between two versions of a standard: the direction, and the version number that it asks for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from stdspec.standard.difference import difference
from stdspec.standard.model import Cite, Clause, Standard


def clause(**changes):
    made = Clause(
        id="ACME-1",
        standard="acme/x@1",
        domain="data",
        slug="acme-1",
        level="must",
        since="candidate",
        says={"en": "something"},
        when={},
        require={"spec.a": {"at_least": 5, "one_of": [5, 6]}},
        rule=None,
        cites=(),
        house="why",
        remedy="mend it",
        passing=({},),
        failing=({},),
    )
    return replace(made, **changes)


def standard(*clauses, version="1.0.0", **changes):
    made = Standard("acme/x", version, {"name": "acme"}, "a goal", {item.id: item for item in clauses})
    return replace(made, **changes)


def found(new, old=None):
    return difference(standard(old or clause()), standard(new, version="9.0.0")).changes


@pytest.mark.parametrize(
    ("changes", "kind", "needs"),
    [
        ({"require": {"spec.a": {"at_least": 6, "one_of": [5, 6]}}}, "tightened", "major"),
        ({"require": {"spec.a": {"at_least": 4, "one_of": [5, 6]}}}, "loosened", "minor"),
        ({"require": {"spec.a": {"at_least": 5, "one_of": [5]}}}, "tightened", "major"),
        ({"require": {"spec.a": {"at_least": 5, "one_of": [5, 7]}}}, "changed", "major"),
        ({"require": {"spec.a": {"at_least": 6, "one_of": [5, 6, 7]}}}, "changed", "major"),
        ({"require": {"spec.a": {"at_least": 5}}}, "loosened", "minor"),
        ({"require": {"spec.a": {"at_least": 5, "one_of": [5, 6]}, "run.b": {"is": True}}}, "tightened", "major"),
        ({"require": {"spec.b": {"at_least": 5, "one_of": [5, 6]}}}, "changed", "major"),
        ({"require": {"spec.a": {"at_least": "5d", "one_of": [5, 6]}}}, "changed", "major"),
        ({"level": "should"}, "loosened", "minor"),
        ({"since": "research"}, "tightened", "major"),
        ({"since": "release"}, "loosened", "minor"),
        ({"when": {"spec.c": {"exists": True}}}, "loosened", "minor"),
        ({"valid_for": "90d"}, "tightened", "major"),
        ({"accepts_assumed": True}, "loosened", "minor"),
        ({"rule": "DAT001"}, "tightened", "major"),
        ({"schema": {"spec.a": {"type": "integer"}}}, "tightened", "major"),
        ({"says": {"en": "the same in other words"}}, "reworded", "patch"),
        ({"cites": (Cite("a", "supports", "verified"),)}, "reworded", "patch"),
        ({"passing": ({"spec.a": 5},)}, "reworded", "patch"),
    ],
)
def test_a_change_has_a_direction_and_asks_for_a_version(changes, kind, needs):
    (change,) = found(clause(**changes))
    assert (change.id, change.kind, change.needs) == ("ACME-1", kind, needs)


def test_the_other_way_round_is_the_other_direction():
    tighter = clause(require={"spec.a": {"at_least": 6, "one_of": [5]}}, valid_for="30d", since="research")
    assert [item.kind for item in found(tighter)] == ["tightened"]
    assert [item.kind for item in found(clause(), tighter)] == ["loosened"]


def test_what_only_warns_never_needs_a_major_version():
    (change,) = found(clause(level="should", require={"spec.a": {"at_least": 9}}), clause(level="should"))
    assert change.needs == "minor"


def test_a_new_must_is_a_major_version_and_a_new_should_a_minor_one():
    for level, needs in (("must", "major"), ("should", "minor"), ("may", "minor")):
        new = standard(clause(), clause(id="ACME-2", level=level))
        (change,) = difference(standard(clause()), new).changes
        assert (change.id, change.kind, change.needs) == ("ACME-2", "added", needs)


def test_a_removed_clause_is_a_major_version_as_others_may_tighten_it():
    (change,) = difference(standard(clause(), clause(id="ACME-2", level="may")), standard(clause())).changes
    assert (change.id, change.kind, change.needs) == ("ACME-2", "removed", "major")


@pytest.mark.parametrize(
    ("version", "fits", "rises"),
    [
        ("1.1.9", False, "none"),
        ("1.2.3", False, "none"),
        ("1.2.4", False, "patch"),
        ("1.3.0", False, "minor"),
        ("2.0.0", True, "major"),
        ("10.0.0", True, "major"),
    ],
)
def test_the_version_has_to_rise_by_what_changed(version, fits, rises):
    old, new = standard(clause(), version="1.2.3"), standard(clause(since="research"), version=version)
    assert (difference(old, new).fits, difference(old, new).rises) == (fits, rises)
    assert difference(old, new).wanted == "2.0.0"


def test_nothing_changed_needs_nothing():
    same = difference(standard(clause()), standard(clause()))
    assert (same.changes, same.needs, same.fits, same.wanted) == ((), "none", True, "1.0.0")


def test_to_apply_to_more_specs_is_tighter():
    narrow, wide = standard(clause(), applies_to={"industry": "finance"}), standard(clause(), version="1.0.1")
    (change,) = difference(narrow, wide).changes
    assert (change.id, change.kind, change.needs) == ("", "tightened", "major")
