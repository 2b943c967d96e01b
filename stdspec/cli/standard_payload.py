"""``stdspec standard payload``: the bytes of a waiver or an approval that its approver signs."""

from __future__ import annotations

import sys

import click

from stdspec import settings as project
from stdspec.errors import InputError


@click.command("payload", short_help="Print what is signed under a waiver or an approval.")
@click.argument("kind", type=click.Choice(("waivers", "approvals")))
@click.argument("number", type=click.IntRange(min=1))
def command(kind: str, number: int) -> None:
    """Print what is signed under the entry of this NUMBER, counted from 1, in waivers.yaml or approvals.yaml.

    \b
    stdspec standard payload waivers 1 > w1
    ssh-keygen -Y sign -n stdspec -f ~/.ssh/id_ed25519 w1

    That writes w1.sig; keep it in the project and name it in the entry's `signature`.
    """  # noqa: D301 - click reads the escape
    from stdspec.standard import papers, signature

    paper = papers.paper(kind, project.load())
    entry = next((item for item in paper.entries if item.index == number - 1), None)
    if entry is None:
        remedy = f"see `stdspec lint {kind}.yaml`"
        raise InputError(f"there is no entry {number} in {kind}.yaml that is in order", remedy=remedy)
    sys.stdout.buffer.write(signature.payload(entry.value))
    sys.stdout.flush()
