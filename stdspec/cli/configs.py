"""``stdspec run --cfg``: what Hydra's own option of that name prints, the config of the job, of Hydra, or both."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

from stdspec import pipeline
from stdspec.cli.common import Asked, show_refusal, show_warnings
from stdspec.cli.masked import mask_of
from stdspec.errors import ComposeError, InputError
from stdspec.paths import MISSING, select, split_dotted

KINDS: Final = ("job", "hydra", "all")
_GLOBAL: Final = (None, "_global_")
_HELP: Final = ("help", "hydra_help")


def show(meant: Asked, kind: str, package: str | None, *, resolve: bool) -> int:
    """Print a config as YAML in Hydra's spelling and give the exit status; nothing is run.

    Secrets are masked, and references to environment variables and to what only a run knows stay as they are written.

    Args:
        meant: what is composed.
        kind: one of `KINDS`.
        package: the dotted path of the part to print, or None for all of it.
        resolve: fill in references to other values.
    """
    from stdspec.compose import hydra_adapter
    from stdspec.compose.resolve import Resolver

    try:
        composed = pipeline.look(meant.config_dir, meant.config_name, meant.overrides, meant.settings)
    except pipeline.RefusedError as error:
        show_refusal(error)
        return error.exit_code
    show_warnings([item for item in composed.findings if item.code.startswith("HYD")])
    mask = mask_of(composed, shown=False)
    job = mask.value((), composed.resolved if resolve else composed.value, composed.value)
    value: Any = job
    if kind != "job":
        own = _of_hydra(meant)
        if resolve:
            own = Resolver({**composed.value, "hydra": own}, ()).all()["hydra"]
        value = {"hydra": own, **job} if kind == "all" else {"hydra": _without_help(own)}
    if package not in _GLOBAL:
        value = _part(value, str(package))
    holds = isinstance(value, dict | list)
    head = f"# @package {package}\n" if holds and package not in _GLOBAL else ""
    text = head + hydra_adapter.to_yaml(value) if holds else f"{value}\n"
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    mask.notice()
    return 0


def _without_help(own: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in own.items() if key not in _HELP}


def _of_hydra(meant: Asked) -> dict[str, Any]:
    """What Hydra composes for itself."""
    from stdspec.compose import hydra_adapter
    from stdspec.compose.rules import version_of
    from stdspec.compose.shipped import appended, uses_shipped

    folder, name = pipeline.config_folder(meant.config_dir, meant.settings), meant.config_name or pipeline.PRIMARY
    shipped = appended(folder) if uses_shipped(folder, name, meant.overrides) else None
    asked = (os.path.abspath(folder), name, meant.overrides, shipped)
    try:
        own: dict[str, Any] = hydra_adapter.whole(*asked, version_of(meant.settings.version_base))["hydra"]
    except hydra_adapter.ReferenceRefusedError as error:
        raise ComposeError(f"Hydra refuses this composition: {error}") from None
    return own


def _part(value: Any, package: str) -> Any:
    found = select(value, split_dotted(package))
    if found is MISSING:
        raise InputError(f"there is no {package} in the config", "--package", "name a key of it, such as training")
    return found
