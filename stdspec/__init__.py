"""stdspec: a declarative compiler and validator for AI infrastructure."""

from typing import Final

__version__: Final = "0.1.0"
