"""What a spec freezes of a value that a node only observes is compared without running the node again."""

from __future__ import annotations

from typing import Any

from stdspec.evidence import Record
from stdspec.plan.model import Node, Plan
from stdspec.plan.steps import READS
from stdspec.run import records

FOUND = {"inputs": {"features": {"dtype": "float32", "shape": ["batch", 2]}}}
NODE = Node("train", "train", "fake:run", {}, "model", {}, {}, {})


def stamped(signature: Any) -> Record:
    plan = Plan("p", "research", {"model": {"signature": signature}}, (), (NODE,))
    (record,) = records.stamp([Record("run.model.signature", FOUND)], NODE, plan, {})
    return record


def test_a_frozen_signature_is_declared_and_a_derived_one_is_not() -> None:
    assert (stamped(FOUND).declared, stamped(FOUND).observed) == (FOUND, FOUND)
    assert stamped("derived").declared is None


def test_another_signature_than_the_frozen_one_is_a_mismatch() -> None:
    plan = Plan("p", "research", {}, (), ())
    frozen = {"inputs": {"features": {"dtype": "float32", "shape": ["batch", 3]}}}
    found = records.mismatches([stamped(frozen)], plan, lambda _: False)
    assert found.value == ["run.model.signature"]
    assert records.mismatches([stamped(FOUND)], plan, lambda _: False).value == []


def test_no_node_reads_the_signature() -> None:
    assert all("-model.signature" in reads for reads in READS.values() if "model" in reads)
