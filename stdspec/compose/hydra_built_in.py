"""The configs that Hydra and the known plugins of it keep in code rather than in files, with their defaults lists."""

from __future__ import annotations

from typing import Final

from stdspec.compose.hydra_code import SAMPLERS

Defaults = tuple[tuple[str, str | None], ...]
"""A defaults list: pairs of a group and its option."""

BUILT_IN: Final[dict[str, Defaults]] = {
    "hydra/config": (
        ("output", "default"),
        ("launcher", "basic"),
        ("sweeper", "basic"),
        ("help", "default"),
        ("hydra_help", "default"),
        ("hydra_logging", "default"),
        ("job_logging", "default"),
        ("callbacks", None),
        ("env", "default"),
    ),
    "hydra/launcher/basic": (),
    "hydra/sweeper/basic": (),
    "_dummy_empty_config_": (),
}
"""The configs of Hydra itself."""

PLUGINS: Final[dict[str, Defaults]] = {
    "hydra/launcher/joblib": (),
    "hydra/sweeper/optuna": (("sampler", "tpe"),),
    **{f"hydra/sweeper/sampler/{name}": () for name in SAMPLERS},
}
"""The configs of its plugins."""

PACKAGES: Final = {
    "hydra/launcher": "hydra_plugins.hydra_joblib_launcher",
    "hydra/sweeper": "hydra_plugins.hydra_optuna_sweeper",
    "hydra/sweeper/sampler": "hydra_plugins.hydra_optuna_sweeper",
}
"""The group of a plugin's config to the package that brings it."""

GROUPS: Final = frozenset(("hydra", *PACKAGES))
