"""Records: what a run observed, one fact a line, each tied to the spec and the inputs it was seen with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct


class Record(Struct, frozen=True):
    """One observed fact.

    Attributes:
        path: its name in the language of standards, ``run.evaluation.metrics.auroc.lower``.
        value: plain data; numbers are finite (what is not finite is written as the text ``nan``, ``inf``, ``-inf``).
        node: the id of the plan's node that observed it.
        spec: the digest of the resolved spec.
        inputs: the digests of the node's inputs.
        declared: what the spec asked for, when there is such a value; `observed` is then what ran.
        observed: see `declared`; None otherwise.
        unit: the unit of `value`, such as ``seconds`` or ``bytes``, or None.
        varies: whether equal runs may differ here (times, memory, energy); left out of `result_digest`.
    """

    path: str
    value: Any
    node: str = ""
    spec: str = ""
    inputs: tuple[str, ...] = ()
    declared: Any = None
    observed: Any = None
    unit: str | None = None
    varies: bool = False

    def as_json(self) -> dict[str, Any]:
        """The record as one JSON object, keys in a fixed order; `declared` and `observed` where they say something."""
        out: dict[str, Any] = {"path": self.path, "value": self.value, "node": self.node, "spec": self.spec}
        out["inputs"] = list(self.inputs)
        if self.declared is not None or self.observed is not None:
            out["declared"], out["observed"] = self.declared, self.observed
        if self.unit is not None:
            out["unit"] = self.unit
        if self.varies:
            out["varies"] = True
        return out

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Record:
        """The record that `as_json` wrote."""
        return Record(**{**data, "inputs": tuple(data.get("inputs", ()))})


DECLARED_AT: Final = {
    "run.data.digest": "data.source.digest",
    "run.training.batch": "training.batch.global",
    "run.training.batches": "training.trainer",
    "run.training.data": "data._target_",
    "run.training.deterministic": "training.determinism",
    "run.training.kept": "model._target_",
    "run.training.rows": "data._target_",
    "run.training.seed": "seed",
    "run.training.skipped": "model._target_",
    "run.training.steps": "training.max_steps",
    "run.weights": "model.digest",
}
"""Record paths whose declared value stands elsewhere in a spec than the record's name says."""


def declared_at(path: str) -> str:
    """The dotted config path of what a record's `declared` was read from."""
    return DECLARED_AT.get(path, path.removeprefix("run."))


def tree(records: Iterable[Record]) -> dict[str, Any]:
    """The records as nested data, ``{"run": {"evaluation": …}}``; of two records at one path the later one counts."""
    root: dict[str, Any] = {}
    for record in records:
        node = root
        *parents, last = record.path.split(".")
        for key in parents:
            child = node.get(key)
            if not isinstance(child, dict):
                child = node[key] = {}
            node = child
        node[last] = record.value
    return root
