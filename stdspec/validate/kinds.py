"""Finds a `kind` (or a `_target_`) that was written by hand over the values of another kind's option.

Hydra merges mappings, so the other kind's values stay behind, unseen where both kinds have the same keys. Choosing the
option in the defaults list replaces all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from stdspec import resources
from stdspec.codes import SLUGS
from stdspec.compose.model import Composed, Origin
from stdspec.compose.repository import defaults_of
from stdspec.errors import ComposeError
from stdspec.finding import COMMAND_LINE, Finding, Related
from stdspec.paths import ConfigPath, is_file, select
from stdspec.validate.translate import Fault, finding, other_kinds

GROUPS: Final[Mapping[ConfigPath, str]] = {
    ("data", "source"): "data",
    ("data", "splits"): "data/splits",
    ("model",): "model",
    ("training",): "training",
    ("training", "loss"): "training/loss",
    ("training", "optimizer"): "training/optimizer",
    ("training", "schedule"): "training/schedule",
    ("evaluation", "method"): "evaluation/method",
    ("governance", "industry"): "governance/industry",
}
"""Where a kind is chosen by an option, and the group of that option."""

_OWN: Final = {"data": ("source",), "model": ("kind",)}
"""The tables that own code may take the place of, and a key by which a shipped option's values are known."""


def mismatches(composed: Composed) -> Iterator[tuple[ConfigPath, Finding]]:
    """Each kind that beat another kind whose values are still there, and each own code over an option's values."""
    for path, group in GROUPS.items():
        table = select(composed.resolved, path)
        if isinstance(table, Mapping) and "_target_" not in table:
            beaten = _beaten(composed, path)
            if beaten and _stay_behind(composed, path, table, beaten):
                yield path, _finding(composed, path, group, table["kind"], f"kind '{beaten.value}'", beaten)
    for name, (key,) in _OWN.items():
        table = composed.resolved.get(name)
        if isinstance(table, Mapping) and "_target_" in table and key in table:
            own, other = composed.origin((name, "_target_")), composed.origin((name, key))
            if own and other and own.span.file != other.span.file:
                yield (name,), _over_option(composed, name, other)


def foreign(composed: Composed, fault: Fault) -> Finding | None:
    """The finding when the unknown keys of a fault are another kind's values under a `kind` written by hand.

    None when the kind comes from its own option or a key is nobody's: then each key is simply unknown.
    """
    group = GROUPS.get(fault.path)
    kind = composed.origin((*fault.path, "kind"))
    if group is None or fault.keyword != "additionalProperties" or not kind or kind.layer.startswith(f"{group}: "):
        return None
    origins = [composed.origin((*fault.path, key)) for key in fault.limit]
    known = all(other_kinds(fault, key) or _of_fit(fault, key) for key in fault.limit)
    if not known or any(origin is None or origin.span.file == kind.span.file for origin in origins):
        return None
    over = f"the option {group}: {composed.choices.get(group, '…')}"
    return _finding(composed, fault.path, group, fault.value["kind"], over, next(item for item in origins if item))


def _of_fit(fault: Fault, key: str) -> bool:
    """Whether a key under `training: none` is one of a fit, the branch that names no kind."""
    return fault.path == ("training",) and key in fault.document["$defs"]["fit"]["properties"]


def _beaten(composed: Composed, path: ConfigPath) -> Origin | None:
    chain = composed.origins.get((*path, "kind"), ())
    return next((origin for origin in chain[1:] if origin.value != chain[0].value), None)


def _stay_behind(composed: Composed, path: ConfigPath, table: Mapping[str, Any], beaten: Origin) -> bool:
    winners = (composed.origins.get((*path, key), ()) for key in table if key != "kind")
    return any(chain and chain[-1].span.file == beaten.span.file for chain in winners)


def _finding(composed: Composed, path: ConfigPath, group: str, kind: Any, over: str, beaten: Origin) -> Finding:
    option = str(kind).replace("-", "_")
    option = option if _ships(group, option) else "…"
    at = (*path, "kind")
    origin = composed.origin(at)
    typed = origin is not None and origin.span.file == COMMAND_LINE
    choice = f"{group}={option}" if typed else f"{_override(origin, group)}{group}: {option}"
    message = f"kind '{kind}' is written over the values of {over}; choose the option instead: {choice}"
    base = finding("SPC008", message, at, composed.span(at))
    return _related(base, beaten)


def _override(origin: Origin | None, group: str) -> str:
    """What stands before the choice of another option: nothing where the same file chooses from the group already."""
    try:
        own = () if origin is None else defaults_of(origin.span.file)
    except ComposeError:
        own = ()
    return "" if any(item.group == group and not item.override for item in own) else "override /"


def _over_option(composed: Composed, name: str, beaten: Origin) -> Finding:
    at = (name, "_target_")
    message = f"own code is written over the values of the option {name}: {composed.choices.get(name, '…')}"
    message += "; take the option out of the defaults list"
    return _related(finding("SPC008", message, at, composed.key_span(at)), beaten)


def _related(base: Finding, beaten: Origin) -> Finding:
    related = (Related(f"the values of {beaten.layer} stand here", beaten.key),)
    return Finding(base.code, SLUGS[base.code], base.severity, base.message, base.path, base.span, related)


def _ships(group: str, option: str) -> bool:
    return option.isidentifier() and is_file(resources.conf() / group / f"{option}.yaml")
