"""Fills interpolations in. What cannot be filled stays as written and is a problem with its path.

A path in progress may not be entered again, what is referred to is shared and counted, and texts may not grow without
bound: hostile references cost no more than their own length.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from msgspec import Struct

from stdspec.compose import variables
from stdspec.compose.interpolation import Call, GrammarError, Piece, Reference, index_of, interpolated, parse, split_key
from stdspec.paths import ConfigPath, Key, dotted, select
from stdspec.suggest import nearest

MISSING_VALUE: Final = "???"
MAX_NODES: Final = 100_000
MAX_TEXT: Final = 1_000_000
MAX_PARTS: Final = 10_000
"""How many references one text may hold."""
MAX_GUESSES: Final = 50
"""After so many faults no names are suggested any more: each guess looks at every name."""
MAX_STEPS: Final = 100
"""How many references may follow one another."""


class Problem(Struct, frozen=True):
    """A value that cannot be resolved.

    Attributes:
        code: the finding's code.
        message: its words.
        path: the path of the value.
        instead: a word of the value, and the one that probably belongs there; None where none is near.
    """

    code: str
    message: str
    path: ConfigPath
    instead: tuple[str, str] | None = None


class UnresolvableError(Exception):
    """Why a text cannot be resolved.

    `noted` when the cause is a problem of another value; `instead` as in `Problem`.
    """

    def __init__(self, code: str, message: str, noted: bool = False, instead: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.noted, self.instead = code, message, noted, instead


def _broken(message: str, instead: tuple[str, str] | None = None) -> UnresolvableError:
    return UnresolvableError("HYD002", message, instead=instead)


def _cycle(text: str) -> UnresolvableError:
    message = f"{text} leads back to itself; write the value once and refer to it from one side"
    return UnresolvableError("HYD003", message)


class Resolver:
    """Resolves the interpolations of one composition, which it does not change.

    Args:
        root: the composition.
        allowed_variables: the environment variables that may be referred to.
        with_resolvers: a program may register resolvers: what they are called with is to have a value.
    """

    def __init__(self, root: Any, allowed_variables: Collection[str] = (), *, with_resolvers: bool = False) -> None:
        self._root = root
        self._with_resolvers = with_resolvers
        self._allowed = frozenset(allowed_variables)
        self._done: dict[ConfigPath, tuple[Any, int]] = {}
        self._failed: set[ConfigPath] = set()
        self._open: set[ConfigPath] = set()
        self._steps = 0
        self.problems: list[Problem] = []

    def all(self) -> Any:
        """The whole composition resolved; the problems are in `problems` afterwards."""
        resolved = self._value((), self._root)[0]
        for path, text in variables.mentions(resolved):
            if path not in self._failed and not variables.placed(resolved, path):
                message = f"{text} cannot stand here; an environment variable may stand in {variables.WHERE}"
                self._note(UnresolvableError("HYD004", message), path)
        return resolved

    def locate(self, path: ConfigPath) -> ConfigPath | None:
        """The path of the value that the interpolation at `path` refers to, or None when it refers to none."""
        try:
            pieces = parse(select(self._root, path))
            if len(pieces) == 1 and isinstance(pieces[0], Reference):
                return self._target(pieces[0], path)
        except (UnresolvableError, GrammarError):
            pass
        return None

    def filled(self, path: ConfigPath) -> Any:
        """The value at a path with its references filled in; one that cannot be filled stays as written."""
        return self._value(path, select(self._root, path))[0]

    def text_value(self, text: str, path: ConfigPath) -> Any:
        """The value of one text as if it stood at `path`.

        Raises:
            UnresolvableError: when it has none.
        """
        return self._text(text, path)[0]

    def _value(self, path: ConfigPath, raw: Any) -> tuple[Any, int]:
        """The resolved value at a path and how many nodes it has."""
        known = self._done.get(path)
        if known is None:
            known = self._done[path] = self._fresh(path, raw)
        return known

    def _fresh(self, path: ConfigPath, raw: Any) -> tuple[Any, int]:
        if isinstance(raw, str):
            if raw == MISSING_VALUE:
                self._note(HYD_MISSING, path)
            return self._noted(raw, path) if "${" in raw else (raw, 1)
        if not isinstance(raw, dict | list):
            return raw, 1
        if path in self._open:
            raise _cycle(f"a reference to {dotted(path) or 'the whole spec'}")
        self._open.add(path)
        try:
            return self._collection(path, raw)
        finally:
            self._open.discard(path)

    def _collection(self, path: ConfigPath, raw: dict[Key, Any] | list[Any]) -> tuple[Any, int]:
        size = 1
        items: dict[Key, Any] = {}
        for key, child in raw.items() if isinstance(raw, dict) else enumerate(raw):
            if isinstance(child, str):
                plain = "${" not in child and child != MISSING_VALUE
            else:
                plain = not isinstance(child, _HOLDERS)
            if plain:  # most values by far
                items[key], count = child, 1
            else:
                items[key], count = self._value((*path, key), child)
            size += count
            if size > MAX_NODES:
                message = f"its references expand to more than {MAX_NODES} values; refer to smaller parts"
                self._note(UnresolvableError("HYD007", message), path)
                return raw, 1
        return (items if isinstance(raw, dict) else list(items.values())), size

    def _noted(self, raw: str, path: ConfigPath) -> tuple[Any, int]:
        """A text resolved; one that cannot be is left as written and noted as a problem."""
        try:
            return self._text(raw, path)
        except UnresolvableError as error:
            if not error.noted:
                self._note(error, path)
            self._failed.add(path)
            return raw, 1

    def _note(self, error: UnresolvableError, path: ConfigPath) -> None:
        self.problems.append(Problem(error.code, error.message, path, error.instead))
        self._failed.add(path)

    def _text(self, text: str, path: ConfigPath) -> tuple[Any, int]:
        if path in self._open:
            raise _cycle(text)
        if self._steps >= MAX_STEPS:
            raise _broken(f"more than {MAX_STEPS} references follow one another; shorten the chain")
        if text.count("${") > MAX_PARTS:
            raise UnresolvableError("HYD007", f"it holds more than {MAX_PARTS} references; refer to smaller parts")
        self._open.add(path)
        self._steps += 1
        try:
            pieces = parse(text)
            if len(pieces) == 1 and not isinstance(pieces[0], str):
                return self._piece(pieces[0], path)
            joined = self._joined(pieces, path)
        except GrammarError as error:
            raise _broken(f"{error}; close the braces") from None
        finally:
            self._open.discard(path)
            self._steps -= 1
        if len(joined) > MAX_TEXT:
            message = f"its references expand to more than {MAX_TEXT} characters; refer to smaller parts"
            raise UnresolvableError("HYD007", message)
        return joined, 1

    def _joined(self, pieces: tuple[Piece, ...], path: ConfigPath) -> str:
        """The pieces as one text; beside a reference to a variable, what is literal is written with its escapes."""
        texts = [(isinstance(piece, Call | Reference), self._as_text(piece, path)) for piece in pieces]
        plain = "".join(text for _, text in texts)
        if variables.OPENING not in plain:
            return plain
        out, literal = "", ""
        for referred, text in texts:
            if referred and variables.OPENING in text:
                out, literal = out + variables.escaped(literal, before_call=True) + text, ""
            else:
                literal += text
        return out + variables.escaped(literal)

    def _as_text(self, piece: Piece, path: ConfigPath) -> str:
        if isinstance(piece, str):
            return piece
        if isinstance(piece, Reference):
            target = self._target(piece, path)
            raw = select(self._root, target)
            if isinstance(raw, dict | list):
                self._refuse_holder(target, path)
                return str(raw)
        return str(self._piece(piece, path)[0])

    def _piece(self, piece: Reference | Call, path: ConfigPath) -> tuple[Any, int]:
        if isinstance(piece, Call):
            return self._call(piece, path), 1
        target = self._target(piece, path)
        self._refuse_holder(target, path)
        value = self._value(target, select(self._root, target))
        if target in self._failed:
            raise UnresolvableError("HYD002", f"{dotted(target)} has no value", noted=True)
        return value

    def _refuse_holder(self, target: ConfigPath, path: ConfigPath) -> None:
        """Refuses a reference to what holds it, at once or through other references."""
        holds = any(len(known) > len(target) and known[: len(target)] == target for known in self._open)
        if holds or path[: len(target)] == target:
            raise _cycle("the reference to " + (dotted(target) or "the whole spec"))

    def _key(self, pieces: tuple[Piece, ...], path: ConfigPath) -> str:
        if any(isinstance(piece, Call) for piece in pieces):
            raise _broken("what a reference names may not be computed by a resolver; write the name")
        return "".join(piece if isinstance(piece, str) else self._part(piece, path) for piece in pieces)

    def _part(self, piece: Reference | Call, path: ConfigPath) -> str:
        """A part of a name that a reference fills in; OmegaConf takes nothing but a text there."""
        value = self._piece(piece, path)[0]
        if not isinstance(value, str):
            raise _broken(f"a part of the name is to be a text and is {value!r}; quote the value")
        return value

    def _target(self, reference: Reference, path: ConfigPath) -> ConfigPath:
        """The path that a reference standing at `path` names, through references on the way."""
        key = self._key(reference.pieces, path)
        written = "${" + "." * reference.dots + key + "}"
        if reference.dots > len(path):
            raise _broken(f"{written} has more dots than there are levels above it; count them again")
        at: ConfigPath = path[: len(path) - reference.dots] if reference.dots else ()
        parts = split_key(key) if key else []
        for part in parts:
            at = self._container(at, written)
            at = (*at, self._step(at, part, written))
        return at

    def _step(self, at: ConfigPath, part: str, written: str) -> Key:
        raw = select(self._root, at)
        if isinstance(raw, dict) and part in raw:
            return part
        index = index_of(part) if isinstance(raw, list) else None
        if index is not None and index < len(raw):
            return index
        where = f"in {dotted(at)}" if at else "at the top"
        known = raw if isinstance(raw, dict) and len(self.problems) < MAX_GUESSES else {}
        guess = nearest(part, (str(key) for key in known))
        remedy = f"did you mean '{guess}'?" if guess else "correct the name or add the value"
        message = f"{written} names nothing: there is no '{part}' {where}; {remedy}"
        raise _broken(message, (part, guess) if guess else None)

    def _container(self, at: ConfigPath, written: str) -> ConfigPath:
        """`at`, or where the interpolation that stands there leads."""
        raw = select(self._root, at)
        steps = 0
        while interpolated(raw):
            pieces = parse(raw)
            if at in self._open or steps > MAX_STEPS:
                raise _cycle(written)
            if len(pieces) == 1 and isinstance(pieces[0], Call) and self._with_resolvers:
                self._call(pieces[0], at)  # which says that nobody knows here what it gives
            if len(pieces) != 1 or not isinstance(pieces[0], Reference):
                break
            self._open.add(at)
            try:
                target = self._target(pieces[0], at)
            finally:
                self._open.discard(at)
            at, raw, steps = target, select(self._root, target), steps + 1
        if not isinstance(raw, dict | list):
            raise _broken(f"{written} names nothing: {dotted(at)} is no mapping; correct the name")
        return at

    def _call(self, call: Call, path: ConfigPath) -> Any:
        if self._with_resolvers:
            self._look_up(call, path)
        if call.resolver != variables.RESOLVER:
            message = f"the resolver '{call.resolver}' is not allowed in a spec; write the value"
            raise UnresolvableError("HYD004", message)
        found = variables.split(call.arguments)
        if found is None or found[0] not in self._allowed:
            name = found[0] if found else call.arguments
            message = f"the environment variable {name} is not allowed; add it to allow-env in the project's settings"
            raise UnresolvableError("HYD004", message)
        return f"{variables.OPENING}{call.arguments.strip()}}}"  # filled in where it is used, and nowhere before

    def _look_up(self, call: Call, path: ConfigPath) -> None:
        """Follows the references among the arguments of a call, which are filled in before the call."""
        for piece in call.within:
            if isinstance(piece, Call):
                self._look_up(piece, path)
            else:
                self._target(piece, path)


_HOLDERS: Final = (dict, list)

HYD_MISSING: Final = UnresolvableError(
    "HYD001", "a value is missing ('???'); write it here, in what selects this file, or on the command line"
)
