"""Which standards a repository is judged by: those that its specs name, with those that these extend."""

from __future__ import annotations

from collections.abc import Sequence

from stdspec import clock
from stdspec.lint import judged
from stdspec.lint.against import specs
from stdspec.settings import Settings
from stdspec.standard.model import Standard


def standards(paths: Sequence[str], settings: Settings) -> list[Standard]:
    """Every standard that a spec under some paths names and that can be judged by, each once, in their order.

    What cannot be composed names none; `lint` says so.

    Raises:
        InputError: for a path at which there is nothing.
    """
    found: dict[str, Standard] = {}
    today = clock.today()
    for path in paths:
        for _, composed in specs(path).composed:
            found.update((item.label, item) for item in judged.standards(composed, settings, today)[0])
    return list(found.values())
