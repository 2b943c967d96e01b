"""The two shipped models on the digits, as the benchmarks of latency and training use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import yaml
from sklearn.datasets import load_digits

from stdspec import resources
from stdspec.run.data.dataset import Dataset, Fold, Splits
from stdspec.run.train import models, preprocess
from stdspec.run.train.exported import Exported

KINDS = ("mlp", "cnn")


@dataclass(frozen=True)
class Subject:
    """A model kind with its data: images for the CNN and for the MLP, in the source's own range."""

    kind: str
    options: dict[str, Any]
    dataset: Dataset
    splits: Splits

    def module(self) -> Exported:
        """Raw inputs to scores, untrained: time does not depend on the weights."""
        torch.manual_seed(0)
        rows = self.splits.folds["holdout"].train
        first = preprocess.fit(self.dataset, rows, {"scale": {"kind": "standardize", "columns": "features"}})
        inner = tuple(first(torch.from_numpy(self.dataset.inputs[:2])).shape[1:])
        core = models.build(self.options, inner, len(self.dataset.classes))
        return Exported(first, core, "softmax").eval()


def subject(kind: str) -> Subject:
    """The shipped options of a kind, on all 1,797 digits."""
    options = yaml.safe_load((resources.conf() / "model" / f"{kind}.yaml").read_text(encoding="utf-8"))
    digits = load_digits()
    inputs = digits.images[:, None].astype(np.float32)
    dataset = Dataset("image", inputs, digits.target.astype(np.int64), tuple("0123456789"), value_range=(0.0, 16.0))
    index = np.random.default_rng(0).permutation(len(inputs))
    train, validation, test = (np.sort(part) for part in np.split(index, [1280, 1536]))
    return Subject(kind, options, dataset, Splits({"holdout": Fold(train, validation, test)}))
