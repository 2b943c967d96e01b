"""Where a problem of a composition stands: at the value, at what holds it, or at what selects a shipped option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stdspec.codes import SLUGS
from stdspec.compose.model import Origin
from stdspec.compose.node import Step
from stdspec.compose.resolve import Problem
from stdspec.finding import Finding, Related, Severity, Span
from stdspec.paths import ConfigPath, dotted
from stdspec.source import edits

Origins = Mapping[ConfigPath, tuple[Origin, ...]]
"""Who wrote each value of a composition, the winner first."""


def located(problem: Problem, origins: Origins, steps: Sequence[Step]) -> Finding:
    """A problem as a finding, at the value or at the key of its nearest ancestor that somebody wrote."""
    span: Span | None = None
    for end in range(len(problem.path), -1, -1):
        chain = origins.get(problem.path[:end])
        if chain:
            span = chain[0].span if end == len(problem.path) else chain[0].key
            if problem.code == "HYD001" and end == len(problem.path) and chain[0].shipped:
                return _left_open(problem.path, chain[0], origins, steps)
            break
    fix = edits.respelt_within(span, *problem.instead) if problem.instead else ()
    path = dotted(problem.path)
    return Finding(problem.code, SLUGS[problem.code], Severity.ERROR, problem.message, path, span, (), fix)


def _left_open(path: ConfigPath, origin: Origin, origins: Origins, steps: Sequence[Step]) -> Finding:
    """The finding about a value that a shipped option leaves to whoever selects it: where that one can write it."""
    own = (one.key for end in range(len(path) - 1, 0, -1) for one in origins.get(path[:end], ()) if not one.shipped)
    span = next(own, None) or _selected(origin.span.file, steps) or origin.span
    related = (Related(f"{origin.layer} leaves it open", origin.span),)
    message = (
        f"{dotted(path)} is missing, which {origin.layer} leaves open; write it in the spec or on the command line"
    )
    return Finding("HYD001", SLUGS["HYD001"], Severity.ERROR, message, dotted(path), span, related)


def _selected(file: str, steps: Sequence[Step]) -> Span | None:
    """Where a file of the project or the command line selects a shipped file, or what selects that one."""
    by_file = {step.file.path: step for step in reversed(steps)}
    for _ in by_file:
        step = by_file.get(file)
        span = step.default.choice.span if step is not None else None
        if span is None:
            return None
        holder = by_file.get(span.file)
        if holder is None or not holder.file.shipped:
            return span
        file = span.file
    return None
