"""``stdspec plan --diff A B``: two plans that are there already, as files, run folders or ``latest``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stdspec import settings as project
from stdspec.cli.color import colored
from stdspec.cli.masked import Mask
from stdspec.cli.plan_text import shortened
from stdspec.cli.text import Paint
from stdspec.cli.visible import visible
from stdspec.compose.dump import one_line, to_json
from stdspec.paths import dotted, is_dir
from stdspec.plan.diff import Differences, compare

if TYPE_CHECKING:
    from stdspec.compose.difference import Change, Written
    from stdspec.plan.model import Plan


def show(one: str, other: str, *, as_json: bool, secrets: bool = False) -> int:
    """Print how two plans differ; the exit status is 1 when they do.

    Raises:
        InputError: when one of them is no plan.
    """
    plans = _plan(one), _plan(other)
    found, mask = compare(*plans), Mask((((), plan.spec) for plan in plans), shown=secrets)
    if as_json:
        sys.stdout.write(to_json(_data(found, mask)))
    else:
        width = max(40, min(shutil.get_terminal_size().columns, 80))
        lines = _lines(found, mask, Paint(colored()), width)
        sys.stdout.write("".join(line + "\n" for line in lines))
    mask.notice()
    return 0 if found.none else 1


def _plan(name: str) -> Plan:
    from stdspec.run import folder
    from stdspec.run.worker import load_plan

    if name == folder.LATEST or is_dir(name):
        return load_plan(folder.find(name, project.load()) / "plan.json")
    return load_plan(Path(name))


def _lines(found: Differences, mask: Mask, paint: Paint, width: int) -> Iterator[str]:
    if found.none:
        yield "the plans are the same"
        return
    for what, (old, new) in (("name", found.names), ("stage", found.stages)):
        if old != new:
            yield f"{what}: {visible(old)} → {visible(new)}"
    for change in found.leaves:
        yield from leaf(change, mask, paint, width)
    yield from (paint(f"- node {name}", "31") for name in found.removed)
    yield from (paint(f"+ node {name}", "32") for name in found.added)
    yield from (paint(f"~ node {item.node}: {', '.join(item.parts)}", "33") for item in found.changed)
    yield f"spec {_short(found.specs[0])} → {_short(found.specs[1])}"


def leaf(change: Change, mask: Mask, paint: Paint, width: int) -> Iterator[str]:
    """``training.epochs: 10 → 20``, and where each was written."""
    old, new = (_shown(change, side, mask) for side in (change.old, change.new))
    text = f"{visible(dotted(change.path))}: {old} → {new}"
    places = [visible(side.layer) for side in (change.old, change.new) if side is not None and side.layer]
    where = " → ".join(dict.fromkeys(places))
    if where and len(text) + len(where) + 2 <= width:
        yield f"{text}  {paint(where, '2')}"
        return
    yield text
    if where:
        yield from (f"    {paint(line, '2')}" for line in ([where] if len(where) + 4 <= width else places))


def _shown(change: Change, side: Written | None, mask: Mask) -> str:
    return "none" if side is None else shortened(one_line(mask.value(change.path, side.value)))


def _short(digest: str) -> str:
    from stdspec.digest import short

    return short(digest)


def _data(found: Differences, mask: Mask) -> dict[str, Any]:
    return {
        "same": found.none,
        "spec_digest": list(found.specs),
        "name": list(found.names),
        "stage": list(found.stages),
        "nodes": {
            "added": list(found.added),
            "removed": list(found.removed),
            "changed": {item.node: list(item.parts) for item in found.changed},
        },
        "config": config_data(found, mask),
    }


def config_data(found: Differences, mask: Mask) -> list[dict[str, Any]]:
    """The leaves that differ as plain data, secrets masked."""
    return [
        {
            "kind": change.kind.value,
            "path": dotted(change.path),
            "old": _side(change, change.old, mask),
            "new": _side(change, change.new, mask),
        }
        for change in found.leaves
    ]


def _side(change: Change, side: Written | None, mask: Mask) -> dict[str, Any] | None:
    return None if side is None else {"value": mask.value(change.path, side.value), "place": side.layer or None}
