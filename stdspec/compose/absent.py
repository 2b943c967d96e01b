"""The refusals of a defaults walk that finds no config: what is asked for, where, and what there is instead."""

from __future__ import annotations

from stdspec.compose.default import Default
from stdspec.compose.refusal import Refused, absolute, options_remedy, refuse, unknown_word
from stdspec.compose.repository import Repository


def left_open(default: Default, repository: Repository) -> Refused:
    """The refusal of a choice that says ``???``."""
    span = default.choice.span
    if default.group is None:
        return refuse(f"the config {default.config_path} is left open ('???')", span, "write the config's name")
    remedy = options_remedy("", repository.options(default.group_path))
    return refuse(f"the option of {default.key} is left open ('???')", span, remedy)


def unknown(default: Default, repository: Repository, computed: str | None) -> Refused:
    """The refusal of a config that does not exist.

    Args:
        default: what asks for it.
        repository: where it was looked for.
        computed: the option as written where a resolver computed it; what came out may be a secret, and is not said.
    """
    span, options = default.choice.span, repository.options
    if computed is not None:
        return refuse(f"the option {computed} is computed by a resolver", span, "write the option's name")
    message = f"there is no config '{default.config_path}'"
    if default.primary:
        remedy = options_remedy(default.config_path, options(""), "configs")
        return Refused(message, repository.place, remedy)
    group, name = default.group_path, default.name or ""
    if default.group is None:
        siblings = [f"{group}/{item}".lstrip("/") for item in options(group)]
        return unknown_word(message, span, default.config_path, siblings, "configs there")
    if not repository.is_group(group):
        if default.written_below is not None and repository.is_group(default.written_below):
            return absolute(f"there is no group '{group}'", default.choice.group or span, default.written_below)
        above, _, last = group.rpartition("/")
        at = default.choice.group or span
        return unknown_word(f"there is no group '{group}'", at, last, repository.groups(above), "groups there")
    message = f"the group {group} has no option '{name}'"
    return unknown_word(message, default.choice.option or span, name, options(group))
