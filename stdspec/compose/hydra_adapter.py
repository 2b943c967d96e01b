"""The only module that imports Hydra and OmegaConf, and only when something needs them.

Hydra parses unusual overrides, and together with OmegaConf it is the reference that `verify` compares with.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from stdspec.errors import InputError
from stdspec.installed import version

SUPPORTED = ((1, 3, 8), (1, 4))
"""The first version that is safe to use, and the first one that was never looked at."""


class OverrideSyntaxError(ValueError):
    """A text that Hydra's override grammar refuses."""


class ReferenceRefusedError(Exception):
    """Hydra itself refused the composition; the text is its message."""


@cache
def check_version() -> None:
    """Refuses a Hydra other than the supported ones.

    Raises:
        InputError: when the installed version is older or newer.
    """
    found = version("hydra-core") or "of an unknown version"
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    if not SUPPORTED[0] <= numbers < SUPPORTED[1]:
        raise InputError(f"hydra-core {found} is installed", remedy='install "hydra-core>=1.3.8,<1.4"')


@cache
def _overrides_parser() -> Any:
    check_version()
    from hydra.core.override_parser.overrides_parser import OverridesParser

    return OverridesParser.create()


def parse_override(text: str) -> tuple[str, str, str | None, Any, bool]:
    """Prefix (``+``, ``++``, ``~`` or none), key, package, value and whether it is a sweep.

    Raises:
        OverrideSyntaxError: when the grammar refuses the text.
    """
    parser = _overrides_parser()
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        parsed = parser.parse_overrides([text])[0]
        sweep = parsed.is_sweep_override()
        value = None if sweep else parsed.value()
    except RecursionError:
        raise OverrideSyntaxError("it is nested too deeply") from None
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise OverrideSyntaxError(_in_plain_words(str(error))) from None
    prefix = {"CHANGE": "", "ADD": "+", "FORCE_ADD": "++", "DEL": "~"}[parsed.type.name]
    return prefix, parsed.key_or_group, parsed.package, value, sweep


_WORDS: Final = {
    "missing EQUAL at '<EOF>'": "it has no '='",
    "no viable alternative at input": "its value breaks off, or a bracket or a quote is not closed",
    "mismatched input '<EOF>'": "its value breaks off, or a bracket or a quote is not closed",
}


def first_values(texts: Sequence[str]) -> tuple[str, ...]:
    """The overrides of a command line, a sweep by the first of its values; what only Hydra can list stays away.

    Raises:
        OverrideSyntaxError: when the grammar refuses one.
    """
    from hydra.core.override_parser.types import Glob, IntervalSweep
    from hydra.errors import HydraException

    found = []
    for text in texts:
        try:
            parsed = _overrides_parser().parse_overrides([text])[0]
            value = parsed.value() if parsed.is_sweep_override() else None
            if isinstance(value, Glob):
                continue
            if isinstance(value, IntervalSweep):
                text = f"{parsed.get_key_element()}={value.start}"
            elif value is not None:
                text = f"{parsed.get_key_element()}={next(iter(parsed.sweep_string_iterator()))}"
        except (HydraException, ValueError) as error:
            raise OverrideSyntaxError(f"{text}: {_in_plain_words(str(error))}") from None
        found.append(text)
    return tuple(found)


_LEXER: Final = "LexerNoViableAltException: "


def _in_plain_words(message: str) -> str:
    """What Hydra's override parser says, without the names of its classes and its links."""
    lines = [line for line in message.split("\n") if line.strip() and not line.startswith("See https:")]
    if lines[0].startswith(_LEXER) and len(lines) > 1:
        return f"the character in column {len(lines[1]) - len(_LEXER)} is not allowed there"
    kept = lines[1:] if lines[0].startswith("Error parsing override") and len(lines) > 1 else lines
    said = kept[0].strip()
    return next((words for begin, words in _WORDS.items() if said.startswith(begin)), said)


def resolve_option(text: str, known: Mapping[str, object]) -> object:
    """An option of a defaults list that a resolver computes, ``${oc.env:DB,mysql}``; None when it has no value."""
    check_version()
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        node = OmegaConf.create({"option": text})
        node._set_parent(OmegaConf.create(dict(known)))  # as Hydra does: `${..db}` is a choice, `${.db}` is nothing
        return node["option"]
    except OmegaConfBaseException:
        return None


