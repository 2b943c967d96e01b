"""HYD012: arguments that the class of a `_target_` does not take, or that it needs and does not get."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.domains import NO_ARGUMENTS
from stdspec.lint.arguments import arguments
from stdspec.lint.look import listed
from stdspec.lint.rule import Case, Rule
from stdspec.lint.target import resolve, search_path
from stdspec.paths import dotted
from stdspec.settings import Settings
from stdspec.standard.model import Fault
from stdspec.suggest import nearest


def check(spec: Composed, settings: Settings) -> Iterator[Fault]:
    """Unknown and missing keyword arguments of every allowed `_target_` whose source tells what it takes."""
    roots = search_path(settings) if spec.targets else ()
    for path, name in spec.targets:
        if not settings.allows_target(name):
            continue
        taken = arguments(resolve(name, roots), name, roots)
        if taken is None:
            continue
        place = path[:-1]
        table = spec.get(place)
        given = [str(key) for key in table if key not in NO_ARGUMENTS.get(dotted(place), {"_target_"})]
        for key in given:
            if key not in taken.names and not taken.open_ended:
                hint = nearest(key, taken.names)
                takes = f"it takes {listed(list(taken.names))}" if taken.names else "it takes none"
                yield Fault(
                    (*place, key),
                    f"{name} takes no argument '{key}'; {f'did you mean {hint}?' if hint else takes}",
                    key=True,
                    meant=hint or "",
                )
        missing = [key for key in taken.names if key in taken.required and key not in given]
        if missing:
            yield Fault(path, f"{name} needs {listed(missing)}; add it beside _target_")


_NETS = {
    "acme.py": "class Net:\n    def __init__(self, width: int, depth: int = 2) -> None: ...\nclass Deep(Net):\n    "
    "pass\n"
}

RULE = Rule(
    code="HYD012",
    slug="target-arguments",
    summary="A `_target_` gets arguments that it does not take, or lacks one that it needs",
    why="A misspelt argument is a TypeError after the data were read, or is swallowed. The keys beside `_target_` are "
    "held "
    "against the signature in the source, inherited ones included.",
    check=check,
    good=(
        Case("model: {_target_: acme.Net, width: 64, card: null}", allow=("acme",), files=_NETS),
        Case("model: {_target_: acme.Deep, width: 64, depth: 3}", allow=("acme",), files=_NETS),
    ),
    bad=(
        Case(
            "model: {_target_: acme.Net, width: 64, dept: 3}",
            "model.dept",
            "acme.Net takes no argument 'dept'; did you mean depth?",
            allow=("acme",),
            files=_NETS,
        ),
        Case(
            "model: {_target_: acme.Deep, depth: 3}",
            "model._target_",
            "acme.Deep needs width; add it beside _target_",
            allow=("acme",),
            files=_NETS,
        ),
    ),
    fixable="unsafe",
)
