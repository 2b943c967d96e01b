"""Hydra's walk over defaults lists: which configs make up a composition, in which order and package.

Children are visited from last to first, so that an override is known before what it overrides; the overrides that are
seen first (the command line, then the outermost file) win. Every config keeps the choice that selected it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from stdspec.compose.choices import Choices
from stdspec.compose.default import Choice, Default
from stdspec.compose.defaults_list import Item
from stdspec.compose.interpolation import Call, GrammarError, parse
from stdspec.compose.override import Override
from stdspec.compose.refusal import broken, options_remedy, refuse
from stdspec.compose.repository import ConfigFile, Repository
from stdspec.compose.resolve import Resolver, UnresolvableError

EXPERIMENT: Final = "experiment"
MAX_DEPTH: Final = 50
MAX_CONFIGS: Final = 10_000


@dataclass(slots=True)
class Node:
    """A default and what its file's defaults list selects; None where the file has no defaults list."""

    default: Default
    parent: Node | None = None
    file: ConfigFile | None = None
    children: list[Node] | None = None

    @property
    def depth(self) -> int:
        """How many configs selected one another to get here."""
        depth, node = 0, self.parent
        while node is not None:
            depth, node = depth + 1, node.parent
        return depth


@dataclass(frozen=True, slots=True)
class Step:
    """One config to merge: the file, where it goes, and who chose it."""

    default: Default
    file: ConfigFile
    package: str
    is_self: bool = False


