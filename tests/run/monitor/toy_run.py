"""A toy run: its contract, its triggers, its rows and a model that scores a row by its first number."""

import numpy as np

from stdspec.run.data.dataset import Dataset, Feature, Fold
from stdspec.run.monitor.reference import describe

COLUMNS = {
    "size": {"type": "float32", "range": [-50, 50], "nullable": False},
    "colour": {"type": "category", "categories": ["red", "green", "blue"]},
}
MONITORING = {
    "reference": "train",
    "drift": {
        "control": "benjamini-hochberg",
        "tests": {
            "features": {"statistic": "psi", "warn": 0.1, "alert": 0.2},
            "predictions": {"statistic": "ks", "alert": 0.01},
        },
    },
    "update": {"when": ["drift-alert"]},
}


class Model:
    """Scores a row by its first number, as the ONNX file does."""

    @staticmethod
    def scores(inputs):
        second = 1 / (1 + np.exp(-inputs.reshape(len(inputs), -1)[:, 0]))
        return np.stack([1 - second, second], axis=1).astype(np.float32)


def rows(n, seed, shift=0.0, shares=(0.5, 0.3, 0.2)):
    """n rows (size, weight, colour code), shape (n, 3)."""
    random = np.random.default_rng(seed)
    colour = random.choice(3, size=n, p=shares)
    return np.stack([random.normal(shift, 1, n), random.gamma(2, 1, n), colour], axis=1).astype(np.float32)


def table(n=1200, seed=0):
    inputs = rows(n, seed)
    features = (
        Feature("size", "float32"),
        Feature("weight", "float32"),
        Feature("colour", "category", None, ("red", "green", "blue")),
    )
    return Dataset("tabular", inputs, (inputs[:, 0] > 0).astype("int64"), ("no", "yes"), features)


def halves(n):
    index = np.arange(n)
    return Fold(index[: n * 2 // 3], index[n * 2 // 3 : n * 5 // 6], index[n * 5 // 6 :])


def reference(monitoring=MONITORING, columns=COLUMNS, dataset=None):
    dataset = dataset or table()
    return describe(dataset, halves(len(dataset)), Model(), monitoring, columns)
