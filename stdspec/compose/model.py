"""What a composition is: plain data, and for every leaf where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from stdspec.finding import Finding, Span
from stdspec.paths import MISSING, ConfigPath, select

if TYPE_CHECKING:
    from stdspec.compose.reach import Reach


class Origin(Struct, frozen=True, gc=False):
    """One place that wrote a value.

    Attributes:
        key: the span of the key; equal to `span` for list entries and overrides.
        span: the span of the value.
        value: what is written there, as plain data before interpolation.
        layer: what brought the file in, for people: ``config``, ``data: csv``, ``experiment=digits`` or the override's
            text.
        shipped: whether the file ships with stdspec.
        named: whether the user named the option (or wrote the file or the override); what stdspec/base selected is
            not named.
    """

    key: Span
    span: Span
    value: Any
    layer: str
    shipped: bool = False
    named: bool = True

    @property
    def assumed(self) -> bool:
        """A value of a shipped option that the user did not name: not a decision."""
        return self.shipped and not self.named


class Composed(Struct, frozen=True, dict=True):
    """One spec after composition.

    Attributes:
        name: what was composed, for people: ``conf/config.yaml`` or ``conf/config.yaml +experiment=digits``.
        entry: the entry point's file, absolute.
        value: the composition, interpolations as written.
        resolved: the same with interpolations filled in; one that cannot be filled stays as written.
        origins: for every leaf and every mapping, who wrote it: the winner first, then those it beat, newest first.
        choices: the chosen option of each group, ``{"data": "csv", "training/optimizer": "adamw"}``.
        files: every file read, absolute.
        overrides: the command-line overrides, in order.
        findings: what the composition itself found (codes HYD…, YML… of the files read).
        reach: of which paths it speaks, where it is another project's config that was read through a map; None for a
            spec, which speaks of all.
    """

    name: str
    entry: str
    value: dict[str, Any]
    resolved: dict[str, Any]
    origins: Mapping[ConfigPath, tuple[Origin, ...]]
    choices: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    reach: Reach | None = None

    def get(self, path: ConfigPath, default: Any = None) -> Any:
        """The resolved value at a path, or `default` when nothing stands there."""
        value = select(self.resolved, path)
        return default if value is MISSING else value

    def origin(self, path: ConfigPath) -> Origin | None:
        """Who wrote the value at `path`, or its nearest ancestor that somebody wrote; None for an empty spec."""
        for end in range(len(path), -1, -1):
            chain = self.origins.get(path[:end])
            if chain:
                return chain[0]
        return None

    def span(self, path: ConfigPath) -> Span | None:
        """Where a finding about the value at `path` points: the value, or the key of its nearest ancestor.

        Falls back to the first line of the entry file.
        """
        chain = self.origins.get(path)
        if chain:
            return chain[0].span
        return self.key_span(path[:-1])

    def key_span(self, path: ConfigPath) -> Span:
        """The span of the key at `path` or of its nearest ancestor; line 1 of the entry file when there is none."""
        for end in range(len(path), 0, -1):
            chain = self.origins.get(path[:end])
            if chain:
                return chain[0].key
        return Span(self.entry, 1, 1, 1, 1)

    def leaves(self, path: ConfigPath = ()) -> Iterator[tuple[ConfigPath, Any]]:
        """Every leaf (a scalar, a list, an empty mapping) at or below `path`, resolved, in document order."""
        value = select(self.resolved, path)
        if value is not MISSING:
            yield from _leaves(value, path)

    def assumed(self, path: ConfigPath) -> bool:
        """Whether the value at `path` is assumed: every leaf below it comes from a shipped option that nobody named."""
        winners = [chain[0] for leaf, _ in self.leaves(path) if (chain := self.origins.get(leaf))]
        return bool(winners) and all(winner.assumed for winner in winners)

    @cached_property
    def targets(self) -> tuple[tuple[ConfigPath, str], ...]:
        """The path and the name of every `_target_` at any place, in lists, too; open ones (`???`, `${…}`) left out."""
        found: list[tuple[ConfigPath, str]] = []
        _gather_targets(self.resolved, (), found)
        return tuple(found)


def _leaves(value: Any, path: ConfigPath) -> Iterator[tuple[ConfigPath, Any]]:
    left = [(path, value)]
    while left:
        path, value = left.pop()
        if isinstance(value, dict) and value:
            left.extend(((*path, key), child) for key, child in reversed(value.items()))
        else:
            yield path, value


def _gather_targets(value: Any, path: ConfigPath, found: list[tuple[ConfigPath, str]]) -> None:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "_target_" and isinstance(item, str):
            if item != "???" and "${" not in item:
                found.append(((*path, key), item))
        elif isinstance(item, _HOLDERS):
            _gather_targets(item, (*path, key), found)


_HOLDERS: Final = (dict, list)
