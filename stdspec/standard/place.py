"""Where things stand: a clause points at what the user wrote, never at a default that nobody chose."""

from __future__ import annotations

from stdspec.compose.model import Composed
from stdspec.finding import Span
from stdspec.paths import ConfigPath
from stdspec.source.document import Document
from stdspec.standard.build import Locate


def place(composed: Composed, path: ConfigPath, *, key: bool = False) -> Span:
    """The span of the value (or key) at a path.

    Where nothing stands there, or only an assumed value, it is the key of the nearest ancestor that somebody decided,
    and at last the first line of the entry file.
    """
    chain = composed.origins.get(path)
    if path and chain and not chain[0].assumed:
        return chain[0].key if key else chain[0].span
    for end in range(len(path) - 1, 0, -1):
        for origin in composed.origins.get(path[:end], ()):
            if not origin.assumed:
                return origin.key
    return Span(composed.entry, 1, 1, 1, 1)


def locator(document: Document) -> Locate:
    """The function that finds where a path of a document stands."""

    def locate(path: ConfigPath, key: bool) -> Span | None:
        mark = document.marks.get(path)
        if mark is None:
            return None
        return mark.key if key else mark.value

    return locate
