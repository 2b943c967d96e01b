"""Composes and judges every experiment under some paths, over several processes where there are many."""

from __future__ import annotations

import datetime
import errno
import os
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from stdspec.compose import entries
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Broken
from stdspec.digest import digest
from stdspec.errors import StdspecError
from stdspec.lint import adoption, cores, judged, plain
from stdspec.lint.against import spec_at
from stdspec.lint.aside import Choice
from stdspec.lint.checks import rule_check, settings_at
from stdspec.paths import contents, named
from stdspec.scorecard import evidence
from stdspec.scorecard.model import SPEC, By, Experiment, Gathered, Line, NotJudged, State, Words
from stdspec.settings import Settings
from stdspec.standard import approvals, papers, waivers
from stdspec.standard.judge import judge
from stdspec.standard.load import is_standard
from stdspec.standard.lock import digest_at
from stdspec.standard.model import Standard
from stdspec.standard.verdict import Judgement, Verdict

_SPEC_KEY: Final = re.compile(rb"^[\x80-\xff]*[\s{]*[\"']?stdspec[\"']?\s*:", re.MULTILINE)
"""The key of a spec at the beginning of a line, also behind the mark of an encoding, spaces or a brace."""


class Asked(Struct, frozen=True):
    """An entry point, what it is called and the settings that hold where it lies."""

    entry: entries.Entry
    name: str
    settings: Settings


class Asking(Struct, frozen=True):
    """How experiments are judged.

    Attributes:
        root: the folder from which files are named.
        today: the day.
        by: `RUNS` or `SPEC`: whether the evidence of runs is looked at.
    """

    root: Path
    today: datetime.date
    by: By


class Found(Struct):
    """What was found so far; experiments and faults by the number of the entry point."""

    experiments: dict[int, Experiment] = field(default_factory=dict)
    not_judged: dict[int, NotJudged] = field(default_factory=dict)
    clauses: dict[str, Words] = field(default_factory=dict)
    standards: dict[str, State] = field(default_factory=dict)
    waivers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, other: Found) -> None:
        """Add what another process found."""
        self.experiments |= other.experiments
        self.not_judged |= other.not_judged
        self.clauses |= other.clauses
        self.standards |= other.standards
        for key, item in other.waivers.items():
            self.note(key, item)

    def note(self, key: str, waiver: dict[str, Any]) -> None:
        """Keep a waiver: it is used where one experiment of several rests on it, in whatever order they are judged."""
        known = self.waivers.setdefault(key, waiver)
        known["used"] = known["used"] or waiver["used"]


def gather(paths: Sequence[str], how: Asking, *, jobs: int | None = 1) -> Gathered:
    """Judge every experiment under some paths.

    Args:
        paths: files and folders.
        how: how they are judged.
        jobs: over how many processes the work may be spread; None for as many as there are cores.

    Raises:
        InputError: for a path at which there is nothing.
    """
    asked = list(_asked(paths, how.root))
    found, ran = Found(), evidence.Runs(how.root)
    for one in asked if how.by != SPEC else ():
        ran.listed(one.settings)  # before there are copies of this process
    shares = cores.shares(list(enumerate(asked)), jobs)

    def elsewhere(part: Iterator[tuple[int, Asked]]) -> bytes:
        mine = Found()
        _judge_all(part, how, ran, mine)
        return msgspec.msgpack.encode(mine)

    def here(part: Iterable[tuple[int, Asked]]) -> None:
        _judge_all(part, how, ran, found)

    if len(shares) > 1:
        for answer in cores.spread(shares, elsewhere, here):
            found.take(msgspec.msgpack.decode(answer, type=Found))
    else:
        here(shares[0])
    lost = [*found.not_judged.values(), *_broken(paths, how.root, {item.entry.file for item in asked})]
    return Gathered(
        tuple(item for _, item in sorted(found.experiments.items())),
        tuple(sorted(lost, key=lambda item: item.name)),
        dict(sorted(found.clauses.items())),
        dict(sorted(found.standards.items())),
        tuple(item for _, item in sorted(found.waivers.items())),
    )


def _asked(paths: Iterable[str], root: Path) -> list[Asked]:
    """The entry points under some paths, each once, in the order of their names."""
    found: dict[str, Asked] = {}
    for path in paths:
        left_out = adoption.excluded(settings_at(path), Choice())
        for entry in entries.find(path, settings_at(path)):
            if left_out(entry.file) or (not entry.overrides and is_standard(entries.document(entry.file))):
                continue
            name = _name(entry.file, root)
            known = found.get(name)
            if known is not None and known.entry != entry:
                name = " ".join((name, entry.config_name, *entry.overrides))
            found.setdefault(name, Asked(entry, name, settings_at(entry.file)))
    return [item for _, item in sorted(found.items())]


