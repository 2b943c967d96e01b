"""Records as the executor keeps them: tied to spec and node, one a line, and the few that it observes itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from stdspec.digest import digest
from stdspec.evidence import Record, declared_at
from stdspec.paths import ConfigPath, select
from stdspec.plan.keys import DISTRIBUTIONS, Code
from stdspec.plan.model import Node, Plan
from stdspec.run import environment

_LIMITED: Final = ("run.data.quality.", "run.evaluation.")
"""Below these, what is declared is a limit and no value that should be observed again."""

_FROZEN: Final[dict[str, ConfigPath]] = {
    "run.data.digest": ("data", "source", "digest"),
    "run.model.signature": ("model", "signature"),
    "run.weights": ("model", "digest"),
}
"""Observed values that a spec may freeze, and where."""


def stamp(records: Iterable[Record], node: Node, plan: Plan, inputs: Mapping[str, str]) -> Iterator[Record]:
    """The records of a node with the node, the spec and the digests of its inputs written in.

    So is what the spec declares of a value that the node only observes: freezing it must not run the node again.
    """
    digests = tuple(inputs[name] for name in sorted(inputs))
    for record in records:
        frozen = select(plan.spec, _FROZEN[record.path]) if record.path in _FROZEN else None
        if isinstance(frozen, type(record.value)):  # `derived` for a mapping freezes nothing
            declared, observed = _compared(frozen, record.value)
            record = replace(record, declared=declared, observed=observed)
        yield replace(record, node=node.id, spec=plan.spec_digest, inputs=digests)


def _compared(frozen: Any, value: Any) -> tuple[Any, Any]:
    """What is frozen beside the same of what was observed: of files, those whose digest is stated."""
    if not isinstance(frozen, Mapping) or not all(item is None or isinstance(item, str) for item in frozen.values()):
        return frozen, value
    stated = {name: item for name, item in frozen.items() if item is not None}
    return (stated, {name: value[name] for name in stated if name in value}) if stated else (None, None)


def of_run(plan: Plan, codes: Mapping[str, Code]) -> list[Record]:
    """What the executor itself observes before it ends: environment, code and config.

    The environment may differ between equal runs, on two machines say, so it stays out of the result's digest.
    """
    packages = {
        DISTRIBUTIONS.get(name, name): version for code in codes.values() for name, version in code.packages.items()
    }
    return [
        Record("run.environment", environment.describe(packages), spec=plan.spec_digest, varies=True),
        Record("run.code", digest({node: code.digest for node, code in codes.items()}), spec=plan.spec_digest),
        Record("run.config", plan.spec_digest, spec=plan.spec_digest),
    ]


def mismatches(records: Sequence[Record], plan: Plan, assumed: Callable[[str], bool]) -> Record:
    """The paths at which something else ran than was declared; of records with one path the last counts.

    Args:
        records: every record of the run.
        plan: what ran.
        assumed: says of a dotted config path whether nobody decided on its value; such a value declares nothing.
    """
    latest = {record.path: record for record in records}
    paths = (path for path, record in latest.items() if _differs(record) and not assumed(declared_at(path)))
    return Record("run.mismatches", sorted(paths), spec=plan.spec_digest)


_SHORTENED: Final = frozenset(
    f"run.training.{name}" for name in ("epochs", "steps", "batches", "rows", "data", "stop", "checkpoint")
)
"""Paths at which a debug run, which sees two batches, differs from what is declared in any case."""


def shortened(records: Sequence[Record]) -> str | None:
    """What a debug run does not do as declared, in one sentence; None where that is nothing."""
    paths = [declared_at(path) for path in records[-1].value if path in _SHORTENED]
    return f"a debug run is short, so these are not as declared: {', '.join(paths)}" if paths else None


def differences(records: Sequence[Record], *, debug: bool = False) -> Iterator[str]:
    """One sentence for each path that `mismatches` lists, which is the last of the records.

    Args:
        records: every record of the run.
        debug: leave out what is `shortened`.
    """
    latest = {record.path: record for record in records}
    for path in records[-1].value:
        if debug and path in _SHORTENED:
            continue
        sides = latest[path].declared, latest[path].observed
        declared, observed = (json.dumps(item, ensure_ascii=False) for item in sides)
        yield f"{path}: {declared} is declared, and {observed} is what ran"


def write(records: Iterable[Record], path: Path) -> None:
    """Write records as JSON, one a line."""
    lines = [json.dumps(record.as_json(), ensure_ascii=False, allow_nan=False) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")


def read(path: Path) -> list[Record]:
    """The records that `write` wrote."""
    lines = path.read_text(encoding="utf-8").split("\n")  # a text may hold other line separators
    return [Record.from_json(json.loads(line)) for line in lines if line]


def _differs(record: Record) -> bool:
    """Whether what ran is not what was asked for. ``auto`` asks for nothing in particular; 1 and 1.0 are equal."""
    if record.declared in (None, "auto") or record.observed is None or record.path.startswith(_LIMITED):
        return False
    return bool(record.declared != record.observed)
