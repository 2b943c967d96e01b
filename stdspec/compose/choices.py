"""The bookkeeping of a defaults walk: which choices are to be changed, deleted or appended, and which were made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from stdspec.compose.default import Choice, Default
from stdspec.compose.override import Action, Override
from stdspec.compose.refusal import Refused, absolute, options_remedy, refuse, unknown_word
from stdspec.compose.repository import Repository
from stdspec.finding import Span


class _Pending(Struct):
    """An override of a choice that waits for the default it changes.

    Attributes:
        where: the config that holds it; None for the command line.
        below: the group as it is written in a file of a group, where it is looked for below that one.
        unplaced: whether the package is that of the file, as no other is written.
    """

    value: str | tuple[str, ...] | None
    choice: Choice
    where: str | None
    below: str | None = None
    unplaced: bool = False
    used: bool = False


class _Deletion(Struct):
    name: str | None
    override: Override
    used: bool = False


class Choices(Struct):
    """The choices of one composition.

    Attributes:
        made: the option of every group, by the group's key.
        appended: the groups that the command line appends to the primary's defaults list.
        values: the overrides that change plain values.
        legacy: follow the rules of version base 1.1.
    """

    made: dict[str, str | None] = {}
    appended: list[Default] = []
    values: list[Override] = []
    legacy: bool = False
    _pending: dict[str, _Pending] = {}
    _deletions: dict[str, _Deletion] = {}
    _keys_of_group: dict[str, set[str]] = {}
    _places: dict[str, Span | None] = {}

    def sort_in(self, overrides: Sequence[Override], repository: Repository) -> None:
        """Sorts overrides into changed choices, appended groups, deletions and plain values.

        Raises:
            Refused: for what Hydra does not do with a config group.
        """
        for override in overrides:
            if isinstance(override.value, dict) or not repository.is_group(override.key):
                self.values.append(override)
            else:
                _OF_GROUP[override.action](self, override, override.value)

    def _change(self, override: Override, value: Any) -> None:
        self._pending[_name(override)] = _Pending(_option(value, override), Choice(override.span), None)

    def _append(self, override: Override, value: Any) -> None:
        package = "" if override.package == "_here_" else override.package
        option = _option(value, override)
        choice = Choice(override.span)
        default = Default(choice, override.key, option, package=package, external=True, legacy=self.legacy)
        self.appended.append(default)

    def _force(self, override: Override, _value: Any) -> None:
        message = f"++ cannot append a config group ({override.text})"
        raise refuse(message, override.span, f"write +{_name(override)}=option")

    def _delete(self, override: Override, value: Any) -> None:
        if value is not None and not isinstance(value, str):
            message = f"the option to delete in {override.text} is not a text"
            raise refuse(message, override.span, f"write ~{_name(override)}")
        self._deletions[_name(override)] = _Deletion(value, override)

    def note_override(self, default: Default, where: str) -> None:
        """Keeps an `override` entry of the config `where` for the choice it changes. The first one to come wins."""
        unplaced = default.package is None and bool(default.parent_package)
        pending = _Pending(default.value, default.choice, where, default.written_below, unplaced)
        self._pending.setdefault(default.key, pending)

    def change(self, default: Default) -> None:
        """Changes a default's option if an override says so."""
        pending = self._pending.get(default.key) if default.group is not None else None
        if pending is not None:
            default.value, default.choice, pending.used = pending.value, pending.choice, True

    def drop(self, default: Default) -> bool:
        """Drops a default if a deletion says so."""
        deletion = self._deletions.get(default.key) if default.group is not None else None
        if deletion is None or deletion.name not in (None, default.name):
            return False
        deletion.used = default.dropped = True
        return True

    def make(self, default: Default) -> None:
        """Notes the option that a group has now.

        Raises:
            Refused: when it has another one already.
        """
        if default.group is None:
            return
        key, name = default.key, default.name
        span = default.choice.span or self._places.get(key)
        if self.made.setdefault(key, name) != name:
            appended = next((item for item in self.appended if item.key == key), None)
            if appended is not None and appended is not default:
                message = f"the group {key} has an option already, {name}"
                raise refuse(message, appended.choice.span, f"write {key}={appended.value} without + to change it")
            # The one that stands later was met first, and is the one to change the other.
            later, last = self._places.get(key) or span, self.made[key]
            message = f"the group {key} is chosen twice: {name} and {last}"
            apart = later is not None and span is not None and later.file != span.file
            remedy = f"write 'override /{key}: {last}' to change the choice" if apart else "keep one"
            raise refuse(message, later, remedy)
        self._places[key] = span
        self._keys_of_group.setdefault(default.group_path, set()).add(key)

    @property
    def touch_hydra(self) -> bool:
        """Whether anything is chosen among Hydra's own groups."""
        return any(key.startswith("hydra/") for key in (*self._pending, *self._deletions, *self.made))

    def refuse_unused(self) -> None:
        """Refuses overrides and deletions of choices that nobody made."""
        for key, pending in self._pending.items():
            if not pending.used:
                message = f"there is no choice of {key} to override"
                span = pending.choice.group or pending.choice.span
                if pending.below in self._keys_of_group:
                    message = f"there is no choice of {key.partition('@')[0]} to override"
                    raise absolute(message, span, pending.below)
                remedy = self._remedy(key, pending)
                raise refuse(message, span, remedy) if remedy else self._unknown(message, span, key)
        for key, deletion in self._deletions.items():
            if not deletion.used:
                name = key if deletion.name is None else f"{key}={deletion.name}"
                remedy = options_remedy(key, self.made, "groups chosen")
                raise refuse(f"there is no choice of {name} to delete", deletion.override.span, remedy)

    def _remedy(self, key: str, pending: _Pending) -> str | None:
        group = key.partition("@")[0]
        known = sorted(self._keys_of_group.get(group, ()))
        if pending.unplaced and group in known:
            return "begin the file with '# @package _global_', so that its values go to the top"
        if known:
            return f"did you mean {' or '.join(known)}?"
        if pending.where is None:
            return f"append the group with +{key}={pending.value}"
        return None

    def _unknown(self, message: str, span: Span | None, key: str) -> Refused:
        return unknown_word(message, span, key, list(self.made), "groups chosen")


_OF_GROUP = {
    Action.CHANGE: Choices._change,
    Action.ADD: Choices._append,
    Action.FORCE: Choices._force,
    Action.DELETE: Choices._delete,
}


def _name(override: Override) -> str:
    return override.key if override.package is None else f"{override.key}@{override.package}"


def _option(value: Any, override: Override) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    message = f"the option in {override.text} is not a text or a list of texts"
    raise refuse(message, override.span, f"write {override.key}=option")
