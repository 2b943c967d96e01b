"""Lints every point of a sweep before the first one starts: one list of findings, each with the points it reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from stdspec import pipeline
from stdspec.codes import SLUGS
from stdspec.compose.model import Composed
from stdspec.compose.refusal import Refused
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Severity
from stdspec.pipeline import RefusedError
from stdspec.settings import Settings

Points = Sequence[tuple[str, ...]]


def check(
    points: Points, config_dir: str | None, config_name: str | None, settings: Settings
) -> tuple[Composed, tuple[Finding, ...]]:
    """A composed point, and what lint warns of.

    Raises:
        RefusedError: when a point has a finding of level error; nothing is run then.
        InputError: when it is no spec but another config of Hydra.
    """
    reached: dict[Finding, list[int]] = {}
    composed: Composed | None = None
    for number, overrides in enumerate(points):
        try:
            one = pipeline.compose(config_dir, config_name, overrides, settings)
            composed = composed or one
            found = pipeline.gate(one, settings)
        except RefusedError as error:
            found = error.findings
        except ComposeError as error:
            found = (_refusal(error),)
        for item in found:
            reached.setdefault(item, []).append(number)
    findings = tuple(_named(points, reached))
    errors = sum(item.severity is Severity.ERROR for item in findings)
    if errors or composed is None:
        count = "1 error" if errors == 1 else f"{errors} errors"
        raise RefusedError(f"the sweep has {count}, so no point is run", findings=findings)
    return composed, findings


def _refusal(error: ComposeError) -> Finding:
    message = f"{error.message}; {error.remedy}" if error.remedy else error.message
    span = error.span if isinstance(error, Refused) else None
    return Finding("HYD008", SLUGS["HYD008"], Severity.ERROR, message, "", span)


def _named(points: Points, reached: dict[Finding, list[int]]) -> Iterator[Finding]:
    """The findings in order, each with the points that it reaches in its message."""
    for item in sorted(reached, key=Finding.sort_key):
        yield replace(item, message=f"{item.message} ({_where(points, reached[item])})") if len(points) > 1 else item


def _where(points: Points, numbers: Sequence[int]) -> str:
    if len(numbers) == len(points):
        return f"in all {len(points)} points"
    first = f"point {numbers[0] + 1} of {len(points)}: {' '.join(points[numbers[0]])}"
    more = len(numbers) - 1
    return f"in {first}" + (f", and {more} more" if more else "")
