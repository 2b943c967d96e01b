"""``stdspec cache``: is the store of results sound, what of it can go, and what a result in it was made from."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from stdspec import settings as project
from stdspec.errors import InputError
from stdspec.paths import shown

if TYPE_CHECKING:
    from stdspec.run.entry import Entry
    from stdspec.run.housekeeping import Collected, Health
    from stdspec.run.store import Store

F = TypeVar("F", bound=Callable[..., object])

_MANY: Final = 5
"""Keys that are listed where one is asked for and several fit."""


@click.group("cache", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look after the store, in which the results of nodes are kept.

    \b
    stdspec cache verify
    stdspec cache gc --older-than 14d --keep-size 10GB
    stdspec cache why 3f2a
    """  # noqa: D301 - click reads the escape


def _options(function: F) -> F:
    for decorate in (
        click.option("--store", metavar="DIR", help="The store; STDSPEC_STORE or a setting otherwise."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs."),
    ):
        function = decorate(function)
    return function


@command.command("verify", short_help="Hash everything; name what is damaged.")
@click.option("--repair", is_flag=True, help="Drop what is damaged; it is made again when it is needed.")
@_options
def verify(*, store: str | None, as_json: bool, repair: bool) -> int:
    """Hash every file of every result and hold it against what was written.

    Exit status 1 when something is damaged.
    """
    from stdspec.run import housekeeping

    found = housekeeping.verify(_store(store), repair=repair)
    _print({"repaired": repair, **_plain(found)} if as_json else _health(found, repaired=repair))
    return 1 if found.damaged else 0


def _seconds(ctx: click.Context, option: click.Parameter, text: str | None) -> float | None:
    return _amount(ctx, option, text, "duration", "30d or 12h")


def _bytes(ctx: click.Context, option: click.Parameter, text: str | None) -> float | None:
    return _amount(ctx, option, text, "size", "10GB or 500MiB")


def _amount(ctx: click.Context, option: click.Parameter, text: str | None, kind: str, such: str) -> float | None:
    from stdspec.standard.quantity import quantity

    if text is None:
        return None
    found = quantity(text)
    if found is None or found.kind != kind:
        raise click.BadParameter(f"'{text}' is no {kind}; write it as {such}", ctx, option)
    return float(found.amount)


@command.command("gc", short_help="Remove what was not used for long, and remnants.")
@click.option(
    "--older-than", metavar="AGE", callback=_seconds, help="What was not used for so long; 30d without --keep-size."
)
@click.option(
    "--keep-size", metavar="SIZE", callback=_bytes, help="The least recently used until so much is left: 10GB."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@_options
def gc(*, store: str | None, as_json: bool, older_than: float | None, keep_size: float | None, dry_run: bool) -> None:
    """Remove results that were not used for long, and what killed runs left behind.

    What a run at work has in use stays.

    \b
    stdspec cache gc --older-than 14d
    stdspec cache gc --keep-size 10GB --dry-run
    """  # noqa: D301 - click reads the escape
    import time

    from stdspec.run import housekeeping

    if older_than is None and keep_size is None:
        older_than = 30 * 86400.0
    limit = None if keep_size is None else int(keep_size)
    found = housekeeping.collect(_store(store), time.time(), older_than=older_than, keep_size=limit, dry_run=dry_run)
    _print({"dry_run": dry_run, **_plain(found)} if as_json else _collected(found, dry_run=dry_run))


@command.command("why", short_help="Say of which node a result is, and from what.")
@click.argument("key")
@_options
def why(key: str, *, store: str | None, as_json: bool) -> None:
    """Say of which node a result is, when it was made, from what, and what it cost.

    KEY is an action key or how it begins; `stdspec plan --json` and `stdspec cache verify` print keys.
    """
    from stdspec.run import housekeeping

    there = _store(store)
    found, last = _one(there, key)
    size = housekeeping.size(found.output)
    used = _when(last)
    _print(
        {
            "key": found.key,
            "made": dict(found.made),
            "at": found.at,
            "used": used,
            "bytes": size,
            "output": found.digest,
            "cost": dict(found.cost),
        }
        if as_json
        else _entry(found, used, size)
    )


def _store(given: str | None) -> Store:
    """The store that is meant.

    Raises:
        InputError: when there is none.
    """
    from stdspec.run.store import Store

    place = project.load().store_path(given)
    if not place.is_dir():
        raise InputError("there is no store yet", shown(place), "stdspec run makes it; --store names another")
    return Store(place)


def _one(store: Store, prefix: str) -> tuple[Entry, float]:
    """The one entry whose key begins so, and when it was used last.

    Raises:
        InputError: when there is none, or more than one, or it is damaged.
    """
    from stdspec.digest import short
    from stdspec.run import housekeeping

    keys = housekeeping.keys(store, prefix)
    if not keys:
        raise InputError(f"no result has a key that begins with '{prefix}'", shown(store.root))
    if len(keys) > 1:
        listed = ", ".join(short(key) for key in keys[:_MANY]) + (", …" if len(keys) > _MANY else "")
        raise InputError(f"{len(keys)} keys begin with '{prefix}'", shown(store.root), f"write more of one: {listed}")
    last = housekeeping.used(store, keys[0])
    found = store.peek(keys[0])
    if found is None:
        remedy = "drop it with: stdspec cache verify --repair"
        raise InputError(f"the record of {short(keys[0])} is damaged", shown(store.root), remedy)
    return found, last


def _health(found: Health, *, repaired: bool) -> Iterator[str]:
    from stdspec.digest import short

    for item in found.damaged:
        yield f"damaged  {short(item.key)}  {item.reason}"
    sound = found.entries - len(found.damaged)
    yield f"{_count(sound, 'result')} as written: {_count(found.files, 'file')}, {_size(found.bytes)}"
    if found.damaged:
        end = "dropped" if repaired else "drop what is damaged with --repair"
        yield f"{_count(len(found.damaged), 'result')} damaged; {end}"


def _collected(found: Collected, *, dry_run: bool) -> Iterator[str]:
    from stdspec.digest import short

    verb = "would remove" if dry_run else "removed"
    for item in found.removed:
        yield f"{verb}  {item.kind:<8}  {short(item.key)}  {_size(item.bytes)}"
    freed = sum(item.bytes for item in found.removed)
    end = "would be freed" if dry_run else "freed"
    yield f"{_size(freed)} {end}; {_count(found.kept, 'result')} kept, {_size(found.kept_bytes)}"
    if found.busy:
        yield f"{_count(found.busy, 'result')} in use by a run at work: kept"


def _entry(found: Entry, used: str, size: int) -> Iterator[str]:
    made = found.made
    yield f"{found.key}"
    yield f"node     {made.get('node')} of the plan {made.get('name')}"
    yield f"made     {found.at}, used last {used}"
    yield f"output   {found.digest}, {_size(size)}"
    yield f"cost     {', '.join(_cost(found.cost))}"
    yield "made from"
    for name, value in (made.get("ingredients") or {}).items():
        if isinstance(value, dict):
            yield f"  {name}{':' if value else ': none'}"
            yield from (f"    {key}: {item}" for key, item in value.items())
        else:
            yield f"  {name}: {value}"


def _cost(cost: Mapping[str, Any]) -> Iterator[str]:
    """What was measured of a node, with its unit; what was not is left to --json."""
    for name, form in _COSTS.items():
        if cost.get(name):
            yield form(cost[name])
    energy = cost.get("energy") or {}
    yield from (f"{source} {joules:.4g} J" for source, joules in energy.items() if isinstance(joules, int | float))


def _print(what: Mapping[str, Any] | Iterator[str]) -> None:
    from stdspec.cli.visible import visible

    if isinstance(what, Mapping):
        sys.stdout.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{visible(line)}\n" for line in what))


def _plain(value: Any) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(number: int) -> str:
    """A size with the unit in which it is read best, in powers of 1,000."""
    amount = float(number)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.1f} GB"


_COSTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "seconds": lambda seconds: f"{seconds:.4g} s",
    "earlier": lambda seconds: f"{seconds:.4g} s before an interruption",
    "peak_memory": lambda size: f"{_size(size)} of memory",
    "device_memory": lambda size: f"{_size(size)} of device memory",
}
"""The figures of a cost to the words for them."""


def _when(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
