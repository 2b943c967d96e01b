"""The two ways to compose: exactly what Hydra gives, or a spec with origins and with what there is to say about it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from stdspec import resources
from stdspec.codes import SLUGS
from stdspec.compose.composition import Composition, build, files_of
from stdspec.compose.located import located
from stdspec.compose.model import Composed
from stdspec.compose.policy import policy_findings, value_findings, without_outsiders
from stdspec.compose.refusal import Broken, broken
from stdspec.compose.resolve import MISSING_VALUE, Problem, Resolver
from stdspec.compose.rules import LINT, Policy, Rules, version_of
from stdspec.compose.trace import flatten
from stdspec.compose.walk import EXPERIMENT
from stdspec.finding import Finding, Severity, Span
from stdspec.paths import shown
from stdspec.settings import Settings, load


def compose(
    config_dir: str, config_name: str | None, overrides: Sequence[str], version_base: str | None = None
) -> dict[str, Any]:
    """What Hydra's compose API gives, as plain data before interpolation and without the `hydra` node.

    Args:
        config_dir: the folder of the configs.
        config_name: the primary config without `.yaml`, or None.
        overrides: the command line, in Hydra's grammar.
        version_base: the version of Hydra whose rules hold, 1.1 to 1.3; None for 1.3.

    Raises:
        ComposeError: when Hydra would refuse.
    """
    rules = Rules(version_of(version_base))
    value: dict[str, Any] = _copy(build(os.path.abspath(config_dir), config_name, overrides, None, rules).value)
    return value


def compose_with_origins(
    config_dir: str,
    config_name: str | None,
    overrides: Sequence[str],
    *,
    append_shipped: bool = True,
    settings: Settings | None = None,
    version_base: str | None = None,
    policy: Policy = LINT,
    strict: bool = True,
) -> Composed:
    """Composes one entry point, with the origin of every value.

    Args:
        config_dir: the folder of the configs.
        config_name: the primary config without `.yaml`, or None.
        overrides: the command line, in Hydra's grammar.
        append_shipped: look in the shipped config groups for what the folder lacks.
        settings: the project's settings; those that hold in the folder when None.
        version_base: the version of Hydra whose rules hold, 1.1 to 1.3; None for that of the settings, else 1.3.

        policy: LINT imports nothing and reads no variable; HYDRA does what Hydra does.

        strict: refuse what Hydra takes and a spec may not hold: a list at the top, a number as a key, infinity.

    Raises:
        ComposeError: when Hydra would refuse; as `Broken` when a file has faults of its own.
    """
    folder = os.path.abspath(config_dir)
    settings = settings or load(Path(folder))
    folders = (folder, str(settings.root), str(resources.conf()))
    shipped = str(resources.conf()) if append_shipped else None
    rules = Rules(version_of(version_base or settings.version_base), policy, _packages(settings))
    try:
        result = build(folder, config_name, overrides, shipped, rules)
    except Broken as error:
        raise broken(without_outsiders(error.findings, *folders)) from None
    faults = [item for item in result.repository.findings if strict and item.severity is Severity.ERROR]
    faults += value_findings(result.overrides)
    if faults:
        raise broken(without_outsiders(faults, *folders))
    value = _copy(result.value)
    resolved, problems = _resolved(result, value, settings, strict=strict)
    origins = flatten(result.trace)
    entry = _entry_file(result, folder)
    name = shown(result.primary.path) if result.primary else shown(folder)
    return Composed(
        name=" ".join((name, *overrides)),
        entry=entry,
        value=value,
        resolved=resolved,
        origins=origins,
        choices=_chosen(result),
        files=tuple(file.path for file in result.repository.files),
        overrides=tuple(overrides),
        findings=(
            *result.repository.findings,
            *policy_findings(result, settings),
            *_emptiness(entry, result),
            *(_computed(text, choice.span) for text, choice in result.walk.options.calls),
            *(located(problem, origins, result.steps) for problem in problems),
        ),
    )


def files_read(
    config_dir: str, config_name: str | None, overrides: Sequence[str], settings: Settings
) -> frozenset[str]:
    """The files that a composition reads, absolute, as the defaults lists say; nothing is merged.

    Args:
        config_dir: the folder of the configs.
        config_name: the primary config, or None.
        overrides: the command line, in Hydra's grammar.
        settings: the project's settings.

    Raises:
        ComposeError: when the defaults lists cannot be followed.
    """
    rules = Rules(version_of(settings.version_base), LINT, _packages(settings))
    return files_of(os.path.abspath(config_dir), config_name, overrides, str(resources.conf()), rules)


def _resolved(result: Composition, value: Any, settings: Settings, *, strict: bool) -> tuple[Any, Sequence[Problem]]:
    """The value of a composition with its references filled in, and what cannot be filled in."""
    texts = [step.file.document.text for step in result.steps]
    if not result.overrides and not any(sign in text for text in texts for sign in _SIGNS):
        return value, ()
    resolver = Resolver(result.value, settings.allow_env, with_resolvers=not strict)
    return resolver.all(), resolver.problems


_SIGNS: Final = ("${", MISSING_VALUE, "\\")
"""What stands in every file with something to resolve, or in which an escape may hide it."""


def _packages(settings: Settings) -> dict[str, str]:
    return {name: os.path.abspath(settings.root / place) for name, place in settings.packages}


def _chosen(result: Composition) -> dict[str, str]:
    """The options of the groups, by name, Hydra's own groups left out."""
    made = sorted(result.walk.choices.made.items())
    return {key: value for key, value in made if value is not None and not key.startswith("hydra/")}


def _entry_file(result: Composition, folder: str) -> str:
    """The file that people edit: the experiment's when there is one, else the primary config's."""
    for step in result.steps:
        if step.default.group is not None and step.default.group_path == EXPERIMENT:
            return step.file.path
    return result.primary.path if result.primary is not None else folder


def _emptiness(entry: str, result: Composition) -> Iterator[Finding]:
    for file in result.repository.files:
        if file.path == entry and file.document.empty:
            yield Finding(
                "YML010", SLUGS["YML010"], Severity.ERROR, "the file says nothing; write a spec", span=file.span
            )


def _computed(text: str, span: Span | None) -> Finding:
    message = f"the option {text} is computed by a resolver, which a spec may not use; write the option's name"
    return Finding("HYD004", SLUGS["HYD004"], Severity.ERROR, message, "defaults", span)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(child) if isinstance(child, _HOLDERS) else child for key, child in value.items()}
    if isinstance(value, list):
        return [_copy(child) if isinstance(child, _HOLDERS) else child for child in value]
    return value


_HOLDERS: Final = (dict, list)
