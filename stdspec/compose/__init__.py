"""Hydra's composition on plain data, with an origin for every value."""

from stdspec.compose.composer import compose, compose_with_origins
from stdspec.compose.model import Composed, Origin
from stdspec.compose.refusal import Broken, Refused

__all__ = ["Broken", "Composed", "Origin", "Refused", "compose", "compose_with_origins"]
