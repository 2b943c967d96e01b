"""``stdspec compose``: print what a config composes to, with the origin of every value where that is asked for."""

from __future__ import annotations

import sys

import click

from stdspec.cli.common import look, show_refusal, spec_options
from stdspec.cli.masked import Mask, mask_of, show_secrets
from stdspec.cli.text import origin_text
from stdspec.compose.model import Composed
from stdspec.pipeline import RefusedError


@click.command("compose")
@spec_options
@click.option("--origins", is_flag=True, help="Say who wrote each value: file, line, column, layer.")
@click.option("--resolve", is_flag=True, help="Fill in references to other values; those to variables stay.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@show_secrets
def command(
    spec: tuple[str, ...],
    config_dir: str | None,
    config_name: str | None,
    *,
    origins: bool,
    resolve: bool,
    form: str,
    show_secrets: bool,
) -> int:
    """Print what a config of any Hydra project composes to.

    Nothing is run and no environment variable is printed: ${oc.env:NAME} stays as it is written. Secrets that stand in
    the files are masked.

    \b
    stdspec compose +experiment=digits --origins
    stdspec compose -cd configs -cn train model=mlp --format json
    """  # noqa: D301 - click reads the escape
    try:
        composed = look(spec, config_dir, config_name)
    except RefusedError as error:
        show_refusal(error)
        return error.exit_code
    # Data are UTF-8 whatever the terminal takes.
    mask = mask_of(composed, shown=show_secrets)
    sys.stdout.buffer.write(_text(composed, origins, resolve, form, mask).encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    if resolve:
        _say_what_stays(composed)
    mask.notice()
    return 0


def _text(composed: Composed, origins: bool, resolve: bool, form: str, mask: Mask) -> str:
    from stdspec.compose import dump

    value = mask.value((), composed.resolved if resolve else composed.value, composed.value)
    if form == "json":
        return dump.to_json(dump.as_data(composed, value, mask.layer) if origins else value)
    if origins:
        lines = dump.with_origins(composed, value, lambda origin: origin_text(mask.layer(origin)))
        return "".join(line + "\n" for line in lines)
    return dump.to_yaml(value)


def _say_what_stays(composed: Composed) -> None:
    """Name the references that could not be filled in, on standard error."""
    from stdspec.cli.visible import visible
    from stdspec.compose.history import references
    from stdspec.paths import dotted

    names = [visible(dotted(path)) for path in references(composed.resolved)]
    if names:
        sys.stderr.write(f"stdspec: these stay as they are written: {', '.join(names)}\n")
