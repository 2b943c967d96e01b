"""``stdspec why``: the history of one value, newest first, with what beat what and why."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import click

from stdspec.cli.color import colored
from stdspec.cli.common import completes, look, show_refusal, spec_options
from stdspec.cli.masked import Mask, mask_of, show_secrets
from stdspec.cli.text import Paint, layer, origin_text, place, wrapped
from stdspec.cli.visible import visible
from stdspec.compose.model import Composed
from stdspec.paths import ConfigPath, dotted, select
from stdspec.pipeline import RefusedError


@click.command("why")
@click.argument("key", type=click.UNPROCESSED, shell_complete=completes("keys"))
@spec_options
@show_secrets
def command(
    key: str, spec: tuple[str, ...], config_dir: str | None, config_name: str | None, *, show_secrets: bool
) -> int:
    """Say who wrote the value of KEY, newest first, and why the others lost.

    KEY is dotted, as in overrides. For a mapping the winner of each value in it is listed. Secrets are masked.

    \b
    stdspec why training.epochs +experiment=digits
    stdspec why model.hidden.0 spec.yaml
    """  # noqa: D301 - click reads the escape
    from stdspec.compose.history import find

    try:
        composed = look(spec, config_dir, config_name)
    except RefusedError as error:
        show_refusal(error)
        return error.exit_code
    path = find(composed, key)
    value = select(composed.value, path)
    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    paint, mask = Paint(colored()), mask_of(composed, shown=show_secrets)
    whole = isinstance(value, dict) and value
    lines = _leaves(composed, path, paint, mask) if whole else _history(composed, path, paint, width, mask)
    sys.stdout.write("".join(line + "\n" for line in lines))
    mask.notice()
    return 0


def _history(composed: Composed, path: ConfigPath, paint: Paint, width: int, mask: Mask) -> Iterator[str]:
    from stdspec.compose.dump import one_line
    from stdspec.compose.history import history

    whole = select(composed.value, path)
    value = one_line(mask.value(path, whole))
    resolved = one_line(mask.value(path, select(composed.resolved, path), whole))
    means = f", which is {resolved}" if resolved != value else ""
    first, *rest = wrapped(f"{visible(dotted(path))} is {value}{means}", width, "")
    yield from (paint(line, "1") for line in (first, *rest))
    for entry in history(composed, path):
        spot = place(entry.origin.span)
        colour = "32" if entry.wins else "2"
        written = one_line(mask.value(path, entry.origin.value))
        reason = mask.sentence(entry.reason, composed.overrides)
        yield f"{paint(spot, '1')}: {paint(_cut(written, width - len(spot) - 2), colour)}"
        yield from wrapped(f"{layer(mask.layer(entry.origin))}; {visible(reason)}", width, "  ")


def _leaves(composed: Composed, path: ConfigPath, paint: Paint, mask: Mask) -> Iterator[str]:
    from stdspec.compose.dump import one_line, writers
    from stdspec.compose.history import leaves

    for leaf, value in leaves(select(composed.value, path), path):
        yield f"{paint(visible(dotted(leaf)), '1')}: {one_line(mask.value(leaf, value))}"
        named = writers(composed, leaf, lambda origin: origin_text(mask.layer(origin)))
        yield from (paint(f"  {writer}", "2") for writer in named)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(room - 2, 10)]} …"
