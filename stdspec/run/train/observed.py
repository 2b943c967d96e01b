"""The evidence of a fit: what ran beside what was declared, and what was measured.

Each observed value was read from the running objects, each declared one from the spec, or worked out from it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from stdspec.evidence import Record
from stdspec.run.train import measure
from stdspec.run.train.fitting import Outcome
from stdspec.run.train.job import Job, Rule


def records(job: Job, outcome: Outcome, config: Mapping[str, Any], *, kept: bool) -> list[Record]:
    """The records of a fit.

    Args:
        job: what was asked.
        outcome: what the fit gave.
        config: the node's, with values as they were written.
        kept: whether the weights that are handed out are those that the rule chose.
    """
    return [
        *_machine(outcome, config.get("compute") or {}),
        *_training(job, outcome, config),
        *_choices(job, outcome, kept=kept),
        *_rows(outcome),
        *_measured(outcome),
    ]


def checkpoint(outcome: Outcome, job: Job) -> dict[str, Any]:
    """The rule, and the epoch that was kept by it with the value that decided."""
    assert outcome.keeper.chosen is not None
    return {**_rule(job), **outcome.keeper.chosen}


def _both(path: str, declared: Any, observed: Any) -> Record:
    return Record(path, observed, declared=declared, observed=observed)


def _machine(outcome: Outcome, compute: Mapping[str, Any]) -> Iterator[Record]:
    ran = outcome.keeper.ran
    yield _both("run.compute.precision", compute.get("precision"), outcome.precision)
    for name in ("accelerator", "devices", "strategy"):
        yield _both(f"run.compute.{name}", compute.get(name), ran[name])
    yield Record("run.compute.threads", ran["threads"])
    if ran["memory_format"] is not None:
        yield _both("run.compute.memory_format", compute.get("memory_format"), ran["memory_format"])


def _training(job: Job, outcome: Outcome, config: Mapping[str, Any]) -> Iterator[Record]:
    keeper, ran, training = outcome.keeper, outcome.keeper.ran, job.training
    full = not keeper.stopped_early  # an early stop that the spec asks for is no deviation from it
    yield _both("run.training.seed", config.get("seed"), ran["seed"])
    yield _both("run.training.epochs", job.epochs if full else None, len(keeper.history))
    yield _both("run.training.steps", job.max_steps if full else None, outcome.steps)
    yield _both("run.training.batch", job.batch, outcome.batch)
    yield _both("run.training.batches", outcome.batches, ran["batches"])
    yield _both("run.training.deterministic", training.get("determinism"), ran["deterministic"])
    if ran["optimizer"] is not None:
        options = training.get("optimizer")
        declared = {"kind": options["kind"], "lr": float(options["lr"])} if options else None
        yield _both("run.training.optimizer", declared, ran["optimizer"])
    yield Record("run.training.loss_finite", bool(np.isfinite(outcome.losses.epochs).all()))
    if outcome.losses.epochs:
        yield Record("run.training.final_loss", outcome.losses.epochs[-1])
    yield Record("run.training.resumable", outcome.lasting is None)
    if outcome.lasting is not None:
        yield Record("run.training.not_resumable", outcome.lasting)


def _choices(job: Job, outcome: Outcome, *, kept: bool) -> Iterator[Record]:
    """What the rules chose, beside what they should have chosen by the history."""
    keeper = outcome.keeper
    history = keeper.history
    yield _both("run.training.checkpoint", {**_rule(job), **best(history, job.checkpoint)}, checkpoint(outcome, job))
    yield _both("run.training.kept", True, kept and keeper.faithful)
    yield Record("run.training.stopped_early", keeper.stopped_early)
    if job.stop is not None:
        yield _both("run.training.stop", due(history, job.stop, job), history[-1]["epoch"])


def _rows(outcome: Outcome) -> Iterator[Record]:
    """Which rows own data and own modules trained on, as far as a module has its say in it."""
    seen = outcome.seen
    yield _both("run.training.skipped", 0, seen.skipped)
    if not seen.own or seen.most is None:
        return
    yield _both("run.training.rows", seen.held, seen.most)
    expected = seen.expected or {}
    if seen.why or seen.sum is None:
        yield Record("run.training.data", f"not compared: {seen.why}")
    elif seen.most == expected.get("rows") and seen.held in (None, seen.most):  # else the record before says it
        yield _both("run.training.data", expected["sum"], seen.sum)


def _measured(outcome: Outcome) -> Iterator[Record]:
    """What may differ between equal runs."""
    rates = outcome.losses.rates
    pace = measure.throughput(rates, outcome.usage.pace(outcome.batch, rates[0][0] if rates else 0))
    unit = None if isinstance(pace, str) else "samples/s"
    yield Record("run.compute.throughput", pace, unit=unit, varies=True)
    yield Record("run.training.seconds", round(outcome.seconds, 3), unit="seconds", varies=True)
    yield from outcome.usage.records()


def _rule(job: Job) -> dict[str, Any]:
    rule = job.checkpoint
    return {"monitor": rule.monitor if rule else None, "mode": rule.mode if rule else "last"}


def best(history: Sequence[Mapping[str, Any]], rule: Rule | None) -> dict[str, Any]:
    """The epoch that a checkpoint rule chooses by the history, and the value that decides; the last without a rule."""
    if rule is None:
        return {"epoch": history[-1]["epoch"], "value": None}
    found: dict[str, Any] = {"epoch": None, "value": None}
    for entry in history:
        value = entry["metrics"].get(rule.monitor)
        if value is not None and rule.better(value, found["value"]):
            found = {"epoch": entry["epoch"], "value": value}
    return found


def due(history: Sequence[Mapping[str, Any]], rule: Rule, job: Job) -> int | None:
    """The epoch after which `training.stop` ends a fit by the history; None where it did not, or others decide, too."""
    given = job.training.get("trainer") or {}
    if given.get("min_steps"):
        return None
    least, best_so_far, waited = int(given.get("min_epochs") or 0), None, 0
    for entry in history:
        value = entry["metrics"].get(rule.monitor)
        if value is None:
            continue
        if rule.better(value, best_so_far):
            best_so_far, waited = value, 0
            continue
        waited += 1
        if waited >= max(1, job.patience) and entry["epoch"] >= least:
            return int(entry["epoch"])
    return None
