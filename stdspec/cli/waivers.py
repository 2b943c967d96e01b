"""``stdspec waivers``: every waiver and approval of a project, how long it lasts and whom it covers at present."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.text import Paint
from stdspec.paths import is_dir, shown
from stdspec.settings import Settings

if TYPE_CHECKING:
    from stdspec.lint.waived import StatedApproval, StatedWaiver, Survey
    from stdspec.standard.papers import Entry

_SAYS: Final[Mapping[str, tuple[str, str]]] = {
    "in-force": ("in force", "32"),
    "ending": ("ends soon", "33"),
    "given": ("counts", "32"),
    "ended": ("ended", "31"),
    "at-fault": ("at fault", "31"),
    "for-another-state": ("for another state", "33"),
    "not-needed": ("not needed", "33"),
    "for-nothing": ("for nothing", "33"),
}
"""State to its words and their colour."""

_DIM, _BOLD = "2", "1"
_SHOWN: Final = 5
"""Experiments that are named for an entry; JSON names them all."""


@click.command("waivers", short_help="List waivers and approvals, and when they end.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--expiring-in",
    type=click.IntRange(0, 36500),
    metavar="DAYS",
    help="List only waivers in force that end within so many days; exit status 1 when there are any.",
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(paths: tuple[str, ...], expiring_in: int | None, form: str) -> int:
    """List every waiver and approval of the project: its state, the days left, and the experiments that it covers now.

    The experiments under PATH, by default the project's config folder, are composed and judged by what they say. A
    clause that only a run can show counts as not met here.

    Exit status: 0; with --expiring-in 1 where a waiver ends within so many days, and where an entry of waivers.yaml
    cannot be read, so that nobody can tell.

    \b
    stdspec waivers
    stdspec waivers --expiring-in 14
    """  # noqa: D301 - click reads the escape
    from stdspec import clock
    from stdspec.lint.waived import survey

    settings = project.load()
    found = survey(paths or (_usual(settings),), settings, clock.today())
    if expiring_in is not None:
        found = _ending(found, expiring_in)
    if form == "json":
        from stdspec.cli.visible import in_json

        sys.stdout.write(in_json(json.dumps(_data(found), indent=2, ensure_ascii=False)) + "\n")
    else:
        _print(found, settings, expiring_in)
    return int(expiring_in is not None and bool(found.waivers or found.findings))


def _usual(settings: Settings) -> str:
    conf = settings.root / settings.conf
    return str(conf if is_dir(conf) else settings.root)


def _ending(found: Survey, days: int) -> Survey:
    """The waivers that hold and end within so many days, and what keeps others from being read."""
    from msgspec.structs import replace

    from stdspec.standard import papers

    ending = tuple(item for item in found.waivers if item.waiver.in_force and 0 <= item.left <= days)
    unread = tuple(
        item for item in found.findings if item.span and item.span.file.endswith(papers.FILES[papers.WAIVERS])
    )
    return replace(found, waivers=ending, approvals=(), findings=unread)


def _place(entry: Entry) -> str:
    span = entry.places.get("")
    return f"{shown(span.file)}:{span.line}" if span else entry.kind


def _data(found: Survey) -> dict[str, Any]:
    from stdspec.cli.formats.json import as_json

    return {
        "waivers": [_waiver_data(item) for item in found.waivers],
        "approvals": [_approval_data(item) for item in found.approvals],
        "findings": [as_json(item) for item in found.findings],
        "experiments": found.experiments,
        "not_judged": [{"name": name, "fault": fault} for name, fault in found.not_judged],
    }


def _without_secrets(text: str) -> str:
    from stdspec.cli.masked import without_secrets_of

    return without_secrets_of((), text)


def _waiver_data(item: StatedWaiver) -> dict[str, Any]:
    said = item.waiver.as_dict()
    return {
        **said,
        "reason": _without_secrets(said["reason"]),
        "digest": list(item.waiver.digests),
        "place": _place(item.waiver.entry),
        "state": item.state,
        "in_force": item.waiver.in_force,
        "left": item.left,
        "why": list(item.why),
        "covers": list(item.covers),
    }


def _approval_data(item: StatedApproval) -> dict[str, Any]:
    value = item.approval.entry.value
    said = {key: value.get(key) for key in ("spec", "digest", "approver", "role", "date", "comment")}
    return {
        **said,
        "comment": _without_secrets(said["comment"]) if said["comment"] else None,
        "signed": "signature" in value,
        "place": _place(item.approval.entry),
        "state": item.state,
        "why": list(item.why),
        "covers": list(item.covers),
    }


def _print(found: Survey, settings: Settings, expiring_in: int | None) -> None:
    from stdspec.cli.text import render

    paint, width = Paint(colored()), max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    sys.stdout.write(render(found.findings, color=paint.color, width=width))
    printer = _Printer(paint, width)
    sys.stdout.write("".join(f"{line}\n" for line in printer.lines(found)))
    sys.stdout.flush()
    if not found.waivers and not found.approvals and not found.findings:
        what = "no waiver or approval" if expiring_in is None else f"no waiver that ends within {expiring_in} days"
        sys.stderr.write(f"stdspec: there is {what} in {shown(settings.root)}\n")


class _Printer:
    """Writes papers as text.

    Args:
        paint: colours.
        width: the columns to fit into.
    """

    def __init__(self, paint: Paint, width: int) -> None:
        self.paint, self.width = paint, width

    def lines(self, found: Survey) -> Iterator[str]:
        """The waivers, the approvals, and what could not be judged by them."""
        for waiver in found.waivers:
            yield from self._waiver(waiver)
        for approval in found.approvals:
            yield from self._approval(approval)
        for name, fault in found.not_judged:
            yield from self._wrapped(f"not judged: {name}: {fault}", "")

    def _waiver(self, item: StatedWaiver) -> Iterator[str]:
        value, (by, which) = item.waiver.entry.value, item.waiver.selector
        yield from self._head(item.waiver.entry, f"{item.waiver.clause} for {by} {which}", item.state, _left(item))
        signed = ", signed" if "signature" in value else ""
        days = f"on {value['granted']}, until {value['expires']}"
        yield from self._wrapped(
            f"asked for by {value['owner']}, approved by {value['approver']} {days}{signed}", "    "
        )
        yield from self._wrapped(str(value["reason"]), "    ")
        yield from self._below(item.why, item.covers, "covers")

    def _approval(self, item: StatedApproval) -> Iterator[str]:
        value = item.approval.entry.value
        yield from self._head(item.approval.entry, f"approval of {value['spec']}", item.state, "")
        role = f" ({value['role']})" if "role" in value else ""
        signed = ", signed" if "signature" in value else ""
        yield from self._wrapped(f"given by {value['approver']}{role} on {value['date']}{signed}", "    ")
        if "comment" in value:
            yield from self._wrapped(str(value["comment"]), "    ")
        yield from self._below(item.why, item.covers, "approves")

    def _head(self, entry: Entry, title: str, state: str, left: str) -> Iterator[str]:
        from stdspec.cli.visible import visible

        words, colour = _SAYS[state]
        said = ", ".join(filter(None, (words, left)))
        yield f"{visible(_place(entry))}: {self.paint(visible(title), _BOLD)}: {self.paint(said, colour)}"

    def _below(self, why: Sequence[str], covers: Sequence[str], verb: str) -> Iterator[str]:
        for text in why:
            yield from self._wrapped(text, "    ")
        if covers:
            more = f" and {len(covers) - _SHOWN} more" if len(covers) > _SHOWN else ""
            lines = self._wrapped(f"{verb} {', '.join(covers[:_SHOWN])}{more}", "    ")
            yield from (self.paint(line, _DIM) for line in lines)

    def _wrapped(self, text: str, indent: str) -> list[str]:
        from stdspec.cli.wide import filled

        return filled(_without_secrets(text), self.width, indent)


def _left(item: StatedWaiver) -> str:
    """The days left in words, of a waiver that has any."""
    if item.left < 0:
        return f"{-item.left} day{'s' * (item.left != -1)} ago"
    return {0: "the last day is today", 1: "1 day left"}.get(item.left, f"{item.left} days left")
