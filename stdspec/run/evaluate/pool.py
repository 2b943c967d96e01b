"""What the evaluate nodes wrote, read back and pooled over folds in the order of the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field

from stdspec.run.data.dataset import Array
from stdspec.run.evaluate.metrics import Case

_SHIFT = "shift_"


class Predictions(Struct, frozen=True):
    """Predictions on test rows.

    Attributes:
        index: shape (m,), the rows in the data set.
        target: shape (m,), the truth.
        scores: shape (m, C) probabilities, or (m,) values.
        baseline: the baseline's scores of the same shape, or None.
        shifts: the scores under each shift.
        fold: shape (m,), the name of the fold of each row.
        classes: the class names; empty for regression.
    """

    index: Array
    target: Array
    scores: Array
    baseline: Array | None
    shifts: Mapping[str, Array]
    fold: Array
    classes: tuple[str, ...] = field(default=())

    @property
    def case(self) -> Case:
        """The model's scores beside the truth."""
        return Case(self.target, self.scores)

    @property
    def repeats(self) -> float:
        """How often each row was predicted: more than once under a repeated cross-validation."""
        return len(self.index) / max(1, len(np.unique(self.index)))

    @property
    def folds(self) -> list[str]:
        """The fold names, in the order of the folds."""
        names = [str(name) for name in np.unique(self.fold)]
        return sorted(names, key=lambda name: (len(name), name))

    def save(self, folder: Path) -> None:
        """Write `predictions.npz` and `predictions.json` of one fold into a folder."""
        arrays = {"index": self.index, "target": self.target, "scores": self.scores}
        arrays |= {_SHIFT + name: scores for name, scores in self.shifts.items()}
        if self.baseline is not None:
            arrays["baseline_scores"] = self.baseline
        with open(folder / "predictions.npz", "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        meta: dict[str, Any] = {"fold": str(self.fold[0]), "classes": list(self.classes)}
        (folder / "predictions.json").write_text(json.dumps(meta, ensure_ascii=False) + "\n", encoding="utf-8")

    @staticmethod
    def load(folder: Path) -> Predictions:
        """The predictions of one fold that `save` wrote."""
        meta = json.loads((folder / "predictions.json").read_text(encoding="utf-8"))
        with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        shifts = {name.removeprefix(_SHIFT): found[name] for name in found if name.startswith(_SHIFT)}
        fold = np.full(len(found["index"]), meta["fold"])
        baseline = found.get("baseline_scores")
        classes = tuple(meta["classes"])
        return Predictions(found["index"], found["target"], found["scores"], baseline, shifts, fold, classes)


def pooled(parts: list[Predictions]) -> Predictions:
    """All folds together, rows in the order of the data set.

    Pooling scores of several models assumes that they lie on one scale; probabilities do. The estimates of the single
    folds stand beside the pooled ones (Forman and Scholz, "Apples-to-apples in cross-validation studies", 2010).
    """
    order = np.argsort(np.concatenate([part.index for part in parts]), kind="stable")

    def joined(arrays: list[Array]) -> Array:
        return np.concatenate(arrays)[order]

    baselines = [part.baseline for part in parts if part.baseline is not None]
    return Predictions(
        index=joined([part.index for part in parts]),
        target=joined([part.target for part in parts]),
        scores=joined([part.scores for part in parts]),
        baseline=joined(baselines) if len(baselines) == len(parts) else None,
        shifts={name: joined([part.shifts[name] for part in parts]) for name in parts[0].shifts},
        fold=joined([part.fold for part in parts]),
        classes=parts[0].classes,
    )
