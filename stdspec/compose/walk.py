"""Hydra's walk over defaults lists: which configs make up a composition, in which order and package.

Children are visited from last to first, so that an override is known before what it overrides; the overrides that are
seen first (the command line, then the outermost file) win. Every config keeps the choice that selected it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from stdspec.compose import absent
from stdspec.compose.choices import Choices
from stdspec.compose.default import Choice, Default
from stdspec.compose.defaults_list import Item
from stdspec.compose.node import NO_CONFIG, Node, Step, refuse_doubles, steps_of
from stdspec.compose.options import Options, known_choices
from stdspec.compose.override import Override
from stdspec.compose.refusal import broken, refuse
from stdspec.compose.repository import ConfigFile, Repository

EXPERIMENT: Final = "experiment"
MAX_DEPTH: Final = 200
MAX_CONFIGS: Final = 10_000


class Walk:
    """The walk for one composition.

    Attributes:
        choices: after `run`, the choices made and the overrides of plain values.
        options: after `run`, the options that a resolver computed, or would compute: where no resolver may be called,
            such a default is left out.
    """

    def __init__(self, repository: Repository, call_resolvers: bool = True) -> None:
        self.choices = Choices(legacy=repository.legacy)
        self.options = Options(call_resolvers, repository.legacy)
        self._repository = repository
        self._legacy = repository.legacy
        self._visited = 0

    def run(self, config_name: str | None, overrides: Sequence[Override]) -> list[Step]:
        """The configs to merge, in order.

        Raises:
            Refused: when Hydra would refuse.
            Broken: when a file that is needed cannot be read.
        """
        self.choices.sort_in(overrides, self._repository)
        path = NO_CONFIG if config_name is None else config_name
        primary = self._root(path, primary=True)
        steps = list(steps_of(primary))
        if self.choices.touch_hydra or self._repository.shadows_hydra:
            hydra = self._root("hydra/config")
            if hydra.file is not None and hydra.file.path:
                raise refuse("this file takes the place of Hydra's own hydra/config", hydra.file.span, "rename it")
            steps = [*steps_of(hydra), *steps]
        refuse_doubles(steps)
        self.choices.refuse_unused()
        return steps

    def _root(self, path: str, *, primary: bool = False) -> Node:
        node = Node(Default(Choice(None), path=path, primary=primary, legacy=self._legacy))
        node.default.enter("", "")
        self._expand(node)
        return node

    def _expand(self, node: Node, *, deferred: bool = False) -> None:
        """Fills in a node's file and children. `deferred`: below a choice that depends on other choices."""
        default = node.default
        self._guard(node)
        if default.name is not None and not default.missing:
            node.file = self._load(default)
            if node.file is not None:
                default.take_header(node.file.package)
        if self.choices.drop(default):
            return
        self.choices.make(default)
        if default.name is None:
            return
        if default.missing or default.config_path.endswith("???"):
            raise absent.left_open(default, self._repository)
        if node.file is not None:
            node.children = self._children_of(node, node.file, deferred) or None
        elif default.optional:
            default.dropped = True
        else:
            raise absent.unknown(default, self._repository, self.options.computed(default.choice))

    def _guard(self, node: Node) -> None:
        """Refuses configs that select themselves, or one another without end."""
        self._visited += 1
        if node.depth > MAX_DEPTH:
            message = f"{node.default} is selected below itself, or more than {MAX_DEPTH} configs deep"
            raise refuse(message, node.default.choice.span, "take it out of the defaults list")
        if self._visited > MAX_CONFIGS:
            message = f"the defaults lists select more than {MAX_CONFIGS} configs"
            raise refuse(message, node.default.choice.span, "select fewer")

    def _load(self, default: Default) -> ConfigFile | None:
        path = default.config_path
        if "\0" in path:
            raise refuse("the config's name holds a null character", default.choice.span, "write the option's name")
        file = self._repository.load(path)
        if file is not None and not file.document.readable:
            raise broken(file.document.findings)
        return file

    def _children_of(self, node: Node, file: ConfigFile, deferred: bool) -> list[Node]:
        """What a file's defaults list selects. Options that depend on other choices are filled in after all others."""
        parent = node.default
        defaults, self_added = self._defaults_of(file, parent)
        base, package = parent.group_path, parent.final_package()
        for default in defaults:
            if not default.is_self:
                default.enter(base, package)
        self._note_overrides(defaults, parent, deferred)
        children: list[Node] = []
        waiting: list[Node] = []
        for default in reversed(defaults):
            if default.is_self:
                if not self_added:
                    _refuse_self_as_option(default, parent)
                children.append(node.below(default))
            elif not default.override:
                default.enter(base, package)  # a second time, as Hydra does: it shows where a group is named _group_
                self.choices.change(default)
                for one in _alternatives(default, base, package):
                    child = node.below(one)
                    children.append(child)
                    if one.open_reference:
                        waiting.append(child)
                    else:
                        self._expand(child, deferred=deferred)
        if waiting:
            self._expand_waiting(waiting, defaults, self_added, parent)
        children.reverse()
        return children

    def _expand_waiting(
        self, waiting: Sequence[Node], defaults: Sequence[Default], self_added: bool, parent: Default
    ) -> None:
        """Fills in and expands what depends on other choices. Such options do not see one another."""
        known = known_choices(self.choices.made, defaults, self_added)
        for child in waiting:
            if not self.options.left_out(child.default):
                self.options.fill_in(child.default, known)
                child.default.enter(parent.group_path, parent.final_package())
                self._expand(child, deferred=True)

    def _defaults_of(self, file: ConfigFile, parent: Default) -> tuple[list[Default], bool]:
        """The defaults of a file with `_self_` in its place; whether it was added at the end."""
        named = not file.shipped or parent.primary or _of_experiment(file)
        defaults = [Default.of(item, Choice.of(item, named), self._legacy) for item in file.defaults]
        added = False
        appended = self.choices.appended if parent.primary else ()
        if defaults or appended:
            selves = [default for default in defaults if default.is_self]
            if len(selves) > 1:
                raise refuse("_self_ stands twice in this defaults list", selves[1].choice.span, "keep one")
            if not selves and (not defaults or any(not default.override for default in defaults)):
                defaults.append(Default.of(Item(path="_self_"), Choice(file.span, named), self._legacy))
                added = True
        defaults.extend(appended)
        return defaults, added

    def _note_overrides(self, defaults: Sequence[Default], parent: Default, deferred: bool) -> None:
        """Keeps the list's overrides for what is visited later.

        Raises:
            Refused: for one that stands before a choice, or below a choice that depends on other choices.
        """
        seen: Default | None = None
        for default in defaults:
            if default.is_self:
                continue
            silent = self._legacy and not default.override and (default.group or "").startswith("hydra/")
            if default.override or silent:
                seen = seen if silent else default
                default.override = True
                if deferred:
                    message = f"'override {default}' stands below a choice that depends on other choices"
                    raise refuse(message, default.choice.span, "choose the option by name, or move the override up")
                self.choices.note_override(default, parent.config_path)
            elif seen is not None and not default.external:
                message = f"'override {seen}' stands before '{default}'"
                raise refuse(message, seen.choice.span, "move overrides to the end of the list")


def _of_experiment(file: ConfigFile) -> bool:
    return file.path[len(file.root) :].lstrip("/\\").startswith(f"{EXPERIMENT}/")


def _refuse_self_as_option(default: Default, parent: Default) -> None:
    """Refuses ``group: _self_`` where Hydra has no package for it: the file's own is written down nowhere."""
    if default.group is not None and parent.package is None and parent.header is None:
        raise refuse("_self_ is no option of a group", default.choice.span, "write '- _self_'")


def _alternatives(default: Default, base: str, package: str) -> Iterator[Default]:
    """The default itself, or one for each option of a list of options, last first."""
    if not isinstance(default.value, tuple):
        yield default
        return
    for option in reversed(default.value):
        if "${" in option:
            message = f"the option {option} stands in a list and depends on other choices"
            raise refuse(message, default.choice.span, "write the option's name")
        path = f"{default.group}/{option}"
        one = Default(default.choice, path=path, package=default.package, legacy=default.legacy)
        one.optional = default.optional
        one.enter(base, package)
        yield one
