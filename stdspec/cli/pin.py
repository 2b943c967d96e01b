"""``stdspec pin``: freezes digests and the signature in the spec's own file, its comments and layout kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from stdspec import pipeline
from stdspec.cli.color import colored
from stdspec.cli.common import Asked, asked, show_refusal, spec_options
from stdspec.cli.mend import diff as diff_of
from stdspec.cli.mend import painted, written
from stdspec.cli.visible import visible
from stdspec.paths import ConfigPath, dotted, shown

if TYPE_CHECKING:
    from stdspec.compose.model import Composed
    from stdspec.lint.fix import Change


@click.command("pin")
@spec_options
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing; 1 if anything.")
@click.option("--check", is_flag=True, help="Change nothing; 1 if something is not pinned as it is now.")
def command(spec: tuple[str, ...], config_dir: str | None, config_name: str | None, *, diff: bool, check: bool) -> int:
    """Freeze digests and the signature in a spec.

    The digests are those of the data files as they are now, the signature is that of the latest run of the same spec.
    They are written into the spec's own file. What an option that ships with stdspec says is overridden there.

    \b
    stdspec pin spec.yaml
    stdspec pin +experiment=mine --diff
    """  # noqa: D301 - click reads the escape
    from stdspec.plan.pin import own_file, pin

    meant = asked(spec, config_dir, config_name)
    try:
        composed = _compose(meant)
        own = own_file(composed)
        facts = _facts(composed, meant)
    except pipeline.RefusedError as error:
        show_refusal(error)
        return error.exit_code
    changed = {path: value for path, value in facts.items() if composed.get(path) != value}
    changes = pin(composed, own, meant.settings.root, changed, lambda: _compose(meant)) if changed else []
    if diff:
        _show(changes)
    if diff or check:
        _say("would be pinned", changed, changes)
        return 1 if changes else 0
    _say("pinned", changed, [change for change in changes if written(change)])
    return 0


def _compose(meant: Asked) -> Composed:
    return pipeline.compose(meant.config_dir, meant.config_name, meant.overrides, meant.settings)


def _facts(composed: Composed, meant: Asked) -> Mapping[ConfigPath, Any]:
    from stdspec.plan import build
    from stdspec.run import pinnable

    plan = build.build(composed, meant.settings.root)
    facts = pinnable.facts(plan, meant.settings)
    if pinnable.SIGNATURE not in facts and not isinstance(composed.get(pinnable.SIGNATURE), dict):
        text = "the signature stays as it is: there is no run of this spec yet; run it, then pin again"
        sys.stderr.write(f"stdspec: {text}\n")
    return facts


def _show(changes: Sequence[Change]) -> None:
    for change in changes:
        sys.stdout.write("".join(painted(line, colored()) for line in diff_of(change)))


def _say(done: str, facts: Mapping[ConfigPath, Any], changes: Sequence[Change]) -> None:
    if not facts:
        sys.stderr.write("everything that can be is pinned\n")
    elif changes:
        names = ", ".join(dotted(path) for path in facts)
        sys.stderr.write(f"{done}: {names} in {', '.join(visible(shown(item.path)) for item in changes)}\n")
