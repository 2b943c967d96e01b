"""The eight domains of a spec and the prefixes of their codes. The tables every layer reads."""

from __future__ import annotations

from typing import Final

DOMAINS: Final[dict[str, str]] = {
    "data": "DAT",
    "compute": "CMP",
    "model": "MDL",
    "training": "TRN",
    "evaluation": "EVL",
    "deployment": "DEP",
    "monitoring": "MON",
    "governance": "GOV",
}
"""Domain name (a top-level key of a spec) to the prefix of its codes."""

FORM: Final[dict[str, str]] = {
    "yaml": "YML",
    "hydra": "HYD",
    "schema": "SPC",
    "standard": "STD",
    "waiver": "WVR",
    "lint": "LNT",
    "map": "MAP",
}
"""What is checked besides the domains: YAML hygiene, composition, schema, standards, waivers, what is set aside, and
maps."""

STAGES: Final[tuple[str, ...]] = ("research", "candidate", "release")
"""The stages of a spec, in the order in which clauses begin to hold."""


NO_ARGUMENTS: Final[dict[str, frozenset[str]]] = {
    "model": frozenset({"_target_", "kind", "signature", "base", "card"}),
    "data": frozenset(
        {
            *("_target_", "license", "origin", "modality", "columns"),
            *("quality", "privacy", "population", "target", "splits"),
        }
    ),
}
"""A section that may name an own class, to its keys that are the language's and no arguments of the class."""


def domain_of(code: str) -> str | None:
    """The domain that a code such as ``DAT001`` belongs to, or None for the codes about form."""
    prefix = code.rstrip("0123456789")
    return next((name for name, known in DOMAINS.items() if known == prefix), None)


def reached(stage: str, since: str) -> bool:
    """Whether a clause that holds from `since` holds at `stage`."""
    return STAGES.index(stage) >= STAGES.index(since)
