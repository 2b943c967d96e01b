"""The data node of an own LightningDataModule: which class with which arguments, how many rows, and what they hash to.

The loaders are read once, up to a bound, so that a changed data set behind equal arguments changes the node's output.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from lightning.pytorch import LightningDataModule
from msgspec import Struct
from msgspec.structs import replace

from stdspec.digest import digest
from stdspec.domains import NO_ARGUMENTS
from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.data import sums
from stdspec.run.train import own
from stdspec.run.train.seeds import fixed

ROWS_AT_MOST: Final = 100_000
"""How many rows of each loader are read."""

_LOADERS: Final = {"train": "train_dataloader", "validation": "val_dataloader", "test": "test_dataloader"}


class Part(Struct, frozen=True):
    """One loader as it was read.

    Attributes:
        rows: how many rows were read.
        batches: in how many batches.
        whole: whether that was all.
        hashes: the hash of each row's input and target.
        sum: of these hashes, each as often as its row came.
        same: whether the rows are the same when they are read again; those of an augmented data set are not.
    """

    rows: int
    batches: int
    whole: bool
    hashes: frozenset[bytes]
    sum: int = 0
    same: bool = True

    def as_json(self) -> dict[str, Any]:
        """The part as plain data; its digest does not depend on the order of the rows."""
        found = digest(sorted(item.hex() for item in self.hashes))
        plain = {"rows": self.rows, "batches": self.batches, "whole": self.whole, "digest": found}
        return plain | {"sum": sums.shown(self.sum), "same": self.same}


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write `own.json`: target, args, and for each loader its rows, batches and digest.

    Raises:
        RunError: when the class cannot be built, raises, has no training loader, or gives no pairs of tensors.
    """
    del inputs  # the first node has none
    data: Mapping[str, Any] = node.config["data"]
    target = str(data["_target_"])
    args = {key: value for key, value in data.items() if key not in NO_ARGUMENTS["data"]}
    module = own.data_module(target, args, context.settings, debug=context.debug)
    parts = read(module, target, 2 if context.debug else None)
    if "train" not in parts:
        raise RunError(f"{target} has no train_dataloader", "data._target_", "give the class one")
    loaders = {name: part.as_json() for name, part in parts.items()}
    value = {"target": target, "args": args, "loaders": loaders}
    (out / "own.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    found = {name: item["digest"] for name, item in loaders.items()}
    records = [Record("run.data.rows", sum(part.rows for part in parts.values())), Record("run.data.digest", found)]
    records += [Record(f"run.split.{name}", part.rows) for name, part in parts.items()]
    if len(parts) > 1 and all(part.whole for part in parts.values()):
        records.append(Record("run.split.overlap.records", overlap(list(parts.values()))))
    return records


def read(module: LightningDataModule, target: str, batches: int | None = None) -> dict[str, Part]:
    """Every loader that the class defines, read under a fixed seed.

    Args:
        module: the data module.
        target: its dotted name, for messages.
        batches: read so many of each loader; None for all up to `ROWS_AT_MOST` rows.

    Raises:
        RunError: when its code raises or gives something else than pairs of tensors.
    """
    plain = type(module).__mro__[1]
    defined = {name: method for name, method in _LOADERS.items() if _defines(plain, method)}
    parts: dict[str, Part] = {}
    with own.guard(target, plain), fixed(0, target, "read"):
        module.prepare_data()
        module.setup("fit")
        if "test" in defined:
            module.setup("test")
        for name, method in defined.items():
            parts[name] = _part(getattr(module, method)(), target, batches)
    with own.guard(target, plain), fixed(1, target, "read"):  # another seed than before
        again = _part(module.train_dataloader(), target, 1) if "train" in parts else None
    if again is not None and parts["train"].whole:
        parts["train"] = replace(parts["train"], same=again.hashes <= parts["train"].hashes)
    return parts


def overlap(parts: list[Part]) -> int:
    """How many different rows lie in more than one part."""
    everything = frozenset[bytes]().union(*(part.hashes for part in parts))
    return sum(1 for item in everything if sum(item in part.hashes for part in parts) > 1)


def _defines(found: type, method: str) -> bool:
    """Whether a class has a loader of its own: Lightning's base class has every method and raises in it."""
    return getattr(found, method, None) is not getattr(LightningDataModule, method)


def _part(loader: Iterable[Any], target: str, batches: int | None) -> Part:
    rows, count, total, hashes, whole = 0, 0, 0, set[bytes](), True
    for batch in loader:
        if rows >= ROWS_AT_MOST or (batches is not None and count >= batches):
            whole = False
            break
        values, labels = _pair(batch, target)
        found = list(sums.hashes(values, labels))
        hashes.update(found)
        total = sums.added(total, found)
        rows, count = rows + len(labels), count + 1
    return Part(rows, count, whole, frozenset(hashes), total)


def _pair(batch: Any, target: str) -> tuple[torch.Tensor, torch.Tensor]:
    pair = isinstance(batch, list | tuple) and len(batch) == 2 and all(isinstance(item, torch.Tensor) for item in batch)
    if not pair or len(batch[0]) != len(batch[1]):
        raise RunError(
            f"the batches of {target} are no pairs of tensors (inputs, target) of one length",
            "data._target_",
            "let its loaders give such pairs",
        )
    return batch[0], batch[1]
