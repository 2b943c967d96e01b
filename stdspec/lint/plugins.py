"""The plugins of Hydra that its own project publishes, and the options of config groups that each of them registers.

A composition that selects such an option needs the plugin, which may not be installed where the configs are checked.
"""

from __future__ import annotations

from typing import Final

from stdspec.compose.repository import installed_folder
from stdspec.paths import is_file

OPTIONS: Final[dict[str, dict[str, str]]] = {
    "hydra/launcher": {
        "joblib": "hydra-joblib-launcher",
        "ray": "hydra-ray-launcher",
        "ray_aws": "hydra-ray-launcher",
        "rq": "hydra-rq-launcher",
        "submitit_local": "hydra-submitit-launcher",
        "submitit_slurm": "hydra-submitit-launcher",
    },
    "hydra/sweeper": {
        "ax": "hydra-ax-sweeper",
        "nevergrad": "hydra-nevergrad-sweeper",
        "optuna": "hydra-optuna-sweeper",
    },
    "hydra/sweeper/sampler": dict.fromkeys(
        ("cmaes", "grid", "motpe", "nsgaii", "random", "tpe"), "hydra-optuna-sweeper"
    ),
    "hydra/hydra_logging": {"colorlog": "hydra-colorlog"},
    "hydra/job_logging": {"colorlog": "hydra-colorlog"},
}
"""The distribution on PyPI that registers an option, by group and option."""


def missing(group: str, option: str | tuple[str, ...] | None) -> str | None:
    """That an option of Hydra's groups is not there, and what to install for it; None when Hydra has it itself.

    Args:
        group: the config group from the root, such as ``hydra/launcher``.
        option: what is selected from it.
    """
    absent = [name for name in ((option,) if isinstance(option, str) else option or ()) if not _built_in(group, name)]
    if not absent:
        return None
    fact = f"the option {absent[0]} of {group} comes from a plugin that is not here"
    return f"{fact}; install {OPTIONS.get(group, {}).get(absent[0], 'the plugin that has it')}"


def _built_in(group: str, option: str) -> bool:
    own = installed_folder("hydra.conf")
    return option == "basic" or (own is not None and is_file(f"{own}/{group}/{option}.yaml"))
