"""The history of a value: every place that wrote it, newest first, and why it lost.

The origins of a composition hold the winner and what it replaced. What a merge passed over (``???``) and what went away
with a list or mapping that was replaced as a whole is found again in the origins of the value's ancestors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec.compose.interpolation import interpolated
from stdspec.compose.model import Composed, Origin
from stdspec.compose.order import why_after
from stdspec.compose.refusal import place_of
from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError, InputError
from stdspec.finding import COMMAND_LINE, Span
from stdspec.paths import MISSING, ConfigPath, Key, dotted, select
from stdspec.suggest import nearest

OPEN: Final = "???"


class Entry(Struct, frozen=True):
    """One place that wrote a value.

    Attributes:
        origin: the place, the value written there, the layer.
        reason: why it holds, or why it lost.
        wins: whether it is the one that holds.
    """

    origin: Origin
    reason: str
    wins: bool


def leaves(value: Any, path: ConfigPath = ()) -> Iterator[tuple[ConfigPath, Any]]:
    """Every leaf (a scalar, a list, an empty mapping) of plain data with its path, in document order."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    else:
        yield path, value


def find(composed: Composed, key: str) -> ConfigPath:
    """The config path that a key names: ``model.width``, ``model.hidden[0]`` or ``model.hidden.0``.

    Raises:
        InputError: when the composition has no such key.
    """
    known: dict[str, ConfigPath] = {}
    for path in _paths(composed.value, ()):
        known.setdefault(".".join(map(str, path)), path)
        known.setdefault(dotted(path), path)
    if key in known:
        return known[key]
    raise _unknown(composed, key, known)


def _paths(value: Any, path: ConfigPath) -> Iterator[ConfigPath]:
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from _paths(child, (*path, key))


def _unknown(composed: Composed, key: str, known: dict[str, ConfigPath]) -> InputError:
    for number, text in enumerate(composed.overrides, start=1):
        deleted = text[1:].partition("=")[0]
        if text.startswith("~") and (key == deleted or key.startswith(f"{deleted}.")):
            return InputError(f"{key} was deleted by override {number}, {text}", remedy="leave that override out")
    above = key
    while "." in above:
        above = above.rpartition(".")[0]
        path = known.get(above)
        if path is not None:
            break
    else:
        path, above = (), ""
    value = select(composed.value, path)
    if interpolated(value):
        return InputError(f"there is no key {key}: {above} is {value}", remedy=f"ask for {above}")
    if not isinstance(value, dict | list):
        origin = composed.origin(path)
        return InputError(f"there is no key {key}: {above} holds a value", place_of(origin.span if origin else None))
    guess = nearest(key, known)
    where = f" in {above}" if above else ""
    names = ", ".join(str(name) for name in value) if isinstance(value, dict) else f"0 to {len(value) - 1}"
    remedy = f"did you mean {guess}?" if guess else f"the keys{where or ' at the top'} are {names}" if names else None
    return InputError(f"there is no key {key} in {composed.name}", remedy=remedy)


def references(value: Any, path: ConfigPath = ()) -> Iterator[ConfigPath]:
    """The paths of the texts in plain data that refer to something."""
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from references(child, (*path, key))
    elif interpolated(value):
        yield path


def history(composed: Composed, path: ConfigPath) -> list[Entry]:
    """Every place that wrote the value at a path, newest first."""
    chain = _chain(composed, path)
    if not chain:
        above = composed.origin(path)
        return [Entry(above, "holds: it came with the reference written here", wins=True)] if above else []
    # What stands above the winner was passed over by the merge.
    winning = composed.origins.get(path, chain[:1])
    holder = next((index for index, origin in enumerate(chain) if origin in winning[:1]), 0)
    return [
        Entry(origin, _reason(composed, chain, index, holder, path), index == holder)
        for index, origin in enumerate(chain)
    ]


def _reason(composed: Composed, chain: Sequence[Origin], index: int, holder: int, path: ConfigPath) -> str:
    origin = chain[index]
    if index < holder:
        return "left open (???), which leaves the value as it is"
    if index == holder:
        if origin.span.file == COMMAND_LINE:
            return "holds: an override on the command line"
        return "left open (???): nobody fills it" if origin.value == OPEN else "holds"
    later = next(item for item in reversed(chain[:index]) if item.value != OPEN or item is chain[holder])
    deleted = _deleted(composed, path)
    if deleted is not None and origin not in composed.origins.get(path, ()):
        return f"deleted by the override {deleted}"
    return why_after(later, origin, composed.files)


def _deleted(composed: Composed, path: ConfigPath) -> str | None:
    """The override that deleted this key, or one above it, before somebody wrote it again."""
    key = dotted(path)
    for text in composed.overrides:
        deleted = text[1:].partition("=")[0]
        if text.startswith("~") and (key == deleted or key.startswith((f"{deleted}.", f"{deleted}["))):
            return text
    return None


def _chain(composed: Composed, path: ConfigPath) -> list[Origin]:
    """Who wrote the value, newest first, with those whom the composition's own chain does not hold any more."""
    own = list(composed.origins.get(path, ()))
    if not path:
        return own
    chain: list[Origin] = []
    while own and own[0].span.file == COMMAND_LINE:
        chain.append(own.pop(0))
    for above in _chain(composed, path[:-1]):
        at = next((index for index, origin in enumerate(own) if _same_writer(origin, above)), None)
        if at is not None:
            chain += own[: at + 1]
            del own[: at + 1]
        elif not any(_same_writer(origin, above) for origin in chain):
            part = _part(above, path[-1])
            chain += [part] if part is not None else []
    return chain + own


def _same_writer(one: Origin, other: Origin) -> bool:
    """Whether two origins come from one config in one role; of overrides, from the same one."""
    same = one.span.file == other.span.file and one.layer == other.layer
    return same and (one.span.file != COMMAND_LINE or one.span.line == other.span.line)


def _part(origin: Origin, key: Key) -> Origin | None:
    """Who wrote one part of what an origin wrote: the part's own place in the file."""
    value = select(origin.value, (key,))
    if value is MISSING:
        return None
    if origin.span.file == COMMAND_LINE:
        return replace(origin, value=value)
    spans = _spans(origin.span, key)
    return replace(origin, value=value, key=spans[0], span=spans[1])


def _spans(above: Span, key: Key) -> tuple[Span, Span]:
    """Where the key and the value of a part stand, found through the place of what holds it."""
    try:
        marks = parsed_document(above.file).marks
    except (ComposeError, OSError):
        return above, above
    for path, mark in marks.items():
        if mark.value == above and (*path, key) in marks:
            inner = marks[(*path, key)]
            return inner.key, inner.value
    return above, above
