"""The runs under some folders, as they lie on the disk: finished, stopped, killed or still at work."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from stdspec.run import log, seal
from stdspec.run.folder import LOG, PLAN, REPORT, latest, lock_file
from stdspec.run.locks import is_locked

_DEEPEST: Final = 6
"""Folders below a root in which runs are looked for: a sweep's lie at ``multirun/DAY/TIME/NUMBER``."""
_PARTIAL: Final = ".partial"
_TAIL: Final = 4096
"""Bytes at the end of a log in which its last time stands."""


class State(StrEnum):
    """What became of a run."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    CHANGED = "changed"
    STOPPED = "stopped"
    KILLED = "killed"
    RUNNING = "running"


UNFINISHED: Final = frozenset({State.STOPPED, State.KILLED, State.RUNNING})


class Metric(Struct, frozen=True):
    """A metric of the gate; its interval where it has one."""

    name: str
    estimate: Any = None
    lower: Any = None
    upper: Any = None


class Run(Struct, frozen=True):
    """One run.

    Attributes:
        folder: where it lies.
        state: what became of it.
        name: of the spec.
        stage: of the spec.
        ended: when it ended, or was last heard of.
        metrics: those of the gate.
        weights: the digest of the weights; None where there are none.
        plan: the digest of the plan; None where only its beginning is known.
        spec: the digest of the resolved spec; None where it did not come to its end.
        said: why it stopped, or None.
        latest: whether ``latest`` means it.
        debug: whether it saw two batches alone.
    """

    folder: Path
    state: State
    name: str
    stage: str
    ended: datetime.datetime
    metrics: tuple[Metric, ...] = ()
    weights: str | None = None
    plan: str | None = None
    spec: str | None = None
    said: str | None = None
    latest: bool = False
    debug: bool = False


class _Summary(Struct):
    outcome: str = ""


class _Evaluation(Struct):
    metrics: list[Metric] = []


class _Report(Struct):
    """The part of report.json that is listed; the rest is not even decoded."""

    name: str
    stage: str
    summary: _Summary
    plan_digest: str | None = None
    spec_digest: str | None = None
    weights: str | None = None
    evaluation: _Evaluation | None = None


class _Plan(Struct):
    name: str
    stage: str


def listed(roots: Sequence[Path], outputs: Path) -> list[Run]:
    """Every run under some folders, the newest first.

    Args:
        roots: where to look.
        outputs: the folder that holds ``latest`` and the locks.
    """
    pointed = latest(outputs)
    newest = os.path.realpath(pointed) if pointed is not None else None
    found = (_run(folder, outputs, newest) for root in roots for folder in _folders(root, _DEEPEST))
    return sorted((run for run in found if run is not None), key=lambda run: (run.ended, str(run.folder)), reverse=True)


def _folders(root: Path, deep: int) -> Iterator[Path]:
    """The folders that are runs, or what is left of one."""
    try:
        inner = sorted(item.path for item in os.scandir(root) if item.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for path in map(Path, inner):
        if any((path / name).is_file() for name in (REPORT, LOG)):
            yield path
        elif deep and not path.name.startswith("."):
            yield from _folders(path, deep - 1)


def _run(folder: Path, outputs: Path, newest: str | None) -> Run | None:
    """The run that lies in a folder; None where it cannot be read as one."""
    try:
        if (folder / REPORT).is_file() and not folder.name.endswith(_PARTIAL):
            return _finished(folder, os.path.realpath(folder) == newest)
        return _unfinished(folder, outputs)
    except (OSError, msgspec.DecodeError):  # it vanished meanwhile, or is of something else
        return None


def _finished(folder: Path, is_latest: bool) -> Run:
    doubt = seal.doubt(folder, whole=False)
    if doubt is not None and doubt.of_report and (folder / seal.NAME).is_file():
        return _changed(folder, doubt, is_latest)
    found = msgspec.json.decode((folder / REPORT).read_bytes(), type=_Report)
    run = Run(
        folder,
        State.PASS if found.summary.outcome == "supported" else State.FAIL,
        found.name,
        found.stage,
        _ended(folder, REPORT),
        tuple(found.evaluation.metrics) if found.evaluation else (),
        found.weights,
        found.plan_digest,
        found.spec_digest,
        latest=is_latest,
        debug=folder.name.endswith("-debug"),
    )
    if doubt is None:
        return run
    return replace(run, state=State.CHANGED, metrics=(), weights=None, said=f"{doubt.words}; {seal.REMEDY}")


def _changed(folder: Path, doubt: seal.Doubt, is_latest: bool) -> Run:
    """A run of which not even the report is as it was: it is listed, and nothing that it says is shown."""
    said = f"{doubt.words}; {seal.REMEDY}"
    when, name = _ended(folder, REPORT), folder.parent.name
    return Run(
        folder, State.CHANGED, name, "-", when, said=said, latest=is_latest, debug=folder.name.endswith("-debug")
    )


def _unfinished(folder: Path, outputs: Path) -> Run | None:
    final, state, said = _final(folder), State.STOPPED, log.stopped(folder / LOG)
    if folder.name.endswith(_PARTIAL):
        state = State.RUNNING if is_locked(lock_file(final, outputs)) else State.KILLED
    elif said is None:
        state = State.KILLED
    plan = msgspec.json.decode((folder / PLAN).read_bytes(), type=_Plan)
    return Run(
        folder, state, plan.name, plan.stage, _ended(folder, LOG), said=said, debug=final.name.endswith("-debug")
    )


def _final(folder: Path) -> Path:
    """The run folder that an unfinished one was to become: ``.abc.x1y2.partial`` and ``abc.failed`` to ``abc``."""
    name = folder.name.removesuffix(_PARTIAL).removesuffix(".failed")
    return folder.with_name(name[1:].rpartition(".")[0] if folder.name.endswith(_PARTIAL) else name)


def _ended(folder: Path, otherwise: str) -> datetime.datetime:
    """The time of the last line of a log, which copying keeps, or that of a file."""
    place = folder / LOG
    if place.is_file():
        with place.open("rb") as stream:
            stream.seek(max(0, place.stat().st_size - _TAIL))
            stamps = [_time(line[:20].decode("ascii", "replace")) for line in stream.read().splitlines()]
        told = [stamp for stamp in stamps if stamp is not None]
        if told:
            return told[-1]
    return datetime.datetime.fromtimestamp((folder / otherwise).stat().st_mtime, datetime.UTC)


def _time(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
