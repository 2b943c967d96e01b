"""``stdspec diff``: the leaves in which two compositions differ, each with its place on both sides."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from stdspec.cli.color import colored
from stdspec.cli.common import look, show_refusal
from stdspec.cli.masked import Mask, show_secrets
from stdspec.cli.text import Paint, place
from stdspec.cli.visible import visible
from stdspec.errors import InputError
from stdspec.finding import COMMAND_LINE
from stdspec.paths import ConfigPath, dotted
from stdspec.pipeline import RefusedError

if TYPE_CHECKING:
    from stdspec.compose.difference import Change, Side, Written

TROUBLE = 2
"""The exit status when a side cannot be composed: 1 means that the sides differ."""


@click.command("diff")
@click.argument("one", metavar="A", type=click.UNPROCESSED)
@click.argument("other", metavar="B", type=click.UNPROCESSED)
@click.option("--config-dir", "-cd", metavar="DIR", help="The folder of the primary config, for both sides.")
@click.option("--config-name", "-cn", metavar="NAME", help="The primary config's name; config by default.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@show_secrets
def command(
    one: str, other: str, config_dir: str | None, config_name: str | None, *, form: str, show_secrets: bool
) -> int:
    """Show how the compositions A and B differ, and where each value was written.

    Each is a quoted list of overrides, with a spec file first or not, or a file that `stdspec compose` printed. Values
    are compared as they are written; references are not filled in. Secrets are masked.

    \b
    stdspec diff "" "+experiment=digits"
    stdspec diff "spec.yaml" "spec.yaml model.width=3"
    stdspec diff saved.json "+experiment=digits"

    Exit status: 0 equal, 1 different, 2 a side cannot be composed.
    """  # noqa: D301 - click reads the escape
    from stdspec.compose.difference import difference

    try:
        sides = _side(one, config_dir, config_name), _side(other, config_dir, config_name)
    except RefusedError as error:
        show_refusal(error)
        return TROUBLE
    found, mask = difference(*sides), Mask((((), side.value) for side in sides), shown=show_secrets)
    unknown = [change for change in found if _is_masked_already(change, Mask(((), side.value) for side in sides))]
    changes = [_masked(change, mask) for change in found if change not in unknown]
    if form == "json":
        from stdspec.compose.dump import to_json

        sys.stdout.buffer.write(to_json([_as_data(change) for change in changes]).encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write("".join(line + "\n" for line in _text(changes, Paint(colored()))))
    sys.stdout.flush()
    mask.notice()
    if unknown:
        names = visible(", ".join(dotted(change.path) for change in unknown))
        sys.stderr.write(f"stdspec: not compared, being saved masked: {names}; save with --show-secrets to compare\n")
    return 1 if changes else 0


def _side(text: str, config_dir: str | None, config_name: str | None) -> Side:
    from stdspec.compose.difference import saved_side, side_of

    try:
        words = shlex.split(text)
    except ValueError:
        raise InputError(f"the quotes in {text} do not match", remedy="close them") from None
    saved = saved_side(words[0]) if len(words) == 1 else None
    if saved is not None:
        return saved
    return side_of(look(words, config_dir, config_name))


def _is_masked_already(change: Change, mask: Mask) -> bool:
    """Whether one side is the other's secret as it is masked, as in a composition that was saved so."""
    if change.old is None or change.new is None:
        return False
    old, new = change.old.value, change.new.value
    return bool(old == mask.value(change.path, new) or new == mask.value(change.path, old))


def _masked(change: Change, mask: Mask) -> Change:
    return replace(
        change, old=_written_masked(change.path, change.old, mask), new=_written_masked(change.path, change.new, mask)
    )


def _written_masked(path: ConfigPath, side: Written | None, mask: Mask) -> Written | None:
    if side is None:
        return None
    by_override = side.span is not None and side.span.file == COMMAND_LINE and side.layer is not None
    layer = mask.override(side.layer) if by_override and side.layer else side.layer
    return replace(side, value=mask.value(path, side.value), layer=layer)


def _text(changes: Sequence[Change], paint: Paint) -> Iterator[str]:
    from stdspec.compose.difference import Kind

    for change in changes:
        for sign, colour, side in (("-", "31", change.old), ("+", "32", change.new)):
            if side is not None:
                yield from _one(sign, colour, visible(dotted(change.path)), side, paint)
    if changes:
        counts = {kind: sum(change.kind is kind for change in changes) for kind in Kind}
        yield ", ".join(f"{counts[kind]} {kind.value}" for kind in Kind)


def _one(sign: str, colour: str, key: str, side: Written, paint: Paint) -> Iterator[str]:
    from stdspec.compose.dump import one_line

    yield paint(f"{sign} {key}: {one_line(side.value)}", colour)
    if side.span is not None:
        yield paint(f"    {place(side.span)}" + (f" {visible(side.layer)}" if side.layer else ""), "2")


def _as_data(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "path": dotted(change.path),
        "old": _written(change.old),
        "new": _written(change.new),
    }


def _written(side: Written | None) -> dict[str, Any] | None:
    from stdspec.cli.formats.places import place_data

    return None if side is None else {"value": side.value, "layer": side.layer, **place_data(side.span)}
