"""HYD010: a `_target_` that the project's settings do not allow to run."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.rule import Case, Rule
from stdspec.lint.target import is_name, resolve, search_path
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, settings: Settings) -> Iterator[Fault]:
    """Every `_target_` outside `allow-targets`; it is also said when there is no such code to allow."""
    roots = search_path(settings) if spec.targets else ()
    for path, name in spec.targets:
        if settings.allows_target(name) or not is_name(name):
            continue
        top = name.split(".")[0]
        found = resolve(name, roots)
        if found.unchecked is not None and found.unchecked.startswith("there is no package"):
            message = f"'{name}' is not under allow-targets, and no module '{top}' exists here; name code that exists"
        else:
            message = f"'{name}' is not under allow-targets; add '{top}' to the project's settings once you trust it"
        yield Fault(path, message)


RULE = Rule(
    code="HYD010",
    slug="target-not-allowed",
    summary="A `_target_` is not under the project's allow-targets",
    why="A `_target_` is code that runs. Which code may run is for the settings of the project to say "
    "(`allow-targets` in "
    "stdspec.toml or pyproject.toml), never for a spec, which anybody may hand in.",
    check=check,
    good=(
        Case("model: {_target_: acme.nets.Net}", allow=("acme",), files={"acme/nets.py": "class Net: ..."}),
        Case("model: {kind: mlp}"),
    ),
    bad=(
        Case(
            "model: {_target_: os.system}",
            "model._target_",
            "'os.system' is not under allow-targets; add 'os' to the project's settings once you trust it",
        ),
        Case(
            "model: {_target_: nowhere_at_all.nets.Net}",
            "model._target_",
            "'nowhere_at_all.nets.Net' is not under allow-targets, and no module 'nowhere_at_all' exists here; name "
            "code that "
            "exists",
            allow=("acme",),
        ),
    ),
)
