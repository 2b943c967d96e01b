"""Runs a torch.export program on saved inputs: ``python -m stdspec.run.export.replay PROGRAM INPUTS SCORES``.

A process of its own, so that whatever loading a program may do stays out of the run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch


def main(program: Path, given: Path, found: Path) -> None:
    """Load the program, score each array of `given` by its name and write `found`."""
    torch.set_num_threads(1)
    module = torch.export.load(program).module()
    with np.load(given, allow_pickle=False) as arrays, torch.inference_mode():
        scores = {name: module(torch.from_numpy(arrays[name])).numpy() for name in arrays.files}
    with open(found, "wb") as stream:
        np.savez(stream, allow_pickle=False, **scores)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
