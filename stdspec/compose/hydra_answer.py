"""What only Hydra can say about a composition: it is asked the whole, where resolvers or its own settings decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from stdspec.compose import searchpath
from stdspec.compose.hydra_built_in import BUILT_IN, PLUGINS
from stdspec.compose.node import Step
from stdspec.compose.override import Override
from stdspec.compose.refusal import refuse
from stdspec.compose.repository import ConfigFile, installed_folder
from stdspec.compose.rules import Rules
from stdspec.finding import Span


class Asked(Struct, frozen=True):
    """What is to be composed, as Hydra itself could be asked for it."""

    folder: str
    config_name: str | None
    texts: Sequence[str]
    appended: str | None
    rules: Rules

    def of_hydra(self, span: Span | None, remedy: str) -> dict[Any, Any]:
        """Hydra's own answer.

        Raises:
            Refused: when it refuses, at the place and with the remedy given.
        """
        from stdspec.compose import hydra_adapter

        try:
            asked = (self.folder, self.config_name, self.texts, self.appended, self.rules.version)
            value: dict[Any, Any] = hydra_adapter.reference(*asked)
        except hydra_adapter.ReferenceRefusedError as error:
            raise refuse(f"Hydra refuses this composition: {error}", span, remedy) from None
        return value


def value_of(asked: Asked, primary: ConfigFile | None) -> dict[Any, Any]:
    """The composition as Hydra gives it."""
    return asked.of_hydra(primary.span if primary is not None else None, "write the value out")


_ACCEPTED: set[str] = set()
"""Settings of its own that Hydra took: the compositions of a project mostly share them."""


def judge_settings(asked: Asked, parts: Sequence[Any], steps: Sequence[Step], overrides: Sequence[Override]) -> None:
    """Refuses what Hydra refuses below `hydra:`. Its schema is its own business, so it is asked, once per settings.

    The rest is judged before, so what Hydra takes here it takes in every composition with these settings. What it
    refuses is not remembered: the cause may be another one.
    """
    own = [item for item in overrides if item.key == "hydra" or item.key.startswith(("hydra.", "hydra/"))]
    unjudged = own[1:] if own and searchpath.is_in_force(own[0]) else own
    if not (parts or unjudged or any(_is_setting(step) for step in steps)):
        return
    files = [
        (item.default.config_path, item.package, id(item.file.document))
        for item in steps
        if item.default.config_path.startswith("hydra/")
    ]
    key = repr((asked.rules.version, asked.folder, parts, [item.text for item in own], files))
    if key not in _ACCEPTED:
        asked.of_hydra(_place(steps, own), "see the keys of hydra: in Hydra's manual")
        _ACCEPTED.add(key)


def _place(steps: Sequence[Step], own: Sequence[Override]) -> Span | None:
    """Where settings of Hydra are written: on the command line, else in the last file that has some."""
    if own:
        return own[0].span
    for step in reversed(steps):
        file = step.file
        if not step.package and isinstance(file.body, dict) and "hydra" in file.body:
            mark = file.document.marks.get(("hydra",))
            return mark.key if mark else file.span
        if _is_setting(step):
            return file.span
    return None


def _is_setting(step: Step) -> bool:
    """Whether a config goes below `hydra:` and is none of Hydra's own."""
    if not step.file.path or step.file.root == installed_folder("hydra.conf"):
        return False
    return step.package.split(".")[0] == "hydra" or step.default.config_path in {**BUILT_IN, **PLUGINS}
