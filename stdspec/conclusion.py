"""What becomes of a run whose nodes are done: it is judged, reported and published as a run folder.

Where the folder stands there already, made from the very same, only its log is renewed.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from stdspec import clock
from stdspec.compose.model import Composed
from stdspec.digest import digest_file
from stdspec.evidence import Record
from stdspec.finding import Finding
from stdspec.paths import split_dotted
from stdspec.plan.model import Plan
from stdspec.run import artifacts, folder, seal, unchanged
from stdspec.run import records as evidence
from stdspec.run.executor import Execution
from stdspec.run.store import Store
from stdspec.settings import Settings
from stdspec.standard.verdict import Judgement


class Ended(Struct, frozen=True):
    """A run whose nodes are done.

    Attributes:
        plan: what ran.
        composed: what it was planned from.
        warnings: what lint found.
        settings: the project's.
        done: what executing it gave.
        store: where its results are kept.
    """

    plan: Plan
    composed: Composed
    warnings: tuple[Finding, ...]
    settings: Settings
    done: Execution
    store: Store


class Conclusion(Struct, frozen=True):
    """What the run says.

    Attributes:
        records: everything that was observed.
        weights: the digest of the weights.
        report: report.json as data.
    """

    records: tuple[Record, ...]
    weights: str
    report: dict[str, Any]

    @property
    def passed(self) -> bool:
        """A failed gate or a must that is not met fails a run, and so does that no clause holds, as the report says."""
        return bool(self.report["summary"]["outcome"] == "supported")


def conclude(ended: Ended, aside: Path, final: Path, *, debug: bool) -> Conclusion:
    """Judge and report a run into a staged folder and publish that, unless the published one is the same.

    Args:
        ended: the run.
        aside: the staged folder; the log is in it.
        final: the run folder.
        debug: whether it is a debug run, whose folder is always made and never the latest.
    """
    outputs = ended.settings.root / ended.settings.outputs
    basis = None if debug else _basis(ended)
    if basis is not None and _nothing_ran(ended) and _stands(final, basis, ended.store):
        report = json.loads((final / folder.REPORT).read_bytes())
        folder.renew(aside, final, outputs)
        return Conclusion(_records(ended, report["weights"], final), report["weights"], report)
    weights = artifacts.collect(ended.plan, ended.done.outputs, aside)
    _list_materials(ended, weights, aside)
    records = _records(ended, weights, aside)
    report = _written(ended, records, aside)
    seal.write(aside)
    fact = unchanged.fact(aside, basis) if basis is not None else None
    folder.carry_logs(final, aside)
    folder.publish(aside, final, outputs, latest=not debug)
    if fact is not None:
        with suppress(OSError):  # the run is whole; the next one only does more than it needs to
            ended.store.learn(fact)
    return Conclusion(records, weights, report)


def _basis(ended: Ended) -> str | None:
    done = ended.done
    days = _days(ended)
    made = {node: f"{digest} {days.get(node)}" for node, digest in done.digests.items()}
    return unchanged.basis(ended.plan, ended.composed, ended.warnings, done.records, made, ended.settings)


def _days(ended: Ended) -> dict[str, datetime.date]:
    """The day on which the output of each node was made: that of a store may be old."""
    return {node: datetime.date.fromisoformat(at[:10]) for node, at in ended.done.at.items()}


def _stands(final: Path, basis: str, store: Store) -> bool:
    """Whether a run folder was made from this basis and is still what was made."""
    if folder.failure(final).exists():  # there are logs to be taken over
        return False
    try:
        return store.knows(unchanged.fact(final, basis))
    except OSError:  # there is none, or a file of it cannot be read
        return False


def _nothing_ran(ended: Ended) -> bool:
    return len(ended.done.hits) == len(ended.plan.nodes)


def _records(ended: Ended, weights: str, run: Path) -> tuple[Record, ...]:
    """Every record of the run, the last of which says what of it is not as declared."""
    from stdspec.report import bom

    plan, composed = ended.plan, ended.composed
    listed = {"format": bom.FORMAT, "digest": digest_file(run / artifacts.FOLDER / bom.FILE)}
    # Equal runs may differ in their packages, which are listed there; so its digest stays out of the result's.
    materials = Record("run.deployment.bom", listed, spec=plan.spec_digest, varies=True)
    records = [*_observed(ended, weights), materials]
    return (*records, evidence.mismatches(records, plan, lambda path: composed.assumed(split_dotted(path))))


def _observed(ended: Ended, weights: str) -> list[Record]:
    return [*ended.done.records, Record("run.weights", weights, spec=ended.plan.spec_digest)]


def _list_materials(ended: Ended, weights: str, aside: Path) -> None:
    """Write the bill of materials beside the artefacts."""
    from stdspec.report import assets, bom
    from stdspec.report import build as reporter
    from stdspec.report.bom.document import of_materials

    found = assets.load(ended.plan, ended.done.outputs)
    facts = reporter.build(ended.plan, ended.composed, (), _observed(ended, weights), found)
    text = json.dumps(of_materials(facts), indent=2)
    (aside / artifacts.FOLDER / bom.FILE).write_text(text + "\n", encoding="ascii")


def _written(ended: Ended, records: Sequence[Record], aside: Path) -> dict[str, Any]:
    """The report, judged now; everything that is made from the records is written into the staged folder."""
    from stdspec.report import files as views

    report = _report(ended, _judged(ended, records), records, ended.done.outputs)
    evidence.write(records, aside / "records.jsonl")
    folder.write_spec(ended.plan, aside)
    views.write(report, aside)
    return report


def _judged(ended: Ended, records: Sequence[Record]) -> list[Judgement]:
    from stdspec.lint.checks import rule_check
    from stdspec.standard import approvals, papers, waivers
    from stdspec.standard.judge import judge
    from stdspec.standard.load import load

    settings, today = ended.settings, clock.today()
    approved = approvals.records(settings, papers.subject(ended.composed, settings), today)
    return judge(
        [load(name, settings) for name in ended.plan.standards],
        ended.composed,
        [*records, *approved],
        spec_digest=ended.plan.spec_digest,
        stage=ended.plan.stage,
        today=today,
        rules=partial(rule_check, settings=settings),
        recorded=_days(ended),
        waivers=waivers.board(settings, ended.composed, today),
    )


def _report(
    ended: Ended, judgements: Sequence[Judgement], records: Sequence[Record], outputs: Mapping[str, Path]
) -> dict[str, Any]:
    from stdspec.report import assets
    from stdspec.report import build as reporter
    from stdspec.standard import approvals, papers, said, waivers
    from stdspec.standard.load import load

    found, today = assets.load(ended.plan, outputs), clock.today()
    settings, subject = ended.settings, papers.subject(ended.composed, ended.settings)
    board = waivers.board(settings, ended.composed, today)
    used = {item.waiver["number"] - 1 for item in judgements if item.waiver is not None}
    approved = [
        record for record in approvals.records(settings, subject, today) if record.spec == ended.plan.spec_digest
    ]
    return reporter.build(
        ended.plan,
        ended.composed,
        judgements,
        records,
        found,
        today=today,
        waivers=board.shown(today, used) if board is not None else [],
        recorded=_days(ended),
        approvals=[given for record in approved for given in record.value],
        judged_by=said.sources((load(name, settings) for name in ended.plan.standards), settings),
    )