def search_path(body: Mapping[str, object]) -> object:
    """What a config says in `hydra.searchpath`, its references and resolvers filled in.

    Raises:
        ReferenceRefusedError: when they cannot be.
    """
    check_version()
    from omegaconf import ListConfig, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        found = OmegaConf.select(OmegaConf.create(dict(body)), "hydra.searchpath")
        return list(found) if isinstance(found, ListConfig) else found
    except OmegaConfBaseException as error:
        raise ReferenceRefusedError(str(error).partition("\n")[0]) from error


@cache
def find_plugins() -> None:
    """Have Hydra look for its plugins, which it imports: what is installed, and nothing in the working folder.

    `python -m stdspec` has that folder on the import path, and who runs a spec there has not asked for its code.
    """
    check_version()
    from hydra.core.plugins import Plugins

    here = os.path.realpath(os.curdir)
    kept = sys.path[:]
    sys.path[:] = [path for path in sys.path if path and os.path.realpath(path) != here]
    try:
        Plugins.instance()
    finally:
        sys.path[:] = kept


@contextmanager
def _hydra(config_dir: str, appended: str | None, version_base: str) -> Iterator[Any]:
    """Hydra's compose function over a folder, its global state as it was before afterwards."""
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    find_plugins()
    kept = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with initialize_config_dir(config_dir, version_base=version_base):
                hydra = GlobalHydra.instance().hydra
                if appended is not None and hydra is not None:
                    path = hydra.config_loader.get_search_path()
                    path.append("stdspec", f"file://{appended}")
                    elements = path.get_path()
                    elements.append(elements.pop([item.provider for item in elements].index("schema")))  # stays last
                    hydra.config_loader.repository.initialize_sources(path)  # type: ignore[attr-defined]
                yield compose
    finally:
        GlobalHydra.instance().clear()
        if kept is not None:
            GlobalHydra.instance().initialize(kept)


def reference(
    config_dir: str,
    config_name: str | None,
    overrides: Sequence[str],
    appended: str | None,
    version_base: str = "1.3",
) -> Any:
    """What Hydra's compose API gives, as plain data without the `hydra` node and before interpolation.

    Args:
        config_dir: the folder of the configs, absolute.
        config_name: the primary config, or None.
        overrides: the command line.
        appended: a folder to append to the search path.
        version_base: the version of Hydra whose rules hold.

    Raises:
        ReferenceRefusedError: when Hydra refuses.
    """
    value: dict[Any, Any] = whole(config_dir, config_name, overrides, appended, version_base)
    return {key: child for key, child in value.items() if key != "hydra"}


def whole(
    config_dir: str,
    config_name: str | None,
    overrides: Sequence[str],
    appended: str | None,
    version_base: str = "1.3",
) -> Any:
    """What Hydra's compose API gives with the `hydra` node, as plain data before interpolation.

    Args and refusals are those of `reference`.
    """
    with _composed(config_dir, config_name, overrides, appended, version_base) as config:
        from omegaconf import OmegaConf

        return OmegaConf.to_container(config, resolve=False, enum_to_str=True)


def output_dir(
    config_dir: str, config_name: str | None, overrides: Sequence[str], appended: str | None, version_base: str = "1.3"
) -> str:
    """The value of `hydra.run.dir`, filled in.

    Args and refusals are those of `reference`.
    """
    with _composed(config_dir, config_name, overrides, appended, version_base) as config:
        from hydra.core.hydra_config import HydraConfig

        kept = HydraConfig.instance().cfg
        HydraConfig.instance().set_config(config)
        try:
            return str(config.hydra.run.dir)
        finally:
            HydraConfig.instance().cfg = kept


def to_yaml(value: Any) -> str:
    """Plain data as Hydra prints a config."""
    check_version()
    from omegaconf import OmegaConf

    return OmegaConf.to_yaml(OmegaConf.create(value))


@contextmanager
def _composed(
    config_dir: str, config_name: str | None, overrides: Sequence[str], appended: str | None, version_base: str
) -> Iterator[Any]:
    """Hydra's composition; what it says when it refuses it, or something asked of it, is one message."""
    check_version()
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        with _hydra(config_dir, appended, version_base) as compose:
            yield compose(config_name, overrides=list(overrides), return_hydra_config=True)
    except (*_REFUSALS, HydraException, OmegaConfBaseException, YAMLError) as error:
        lines = [line.strip() for line in f"{error}\n{error.__cause__ or ''}".split("\n") if line.strip()]
        raise ReferenceRefusedError(" ".join(lines[:2]) or type(error).__name__) from error


_REFUSALS = (ValueError, TypeError, AssertionError, AttributeError, KeyError, IndexError, OSError, RecursionError)
"""What escapes from Hydra besides its own exceptions when it refuses something."""
