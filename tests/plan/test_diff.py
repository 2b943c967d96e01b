"""How two plans differ: nodes, config leaves with their places, digests."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from stdspec.compose.difference import Kind
from stdspec.plan.build import build
from stdspec.plan.diff import Altered, compare
from stdspec.plan.model import Plan
from tests.plan.handmade import SPEC, composed


def plan(root: Path, **changes: Any) -> Plan:
    spec = copy.deepcopy(SPEC)
    for path, value in changes.items():
        *above, key = path.split("__")
        inner = spec
        for name in above:
            inner = inner[name]
        inner[key] = value
    return build(composed(spec, root / "spec.yaml"), root)


def test_equal_plans_do_not_differ_wherever_their_values_stand(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    found = compare(plan(tmp_path), plan(other))
    assert found.none
    assert (found.leaves, found.changed, found.added, found.removed) == ((), (), (), ())


def test_a_changed_value_is_told_with_the_nodes_that_read_it(tmp_path: Path) -> None:
    old, new = plan(tmp_path), plan(tmp_path, training__epochs=3)
    found = compare(old, new)
    assert not found.none
    assert found.changed == (Altered("train", ("config",)),)
    (leaf,) = found.leaves
    assert (leaf.kind, leaf.path) == (Kind.CHANGED, ("training", "epochs"))
    assert leaf.old is not None
    assert leaf.new is not None
    assert (leaf.old.value, leaf.new.value) == (2, 3)
    assert str(leaf.new.layer).startswith("spec.yaml:")
    assert found.specs == (old.spec_digest, new.spec_digest)


def test_nodes_come_and_go(tmp_path: Path) -> None:
    old, new = plan(tmp_path, evaluation__metrics={}), plan(tmp_path, deployment__exports={"onnx": {"opset": 18}})
    found = compare(old, new)
    assert found.added == ("evaluate", "gate", "export", "parity")
    assert found.removed == ()
    assert compare(new, old).removed == found.added


def test_a_node_that_takes_from_another_one_is_told_so(tmp_path: Path) -> None:
    found = compare(plan(tmp_path), plan(tmp_path, evaluation__metrics={}))
    assert Altered("package", ("inputs",)) in found.changed
