"""Writes facts that a run or the data settle (digests, the signature) into the files of a spec, and nothing else.

A fact goes where its like is written already; what a shipped option says is overridden in the spec's own file. No text
is taken before its composition says the fact and, apart from it, what was said before.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stdspec.compose.model import Composed
from stdspec.errors import InputError, StdspecError
from stdspec.finding import COMMAND_LINE
from stdspec.lint.fix import Change
from stdspec.paths import ConfigPath, contents, dotted, shown
from stdspec.source.put import put
from stdspec.source.reader import read
from stdspec.source.stand_in import standing_in


def pin(
    composed: Composed, own: str, root: Path, facts: Mapping[ConfigPath, Any], recompose: Callable[[], Composed]
) -> list[Change]:
    """What would change in which file; nothing is written.

    Args:
        composed: the spec.
        own: the file that people edit: the experiment's or the primary's.
        root: the project's folder, outside of which no file changes.
        facts: config path to the value that is to stand there.
        recompose: composes the same spec again, from texts that stand in for files.

    Raises:
        InputError: when a fact cannot be written so that it holds.
    """
    bench = _Bench(composed, own, root.resolve(), recompose)
    for path, value in facts.items():
        if bench.composed.get(path) != value:
            bench.pin(path, value)
    return [Change(path, bench.before[path], after) for path, after in bench.texts.items()]


def own_file(composed: Composed) -> str:
    """The file that people edit: that of the one option chosen on the command line, or the primary.

    Raises:
        InputError: when overrides say more, which no file holds.
    """
    if not composed.overrides:
        return composed.entry
    group, _, option = composed.overrides[0].lstrip("+").partition("=")
    name = f"{group}/{option}"
    for file in composed.files if len(composed.overrides) == 1 else ():
        if Path(file).with_suffix("").as_posix().endswith(f"/{name}"):
            return file
    raise InputError(
        "overrides are in no file, so nothing can be pinned for them",
        remedy="write them into an experiment, and pin that: stdspec pin +experiment=NAME",
    )


@dataclass(slots=True)
class _Bench:
    """The texts so far, and what is composed from them.

    Attributes:
        before: what the files hold, as far as they were read.
        texts: the texts that differ from it.
    """

    composed: Composed
    own: str
    root: Path
    recompose: Callable[[], Composed]
    before: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)

    def pin(self, path: ConfigPath, value: Any) -> None:
        """Take the first text whose composition says the fact, and nothing else that is new."""
        wanted = _with(self.composed.resolved, path, value)
        for file, where in self.places(path):
            made = put(file, self.data(file), where, value)
            after = None if made is None else self.tried({**self.texts, file: made})
            if made is not None and after is not None and after.resolved == wanted:
                self.texts[file], self.composed = made, after
                return
        holder = self.composed.origin(path)
        place = self.own if holder is None or holder.span.file == COMMAND_LINE else holder.span.file
        fact = f"{dotted(path)} cannot be written so that it holds"
        raise InputError(fact, shown(place), f"write it by hand: {dotted(path)}: {value}")

    def tried(self, texts: Mapping[str, bytes]) -> Composed | None:
        """What would be composed from some texts; None where it would be refused."""
        with standing_in(texts):
            try:
                return self.recompose()
            except StdspecError:
                return None

    def places(self, path: ConfigPath) -> list[tuple[str, ConfigPath]]:
        """The files that may hold the fact, and the path within each: the one that holds its like, then the spec's own.

        Raises:
            InputError: when neither is part of the project.
        """
        found = [(self.own, path)]
        for origin in self.composed.origins.get(path, ())[:1]:
            if isinstance(origin.value, dict) and origin.span.file != COMMAND_LINE:
                marks = read(origin.span.file, self.data(origin.span.file)).marks
                where = next((inner for inner, mark in marks.items() if inner and mark.value == origin.span), None)
                found = [(origin.span.file, where), *found] if where is not None else found
        allowed = [(file, where) for file, where in found if Path(file).resolve().is_relative_to(self.root)]
        if not allowed:
            remedy = "copy the spec into your own config folder, and pin the copy"
            fact = "this file is not part of the project, so nothing is pinned in it"
            raise InputError(fact, shown(self.own), remedy)
        return allowed

    def data(self, file: str) -> bytes:
        """The text of a file so far."""
        if file not in self.before:
            self.before[file] = contents(file)
        return self.texts.get(file, self.before[file])


def _with(spec: Mapping[str, Any], path: ConfigPath, value: Any) -> dict[str, Any]:
    """The spec with a value at a path."""
    made: dict[str, Any] = copy.deepcopy(dict(spec))
    inner: Any = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made
