"""HYD011: a `_target_` that may run and does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.rule import Case, Rule
from stdspec.lint.target import is_name, resolve, search_path
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, settings: Settings) -> Iterator[Fault]:
    """Every allowed `_target_` that no source defines; one whose package is not installed is only noted."""
    roots = search_path(settings) if spec.targets else ()
    for path, name in spec.targets:
        if is_name(name) and not settings.allows_target(name):
            continue
        found = resolve(name, roots)
        if found.fault is not None:
            remedy = "" if "; " in found.fault else "; name one that exists"
            yield Fault(path, found.fault + remedy, meant=found.meant)
        elif found.unchecked is not None:
            yield Fault(path, found.unchecked, note=True)


_NETS = {"acme/__init__.py": "from acme.nets import Net as Best\n", "acme/nets.py": "class Net:\n    pass\n"}

RULE = Rule(
    code="HYD011",
    slug="target-not-found",
    summary="A `_target_` names code that does not exist",
    why="A misspelt class fails when the run begins, after the data were read. The source is read here, not imported, "
    "so that "
    "nothing runs; where a package is not installed, that it was not checked is said as an info.",
    check=check,
    good=(
        Case("model: {_target_: acme.nets.Net}", allow=("acme",), files=_NETS),
        Case("model: {_target_: acme.Best}", allow=("acme",), files=_NETS),
    ),
    bad=(
        Case(
            "model: {_target_: acme.nets.Nett}",
            "model._target_",
            "there is nothing called 'Nett' in 'acme.nets'; did you mean 'acme.nets.Net'?",
            allow=("acme",),
            files=_NETS,
        ),
        Case(
            "model: {_target_: acme.models.Transformer}",
            "model._target_",
            "there is no module 'models' in 'acme'; name one that exists",
            allow=("acme",),
            files=_NETS,
        ),
        Case(
            "model: {_target_: acme.nets.Net, layers: [{_target_: ../../secret}]}",
            "model.layers[0]._target_",
            "'../../secret' is no dotted name; write it as in an import, such as acme.nets.Net",
            allow=("acme",),
            files=_NETS,
        ),
        Case(
            "model: {_target_: acme.nets}",
            "model._target_",
            "'acme.nets' is a module; name a class in it",
            allow=("acme",),
            files=_NETS,
        ),
    ),
    fixable="unsafe",
)
