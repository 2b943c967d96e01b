"""Hydra's composition on plain data, with an origin for every value."""

from stdspec.compose.composer import compose, compose_with_origins, files_read
from stdspec.compose.model import Composed, Origin
from stdspec.compose.refusal import Broken, Refused
from stdspec.compose.rules import LINT, Policy
from stdspec.errors import ComposeError

__all__ = [
    "LINT",
    "Broken",
    "ComposeError",
    "Composed",
    "Origin",
    "Policy",
    "Refused",
    "compose",
    "compose_with_origins",
    "files_read",
]
