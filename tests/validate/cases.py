"""Specs to check: the shipped ones, a release, and a small one to break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from stdspec import resources
from stdspec.compose import Composed, compose_with_origins

GOLDEN: Final = Path(__file__).parents[1] / "golden"
EXPERIMENTS: Final = sorted(path.stem for path in (resources.conf() / "experiment").glob("*.yaml"))
Compose = Callable[..., Composed]


def shipped(*overrides: str) -> Composed:
    """The shipped primary with overrides."""
    return compose_with_origins(str(resources.conf()), "config", overrides)


def release() -> Composed:
    """The golden release."""
    return compose_with_origins(str(GOLDEN / "release"), "spec", ())
