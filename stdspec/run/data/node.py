"""The data node: reads the source, builds the data set, checks its contract, quality and privacy.

What breaks the contract is recorded and judged by the standard; only what cannot be read at all stops the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stdspec import clock
from stdspec.errors import InputError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context, Event
from stdspec.run.data import privacy, profile, quality, representation
from stdspec.run.data.assemble import Assembled, assemble
from stdspec.run.data.reader import read


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write `dataset.npz`, `dataset.json`, `contract.json` and `profile.json`, and record what the data are like.

    Raises:
        InputError: when the source cannot be read as declared.
    """
    del inputs  # the first node has none
    data: Mapping[str, Any] = node.config["data"]
    if data.get("sources"):
        raise InputError(
            "several sources cannot be joined in this version",
            place="data.sources",
            remedy="give one under data.source",
        )
    found = read(data.get("source") or {}, context.settings)
    task = (node.config.get("training") or {}).get("task")
    assembled = assemble(found.raw, data, task, kept_columns(node.config), group_named(node.config))
    assembled.dataset.save(out)
    assigned = (data.get("splits") or {}).get("column")
    measured = quality.measure(assembled, clock.today(), (assigned,) if assigned else ())
    records = [
        Record("run.data.rows", len(assembled.dataset)),
        Record("run.data.digest", dict(found.digests)),
        *quality.records(measured, data.get("quality") or {}),
        Record("run.data.violations", sum(item.count for item in assembled.violations)),
        *representation.records(assembled, data.get("population") or {}),
    ]
    sightings = None
    if (data.get("privacy") or {}).get("scan"):
        names = [item.name for item in assembled.columns if item.name in assembled.table.columns]
        sightings = [item.as_json() for item in privacy.scan(assembled.table, names)]
        records.append(Record("run.data.pii", sightings))
    _write(out / "contract.json", profile.contract(assembled))
    stable = {name: value for name, value in measured.items() if name != "freshness"}  # it changes with the day
    summary = profile.card(assembled.dataset, assembled.target)
    _write(out / "profile.json", {**summary, "quality": stable, "files": dict(found.digests), "pii": sightings})
    _report(assembled, node.id, context)
    return records


def group_named(config: Mapping[str, Any]) -> str | None:
    """The group column that the method of evaluation, or else the splits, name; None where neither does."""
    method, splits = (config.get("evaluation") or {}).get("method"), (config.get("data") or {}).get("splits")
    named = (method or {}).get("group") or (splits or {}).get("group")
    return str(named) if named else None


def kept_columns(config: Mapping[str, Any]) -> list[str]:
    """The columns that splits, folds, slices and groups name, in the order of the spec and each once."""
    splits = (config.get("data") or {}).get("splits") or {}
    evaluation = config.get("evaluation") or {}
    method = evaluation.get("method") or {}
    slices = (evaluation.get("slices") or {}).values()
    fairness = (config.get("governance") or {}).get("fairness") or {}
    named = [splits.get("column"), splits.get("group"), splits.get("time"), method.get("group"), method.get("time")]
    named += [item.get("column") for item in slices if item]
    named += fairness.get("groups") or ()
    return list(dict.fromkeys(str(name) for name in named if name is not None and name != "???"))


def _report(assembled: Assembled, node: str, context: Context) -> None:
    for item in assembled.violations[:3]:
        context.report(Event("warning", node, {"text": f"the data break their contract: {item}"}))


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