@dataclass(slots=True)
class Walk:
    """The walk for one composition.

    After `run`, `choices` holds the choices and the overrides of plain values, and `resolver_calls` the options that a
    resolver computed, or would compute: without `call_resolvers` such a default is left out.
    """

    repository: Repository
    call_resolvers: bool = True
    choices: Choices = field(default_factory=Choices)
    resolver_calls: list[tuple[str, Choice]] = field(default_factory=list)
    _visited: int = 0

    @property
    def legacy(self) -> bool:
        """Whether the rules of version base 1.1 hold."""
        return self.repository.legacy

    def run(self, config_name: str | None, overrides: Sequence[Override]) -> list[Step]:
        """The configs to merge, in order.

        Raises:
            Refused: when Hydra would refuse.
            Broken: when a file that is needed cannot be read.
        """
        self.choices.legacy = self.legacy
        self.choices.sort_in(overrides, self.repository)
        path = config_name or "_dummy_empty_config_"
        root = Node(Default(Choice(None), path=path, primary=True, legacy=self.legacy))
        self._expand(root, root=True)
        steps = list(_steps(root))
        if self.choices.touch_hydra:
            hydra = Node(Default(Choice(None), path="hydra/config", legacy=self.legacy))
            self._expand(hydra)
            steps = [*_steps(hydra), *steps]
        _refuse_doubles(steps)
        self.choices.refuse_unused()
        return steps

    def _expand(self, node: Node, *, root: bool = False, deferred: bool = False) -> None:
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
            raise self._open(default)
        if node.file is None:
            if not default.optional:
                raise self._unknown(node)
            default.dropped = True
            return
        children = self._children_of(node, node.file, root=root, deferred=deferred)
        node.children = children or None

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
        file = self.repository.load(default.config_path)
        if file is not None and not file.document.readable:
            raise broken(file.document.findings)
        return file

    def _children_of(self, node: Node, file: ConfigFile, *, root: bool, deferred: bool) -> list[Node]:
        defaults, self_added = self._defaults_of(file, root)
        parent = node.default
        base, package = parent.group_path, parent.final_package()
        self._note_overrides(defaults, parent, deferred)
        children: list[Node] = []
        for default in reversed(defaults):
            if default.is_self:
                children.append(Node(default, node))
            elif not default.override:
                self.choices.change(default)
                children.extend(self._child(child, node, deferred) for child in _alternatives(default, base, package))
        for child in children:
            if child.default.open_reference:
                if self._left_out(child.default):
                    continue
                self._fill_in(child.default, defaults, self_added)
                child.default.enter(base, package)
                self._expand(child, deferred=True)
        children.reverse()
        return children

    def _child(self, default: Default, parent: Node, deferred: bool) -> Node:
        node = Node(default, parent)
        if not default.open_reference:
            self._expand(node, deferred=deferred)
        return node

    def _defaults_of(self, file: ConfigFile, root: bool) -> tuple[list[Default], bool]:
        """The defaults of a file with `_self_` in its place; whether it was added at the end."""
        named = not file.shipped or root or _of_experiment(file)
        defaults = [Default.of(item, Choice(item.span, named), self.legacy) for item in file.defaults]
        added = False
        if defaults or (root and self.choices.appended):
            selves = [default for default in defaults if default.is_self]
            if len(selves) > 1:
                raise refuse("_self_ stands twice in this defaults list", selves[1].choice.span, "keep one")
            if not selves and (not defaults or any(not default.override for default in defaults)):
                defaults.append(Default.of(Item(path="_self_"), Choice(file.span, named), self.legacy))
                added = True
        if root:
            defaults.extend(self.choices.appended)
        return defaults, added

    def _note_overrides(self, defaults: list[Default], parent: Default, deferred: bool) -> None:
        seen: Default | None = None
        for default in defaults:
            if default.is_self:
                continue
            default.enter(parent.group_path, parent.final_package())
            silent = self.legacy and not default.override and (default.group or "").startswith("hydra/")
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

    def _fill_in(self, default: Default, defaults: list[Default], self_added: bool) -> None:
        """Fills the choices made so far into an option such as ``${db}_${server}``."""
        known: dict[str, object] = dict(self.choices.made)
        known["defaults"] = [
            item.config_path if item.group is None else {item.key: _plain(item.value)}
            for item in defaults
            if not (self_added and item.is_self)
        ]
        text = str(default.value) if default.group is not None else default.config_path
        try:
            if default.group is not None and text.startswith("${defaults.") and not self.legacy:
                raise UnresolvableError("HYD002", "broken-interpolation", "it refers to a place in the defaults list")
            value = self._option_value(text, known, default)
        except (UnresolvableError, GrammarError) as error:
            remedy = f"the groups chosen are {', '.join(self.choices.made) or 'none'}"
            raise refuse(f"the option {text} cannot be filled in", default.choice.span, remedy) from error
        if not isinstance(value, str):
            raise refuse(f"the option {text} does not name an option", default.choice.span, "write the option's name")
        if default.group is not None:
            default.value = value
        else:
            default.path = value

    def _left_out(self, default: Default) -> bool:
        """Leaves out a default whose option only a resolver could say, where none may be called."""
        text = str(default.value) if default.group is not None else default.config_path
        try:
            pieces = parse(text)
        except GrammarError:
            return False
        if self.call_resolvers or not any(isinstance(piece, Call) for piece in pieces):
            return False
        self.resolver_calls.append((text, default.choice))
        default.dropped = True
        return True

    def _option_value(self, text: str, known: dict[str, object], default: Default) -> object:
        if not any(isinstance(piece, Call) for piece in parse(text)):
            return Resolver(known).text_value(text, ("option",))
        from stdspec.compose import hydra_adapter

        self.resolver_calls.append((text, default.choice))
        return hydra_adapter.resolve_option(text, known)

    def _open(self, default: Default) -> Exception:
        remedy = options_remedy("", self.repository.options(default.group_path)) if default.group else None
        return refuse(f"the option of {default.key} is left open ('???')", default.choice.span, remedy)

    def _unknown(self, node: Node) -> Exception:
        default, options = node.default, self.repository.options
        span = default.choice.span
        computed = next((text for text, choice in self.resolver_calls if choice is default.choice), None)
        if computed is not None:  # what a resolver gave may be a secret, and is not said
            return refuse(f"the option {computed} is computed by a resolver", span, "write the option's name")
        if default.primary:
            remedy = options_remedy(default.config_path, options(""), "configs")
            return refuse(f"there is no config '{default.config_path}'", span, remedy)
        group, name = default.group_path, default.name or ""
        if default.group is None:
            siblings = [f"{group}/{item}".lstrip("/") for item in options(group)]
            remedy = options_remedy(default.config_path, siblings, "configs there")
            return refuse(f"there is no config '{default.config_path}'", span, remedy)
        remedy = options_remedy(name, options(group)) or f"there is no group '{group}'"
        return refuse(f"the group {group} has no option '{name}'", span, remedy)


def _of_experiment(file: ConfigFile) -> bool:
    return file.path[len(file.root) :].lstrip("/\\").startswith(f"{EXPERIMENT}/")


def _plain(value: str | tuple[str, ...] | None) -> object:
    return list(value) if isinstance(value, tuple) else value


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


def _steps(node: Node) -> Iterator[Step]:
    """The configs below a node in the order in which they are merged."""
    if node.children:
        for child in node.children:
            yield from _steps(child)
        return
    owner = node.parent if node.default.is_self else node
    default = node.default
    if default.dropped or default.missing or default.name is None or owner is None or owner.file is None:
        return
    if owner.file.path or owner.default.config_path.startswith("hydra/"):
        yield Step(owner.default, owner.file, owner.default.final_package(), default.is_self)


def _refuse_doubles(steps: list[Step]) -> None:
    seen: set[str] = set()
    for step in steps:
        if step.is_self or step.default.group is None:
            continue
        if step.default.key in seen:
            message = f"{step.default.key} stands more than once in the final defaults list"
            raise refuse(message, step.default.choice.span, "keep one of them")
        seen.add(step.default.key)