def _broken(paths: Iterable[str], root: Path, known: Container[str]) -> Iterator[NotJudged]:
    """The files that say they are a spec, and cannot be read as one: they are no entry points, and must not go lost."""
    seen: set[str] = set()
    for path in paths:
        left_out = adoption.excluded(settings_at(path), Choice())
        for file in entries.yaml_files(path, settings_at(path)):
            if file in known or file in seen or left_out(file) or not _says_so(file):
                continue
            seen.add(file)
            document = entries.document(file)
            if not document.ok:
                yield NotJudged(_name(file, root), document.findings[0].message)


def _says_so(file: str) -> bool:
    """Whether a line of a file begins with the key of a spec; most files of a repository are not read any further.

    What may not be read might be a spec. What is too large for one is none.
    """
    try:
        return _SPEC_KEY.search(contents(file).replace(b"\0", b"")) is not None  # in UTF-16 every other byte is zero
    except OSError as error:
        return error.errno != errno.EFBIG


def _name(file: str, root: Path) -> str:
    """A file from the root, the same in every checkout."""
    name = named(file, root)
    return Path(os.path.relpath(file, root)).as_posix() if os.path.isabs(name) else name  # noqa: PTH117


def _judge_all(part: Iterable[tuple[int, Asked]], how: Asking, ran: evidence.Runs, found: Found) -> None:
    plains = plain.Gathered()
    for number, one in part:
        try:
            composed = spec_at(one.entry, one.settings, plains)
        except Broken as error:
            found.not_judged[number] = NotJudged(one.name, error.findings[0].message)
        except StdspecError as error:
            found.not_judged[number] = NotJudged(one.name, error.message)
        else:
            if composed is not None:
                _judge(number, one, composed, how, ran, found)


def _judge(number: int, one: Asked, composed: Composed, how: Asking, ran: evidence.Runs, found: Found) -> None:
    loaded, faults = judged.standards(composed, one.settings, how.today)
    named_ones = composed.get(("standards",)) or []
    if not isinstance(named_ones, list) or len(loaded) < len(named_ones):  # else a misspelt standard would ask nothing
        worst = sorted(faults, key=lambda item: item.severity.rank)
        fault = worst[0].message if worst else "its standards are no list of names"
        found.not_judged[number] = NotJudged(one.name, fault)
        return
    seen = evidence.NONE if how.by == SPEC else ran.of(papers.subject(composed, one.settings).digest, one.settings)
    judgements = _judged(one, composed, loaded, how, seen, found)
    held = [item for item in judgements if item.verdict is not Verdict.NOT_APPLICABLE]
    found.standards |= {item.label: _state(item) for item in loaded if item.label not in found.standards}
    lines = tuple(Line(item.id, item.standard, item.domain, item.level, item.verdict) for item in held)
    for line, item in zip(lines, held, strict=True):
        if line.name not in found.clauses:
            found.clauses[line.name] = Words(item.domain, item.says)
    subject = papers.subject(composed, one.settings)
    team = composed.get(("owner", "team"))
    found.experiments[number] = Experiment(
        name=one.name,
        file=_name(one.entry.file, how.root),
        spec=subject.name,
        stage=judged.stage(composed),
        standards=tuple(dict.fromkeys(item.label for item in loaded)),
        digest=subject.digest,
        team=team if isinstance(team, str) else "",
        lines=lines,
        run=seen.run,
    )


def _judged(
    one: Asked, composed: Composed, loaded: Sequence[Standard], how: Asking, seen: evidence.Evidence, found: Found
) -> list[Judgement]:
    """The judgements on a spec; waivers that end soon are noted."""
    settings, today = one.settings, how.today
    subject = papers.subject(composed, settings)
    board = waivers.board(settings, composed, today)
    judgements = judge(
        loaded,
        composed,
        [*seen.records, *approvals.records(settings, subject, today)],
        spec_digest=subject.digest,
        stage=judged.stage(composed),
        today=today,
        rules=partial(rule_check, settings=settings),
        recorded=seen.recorded,
        waivers=board,
        doubt=seen.run.doubt if seen.run else "",
    )
    if how.by == SPEC:
        judgements = [item for item in judgements if all(path.startswith("spec.") for path in item.look_at)]
    if board is not None:
        used = {item.waiver["number"] - 1 for item in judgements if item.waiver is not None}
        for item in board.shown(today, used):
            if item["state"] == "in-force" and 0 <= item["left"] <= waivers.SOON:
                place = f"{_name(str(settings.root / papers.WAIVERS), how.root)}.yaml"
                found.note(f"{place} {item['number']:06}", {"file": place, **item})
    return judgements


def _state(standard: Standard) -> State:
    """A standard's version, and the digest of all that it is made of."""
    parts = {label: digest_at(Path(file)) for label, (_, file) in standard.made_of.items()}
    whole = next(iter(parts.values())) if len(parts) == 1 else digest(parts)
    return State(standard.version, whole)
