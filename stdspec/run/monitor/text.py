"""Renders a comparison as plain text of at most 80 columns; what is well is counted, what is not is listed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from stdspec.run.monitor.compare import Comparison
from stdspec.run.monitor.measured import DriftTest

WIDTH: Final = 80
_LABEL: Final = 12
_MOST: Final = {"alert": 20, "warn": 10, "insufficient": 3}
"""How many tests of each status are listed, worst status first; JSON holds them all."""


def render(found: Comparison) -> str:
    """The comparison as text, with a final newline."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    yield from _field("decision", found.decision)
    for reason in found.reasons:
        yield from _field("", reason)
    yield from _field("batch", f"{found.file}, {_count(found.rows, 'row')}")
    yield from _field("reference", f"{found.reference[0]} split, {_count(found.reference[1], 'row')}")
    if found.scored is not None:
        yield from _field("scored", _count(found.scored, "row"))
    cells = sum(item.count for item in found.violations)
    yield from _field("contract", _count(cells, "violation") if cells else "kept")
    for violation in found.violations:
        yield from _field("", str(violation))
    for about in ("features", "predictions"):
        tests = [item for item in found.tests if item.about == about]
        if tests:
            yield from _field(about, _summary(tests))
            yield from _listed(tests)
    if any(item.p is not None for item in found.tests):
        yield from _field("p-values", f"adjusted for their number: {found.control}")
    if any(item.statistic == "psi" for item in found.tests):
        yield from _field("psi", "deciles of the reference; an empty bin counts as 0.0001")
    for note in found.notes:
        yield from _field("note", note)


def _summary(tests: Sequence[DriftTest]) -> str:
    """What was tested, where that is the same for all, and how often it came out how."""
    statuses = [item.status for item in tests]
    counted = ", ".join(f"{statuses.count(status)} {status}" for status in (*_MOST, "ok") if status in statuses)
    tested = {_limits(item) for item in tests}
    return f"{tested.pop()}: {counted}" if len(tested) == 1 else counted


def _listed(tests: Sequence[DriftTest]) -> Iterator[str]:
    """What is not well, worst first; where all is well, the one test that is nearest to its limit."""
    mixed = len({_limits(item) for item in tests}) > 1
    for status, most in _MOST.items():
        chosen = sorted((item for item in tests if item.status == status), key=_badness, reverse=True)
        for item in chosen[:most]:
            yield from _field("", f"{status}  {_measured(item, mixed)}")
        if len(chosen) > most:
            yield from _field("", f"{status}  {len(chosen) - most} more; --format json lists them")
    if all(item.status == "ok" for item in tests):
        yield from _field("", f"highest  {_measured(max(tests, key=_badness), mixed)}")


def _badness(test: DriftTest) -> float:
    return test.value if test.p is None else 1 - test.p


def _limits(test: DriftTest) -> str:
    limits = [f"{name} {limit:g}" for name, limit in (("warn", test.warn), ("alert", test.alert)) if limit is not None]
    return ", ".join([test.statistic, *limits])


def _measured(test: DriftTest, mixed: bool) -> str:
    observed = f"{test.value:.3g}" if test.p is None else f"{test.value:.3g}, p {test.p:.2g}"
    chance = f", by chance {test.chance:.2g}" if test.status == "insufficient" and test.chance is not None else ""
    return f"{test.subject}: {observed}{chance}" + (f" ({_limits(test)})" if mixed else "")


def _field(label: str, text: str) -> Iterator[str]:
    indent = " " * _LABEL
    lines = textwrap.wrap(text, WIDTH - _LABEL, break_on_hyphens=False) or [""]
    yield (label.ljust(_LABEL) + lines[0]).rstrip()
    yield from (indent + line for line in lines[1:])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
