"""Measures the quality of a data set and holds it against the declared limits of `data.quality`.

Terms as in the Open Data Contract Standard: missing, duplicate and invalid values. Shares are of cells, from 0 to 1.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from stdspec.errors import InputError
from stdspec.evidence import Record
from stdspec.run.data.assemble import Assembled
from stdspec.run.data.identity import duplicates, row_ids
from stdspec.run.train.units import SECONDS, amount


def measure(assembled: Assembled, today: datetime.date, leave_out: tuple[str, ...] = ()) -> dict[str, float | int]:
    """What can be measured: rows, missing_share, duplicate_rows, invalid_share, and class_share and freshness if any.

    Args:
        assembled: the data set with its columns.
        today: the day that freshness counts from; it is the age of the newest row, in seconds.
        leave_out: kept columns that do not make two rows different.
    """
    dataset, used = assembled.dataset, assembled.columns
    declared = [column for column in used if column.declaration]
    cells, invalid = len(dataset) * len(declared), sum(item.count for item in assembled.violations)
    found: dict[str, float | int] = {
        "rows": len(dataset),
        "missing_share": sum(int(column.missing.sum()) for column in used) / (len(dataset) * len(used)),
        "duplicate_rows": duplicates(row_ids(dataset, leave_out)),
        "invalid_share": min(1.0, invalid / cells) if cells else 0.0,
    }
    if dataset.classes:
        counts = np.bincount(dataset.target, minlength=len(dataset.classes))
        found["class_share"] = float(counts.min() / len(dataset))
    dates = [column for column in used if column.role == "time" and column.values.dtype.kind == "M"]
    moments = [np.nanmax(column.values) for column in dates if not column.missing.all()]
    if moments:
        found["freshness"] = float((np.datetime64(today, "s") - max(moments)) / np.timedelta64(1, "s"))
    return found


def records(measured: Mapping[str, float | int], limits: Mapping[str, Any]) -> list[Record]:
    """The records of the measured values and, where a limit is stated, of whether all hold.

    Raises:
        InputError: when a limit is stated for what cannot be measured in this data.
    """
    out, held = [], []
    for name, value in measured.items():
        limit = limits.get(name)
        unit = "seconds" if name == "freshness" else None
        observed = value if limit is not None else None
        path = f"run.data.quality.{name}"
        out.append(Record(path, value, declared=limit, observed=observed, unit=unit, varies=name == "freshness"))
    for name, limit in limits.items():
        if limit is None:
            continue
        if name not in measured:
            raise InputError(
                f"a limit on {name} is stated, and this data cannot show it{_WHY.get(name, '')}",
                place=f"data.quality.{name}",
                remedy="write null, or give the data what it takes",
            )
        held.append(holds(measured[name], limit))
    if held:
        out.append(Record("run.data.quality.within", all(held)))
    return out


_WHY: Final = {
    "freshness": ": no column of type date has the role time",
    "class_share": ": the target is a number",
    "label_agreement": ": it takes several labels a row, and no reader gives them",
}


def holds(value: float, limit: Mapping[str, Any]) -> bool:
    """Whether a value keeps a limit of the form ``{at_least: …, at_most: …}``; durations count in seconds."""
    low, high = limit.get("at_least"), limit.get("at_most")
    return (low is None or value >= _number(low)) and (high is None or value <= _number(high))


def _number(limit: object) -> float:
    if isinstance(limit, int | float):
        return float(limit)
    try:
        return amount(str(limit), SECONDS)
    except ValueError:
        raise InputError(
            f"'{limit}' is no limit", "data.quality", "write a number, or a duration such as 180d"
        ) from None
