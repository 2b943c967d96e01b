"""The environment of a run as evidence, and the fixed number of threads."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from typing import Any, Final

from stdspec import __version__, installed

_PACKAGES: Final = (
    *("torch", "lightning", "torchmetrics", "numpy", "scikit-learn"),
    *("onnx", "onnxscript", "onnxruntime", "safetensors", "hydra-core", "omegaconf"),
)


def describe(used: Mapping[str, str]) -> dict[str, Any]:
    """Python, platform and package versions.

    Args:
        used: the packages that the run's code imports, with their versions.
    """
    packages = dict(used) | {"stdspec": __version__}
    packages |= {name: version for name in _PACKAGES if (version := installed.version(name)) is not None}
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": dict(sorted(packages.items())),
    }


def fix_threads(count: int) -> None:
    """Make numeric libraries use `count` threads: the number that stands in the keys is the number that runs."""
    os.environ["OMP_NUM_THREADS"] = str(count)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)
