"""The runs that are killed: each shipped experiment, long enough to spend most of its time in training."""

from __future__ import annotations

from typing import Final

SAVED: Final = "compute.resume.every=3"
"""Every third step a fit is saved: a run of seconds would never be by the clock."""

EVERYTHING: Final = (
    *("+experiment=lepton_mlp", "training/schedule=plateau", "training.schedule.patience=2", "training.batch.micro=16"),
    *("training.ema=0.99", "training.clip=1.0", "model.dropout=0.2"),
)
"""Accumulates, averages weights, lowers the rate on a plateau, clips and drops out."""

CASES: Final[dict[str, list[str]]] = {
    "lepton_mlp": ["+experiment=lepton_mlp", "training.epochs=40", SAVED],
    "digits": ["+experiment=digits", SAVED],
    "diabetes": ["+experiment=diabetes", "training.epochs=120", "training.stop=null", SAVED],
    "breast_cancer": [
        *("+experiment=breast_cancer", "training.epochs=40", "training.stop=null", "deployment=default", SAVED)
    ],
    "everything": [*EVERYTHING, "training.epochs=12", SAVED],
}
"""Name to overrides, for the soak."""

SHORT: Final[dict[str, list[str]]] = {
    "diabetes": ["+experiment=diabetes", "training.epochs=60", "training.stop=null", SAVED],
    "everything": [*EVERYTHING, "training.epochs=4", SAVED],
}
"""The same for every day."""
