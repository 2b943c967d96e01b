"""By which rules a composition is made: whose version of Hydra, and what may be done for it on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct, field

from stdspec.compose.refusal import refuse
from stdspec.settings import VERSION_BASES

_NEWEST: Final = (1, 3)
_VERSION: Final = r"\s*v?(?P<major>\d{1,9})(?:\.(?P<minor>\d{1,9}))?(?:\.\d+)*(?:\.?(?:a|b|rc|post|dev)\d*)*\s*"


class Policy(Enum):
    """What a composition may do.

    Attributes:
        HYDRA: what Hydra does: resolvers in defaults lists are called, and Hydra itself judges what stands in `hydra:`.
        LINT: nothing is imported and no environment variable is read; what would need it is a finding.
    """

    HYDRA = "hydra"
    LINT = "lint"


LINT: Final = Policy.LINT


class Rules(Struct, frozen=True):
    """The rules of one composition.

    Attributes:
        version: one of `VERSION_BASES`.
        policy: what it may do.
        packages: folders of dotted packages, absolute, by name; asked before what is installed.
    """

    version: str = "1.3"
    policy: Policy = Policy.HYDRA
    packages: Mapping[str, str] = field(default_factory=dict)

    @property
    def legacy(self) -> bool:
        """Whether the rules of Hydra 1.1 hold."""
        return self.version == "1.1"

    @property
    def lint(self) -> bool:
        """Whether nothing may be imported and no variable be read."""
        return self.policy is Policy.LINT


def version_of(version_base: str | None) -> str:
    """The version of Hydra whose rules `version_base` asks for; the newest for None, and for a later one, as in Hydra.

    Raises:
        Refused: for one that is older, or none.
    """
    if version_base is None:
        return VERSION_BASES[-1]
    found = re.fullmatch(_VERSION, version_base)
    numbers = (int(found["major"]), int(found["minor"] or 0)) if found else (0, 0)
    version = ".".join(map(str, min(numbers, _NEWEST)))
    if version not in VERSION_BASES:
        raise refuse(f"there is no version_base {version_base}", None, f"write one of {', '.join(VERSION_BASES)}")
    return version
