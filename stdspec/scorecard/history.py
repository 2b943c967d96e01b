"""The history of a repository's scores: a file that people commit, one line of JSON for each scoring.

Lines are only added, and a line says all that later ones are compared with. Experiments that fare alike share an entry,
so that a thousand of them take a few kilobytes. A line that is no scoring is said with its place, and left as it is.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from stdspec import __version__, whole
from stdspec.clock import no_such_day
from stdspec.errors import InputError
from stdspec.paths import contents, exists, shown
from stdspec.run.locks import locked
from stdspec.scorecard.model import By, Experiment, Gathered, State, score
from stdspec.standard.standing import overall
from stdspec.standard.verdict import Verdict

_LARGEST: Final = 256 * 1024 * 1024
_LOCK: Final = Path(".stdspec", "scorecard.lock")

Count = Annotated[int, Meta(ge=0)]
Unmet = dict[Verdict, dict[str, list[str]]]
"""Verdict to standard to the ids of the clauses."""


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """How experiments fare that fare alike.

    Attributes:
        experiments: their names.
        stage: their stage.
        standards: the labels of the standards that they name.
        level: their level.
        among: must or should: what the level is the worst of; empty where neither holds.
        met: how many musts are met.
        musts: how many musts hold.
        judged: how many of the clauses that hold were judged.
        holding: how many clauses hold.
        unmet: the musts that are not met.
        open: the shoulds that are not met.
    """

    experiments: list[str]
    stage: str
    standards: list[str]
    level: Verdict
    among: Literal["must", "should", ""]
    met: Count
    musts: Count
    judged: Count
    holding: Count
    unmet: Unmet
    open: Unmet


class Scoring(Struct, frozen=True, forbid_unknown_fields=True):
    """One line.

    Attributes:
        stdspec_scorecard: the version of this form.
        day: on which experiments were judged.
        commit: what was checked out; None where that is not known.
        stdspec: the version that judged.
        paths: what was scored, from the root.
        evidence: runs or spec: whether runs were looked at.
        standards: the state of each standard that experiments name.
        met, musts, judged, holding: the sums over all experiments.
        level: of all of them together.
        not_judged: the names of the experiments that could not be composed.
        results: how each of the others fares.
    """

    stdspec_scorecard: Literal[1]
    day: str
    commit: str | None
    stdspec: str
    paths: list[str]
    evidence: By
    standards: dict[str, State]
    met: Count
    musts: Count
    judged: Count
    holding: Count
    level: Verdict
    not_judged: list[str]
    results: list[Result]

    @property
    def experiments(self) -> dict[str, Result]:
        """How each experiment fares, by its name."""
        return {name: item for item in self.results for name in item.experiments}

    def same(self, other: Scoring) -> bool:
        """Whether another one says the same of the same, whenever and by which version."""
        return replace(self, day="", commit=None, stdspec="") == replace(other, day="", commit=None, stdspec="")

    def beside(self, other: Scoring) -> bool:
        """Whether another one is of the same paths, judged in the same way."""
        return (self.paths, self.evidence) == (other.paths, other.evidence)


class Fault(Struct, frozen=True):
    """A line that is no scoring: where, and why."""

    place: str
    message: str


class History(Struct, frozen=True):
    """What a file holds: scorings from the oldest to the newest, and the lines that are none."""

    scorings: tuple[Scoring, ...] = ()
    faults: tuple[Fault, ...] = ()

    def beside(self, scoring: Scoring) -> list[Scoring]:
        """The scorings of the same paths that were judged in the same way."""
        return [item for item in self.scorings if item.beside(scoring)]


def scoring(gathered: Gathered, day: datetime.date, commit: str | None, paths: Sequence[str], evidence: By) -> Scoring:
    """What a line says of experiments."""
    results: dict[bytes, Result] = {}
    for item in gathered.experiments:
        result = _result(item)
        known = results.setdefault(msgspec.json.encode(result), result)
        known.experiments.append(item.name)
    total, standing = score(gathered.lines), overall(gathered.lines)
    return Scoring(
        stdspec_scorecard=1,
        day=day.isoformat(),
        commit=commit,
        stdspec=__version__,
        paths=sorted(set(paths)),
        evidence=evidence,
        standards=dict(gathered.standards),
        met=total.met,
        musts=total.hold,
        judged=standing.judged,
        holding=standing.holding,
        level=standing.level,
        not_judged=[item.name for item in gathered.not_judged],
        results=sorted(results.values(), key=lambda item: item.experiments[0]),
    )


def _result(item: Experiment) -> Result:
    standing, total = item.standing, item.score
    unmet: dict[str, Unmet] = {"must": {}, "should": {}}
    for line in sorted(item.unmet, key=lambda line: (line.verdict, line.standard, line.id)):
        unmet[line.level].setdefault(line.verdict, {}).setdefault(line.standard, []).append(line.id)
    return Result(
        experiments=[],
        stage=item.stage,
        standards=list(item.standards),
        level=standing.level,
        among=standing.among,  # type: ignore[arg-type] # must, should or nothing
        met=total.met,
        musts=total.hold,
        judged=standing.judged,
        holding=standing.holding,
        unmet=unmet["must"],
        open=unmet["should"],
    )


def read(file: Path) -> History:
    """The history in a file; an empty one where there is no such file.

    Raises:
        InputError: when it cannot be read.
    """
    return _parsed(_bytes(file), file)


def _bytes(file: Path) -> bytes:
    if not exists(file):
        return b""
    try:
        return contents(file, _LARGEST)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"this history cannot be read: {reason}", shown(file), "name another by --history") from None


def _parsed(data: bytes, file: Path) -> History:
    found: list[Scoring] = []
    faults: list[Fault] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        item = _line(line)
        if isinstance(item, str):
            faults.append(Fault(f"{shown(file)}:{number}", item))
        elif item not in found[-1:]:  # a merge of two branches may keep a line of both
            found.append(item)
    return History(tuple(sorted(found, key=lambda item: item.day)), tuple(faults))


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REMEDY: Final = "take it from version control, or take it out"


def _line(line: bytes) -> Scoring | str:
    """The scoring of a line, or what is wrong with it."""
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")):
        return "a merge is not done here; keep the lines of both sides, and take this one out"
    try:
        found = msgspec.json.decode(line, type=Scoring)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"this line is no scoring: {_reason(error)}; {_REMEDY}"
    return found if (wrong := _wrong(found)) is None else f"this line is no scoring: {wrong}; {_REMEDY}"


def _reason(error: Exception) -> str:
    text = str(error)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _wrong(item: Scoring) -> str | None:
    """What contradicts itself in a line."""
    if not _DAY.fullmatch(item.day) or no_such_day(item.day):
        return f"'{item.day}' is no day such as 2026-12-31"
    if any(one.met > one.musts or one.judged > one.holding for one in item.results):
        return "more is met or judged than holds"
    for name in ("met", "musts", "judged", "holding"):
        total = sum(getattr(one, name) * len(one.experiments) for one in item.results)
        if total != getattr(item, name):
            return f"'{name}' is {getattr(item, name)}, and its results make {total}"
    names = [name for one in item.results for name in one.experiments]
    if len(set(names)) < len(names):
        return "an experiment stands in it twice"
    lacking = {label for one in item.results for label in one.standards} - item.standards.keys()
    return f"it does not say which {min(lacking)} it means" if lacking else None


def record(file: Path, item: Scoring, root: Path) -> bool:
    """Add a scoring to a file, unless the last one beside it says the same; say whether it was added.

    Everything else in the file stays as it is, byte for byte.

    Raises:
        InputError: when the file cannot be read or written.
    """
    try:
        with locked(root / _LOCK):
            before = _bytes(file)
            known = _parsed(before, file).beside(item)
            if known and known[-1].same(item):
                return False
            ending = b"" if before.endswith(b"\n") or not before else b"\n"
            whole.write(file, before + ending + spelt(item))
    except OSError as error:
        remedy = "name a file that can be written by --history"
        raise InputError(f"the history cannot be written: {error.strerror}", shown(file), remedy) from None
    return True


def spelt(item: Scoring) -> bytes:
    """A scoring as a line."""
    data: Mapping[str, Any] = msgspec.to_builtins(item)
    return json.dumps(data, ensure_ascii=False, separators=(", ", ": ")).encode("utf-8", "backslashreplace") + b"\n"
