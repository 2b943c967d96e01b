"""The evidence of an experiment: the newest run folder of the very state of its spec, as far as it can be trusted."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from stdspec.evidence import Record
from stdspec.paths import named
from stdspec.run import records, runs, seal
from stdspec.run.folder import REPORT, SWEEPS
from stdspec.scorecard.model import Run
from stdspec.settings import Settings


class Evidence(Struct, frozen=True):
    """What a run recorded, when, and whether it is trusted."""

    run: Run | None = None
    records: tuple[Record, ...] = ()
    recorded: Mapping[str, datetime.date] = {}


NONE: Final = Evidence()


class Runs:
    """The newest finished run of each spec, by project.

    Args:
        root: the folder from which run folders are named.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[Path, Mapping[str, runs.Run]] = {}

    def listed(self, settings: Settings) -> Mapping[str, runs.Run]:
        """Those of a project by the digest of the spec; looked for once."""
        if settings.root not in self._known:
            self._known[settings.root] = _newest(settings.root, settings.root / settings.outputs)
        return self._known[settings.root]

    def of(self, digest: str, settings: Settings) -> Evidence:
        """The evidence of a spec in one state; none where it was not run.

        Args:
            digest: of the resolved spec; empty where it has none.
            settings: those of its project.
        """
        found = self.listed(settings).get(digest) if digest else None
        if found is None:
            return NONE
        ended = found.ended.date()
        doubt = seal.doubt(found.folder, whole=False)
        said, kept = ({}, ()) if doubt is not None else _read(found.folder)
        run = Run(named(found.folder, self.root), ended.isoformat(), doubt.words if doubt is not None else "")
        # Of a node whose day is not said, the evidence is as old as the run.
        day = _day(said.get("judged_on")) or ended
        return Evidence(run, kept, {item.node: day for item in kept} | _days(said.get("recorded")))


def _newest(root: Path, outputs: Path) -> Mapping[str, runs.Run]:
    """The newest finished run of each spec; a debug run saw two batches alone and shows nothing."""
    found: dict[str, runs.Run] = {}
    for item in runs.listed(list(dict.fromkeys((outputs, root / SWEEPS))), outputs):
        if item.spec and not item.debug and item.state not in runs.UNFINISHED:
            found.setdefault(item.spec, item)
    return found


def _read(folder: Path) -> tuple[Mapping[str, Any], tuple[Record, ...]]:
    """The report and the records of a run folder that is as the run left it."""
    said = json.loads((folder / REPORT).read_bytes())
    return (said if isinstance(said, dict) else {}), tuple(records.read(folder / seal.RECORDS))


def _days(said: Any) -> dict[str, datetime.date]:
    pairs: Sequence[tuple[str, Any]] = list(said.items()) if isinstance(said, dict) else []
    return {node: day for node, text in pairs if (day := _day(text)) is not None}


def _day(text: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
