"""Records that are missing, not finite, too old, changed, or of another state of the spec never pass a clause."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stdspec.evidence import Record
from stdspec.lint import catalog
from stdspec.lint.checks import rule_check
from stdspec.paths import split_dotted
from stdspec.settings import Settings
from stdspec.standard.judge import judge
from stdspec.standard.load import load
from stdspec.standard.model import Clause, Standard
from stdspec.standard.verdict import Verdict
from tests.lint.specs import spec

TODAY = datetime.date(2026, 12, 1)
BASE = load("stdspec/base@1", Settings(root=Path(__file__).parent), catalog.modules().keys())
ON_RUNS = [clause for clause in BASE.clauses.values() if clause.reads_run() and clause.rule is None]
MINE = "sha256:" + "a" * 64


def _given(document: dict[str, Any]) -> tuple[dict[str, Any], list[Record]]:
    """The spec and the records of a clause's own test, the records cut to what it may read of them."""
    tree: dict[str, Any] = {}
    records = [Record(path, value, "n", MINE) for path, value in document.items() if not path.startswith("spec.")]
    for path, value in document.items():
        if path.startswith("spec."):
            *above, last = split_dotted(path)[1:]
            holder = tree
            for key in above:
                holder = holder.setdefault(key, {})
            holder[last] = value
    return tree, records


def _verdict(clause: Clause, tree: dict[str, Any], records: list[Record], **more: Any) -> Verdict:
    import yaml

    asked = replace(clause, when={}, root="")
    standard = Standard("stdspec/base", "1.0.0", {"name": "x"}, "x", {clause.id: asked})
    composed = spec(yaml.safe_dump(tree))
    options = {"spec_digest": MINE, "stage": "release", "today": TODAY, "rules": rule_check, **more}
    (found,) = judge([standard], composed, records, **options)
    return found.verdict


MUTATIONS: dict[str, Callable[[Record], Record | None]] = {
    "missing": lambda record: None,
    "not finite": lambda record: replace(record, value=float("nan")),
    "not finite, as it is written": lambda record: replace(record, value="nan"),
    "not there": lambda record: replace(record, value="n/a"),
    "of another spec": lambda record: replace(record, spec="sha256:" + "b" * 64),
    "of no spec": lambda record: replace(record, spec=""),
    "elsewhere": lambda record: replace(record, path=f"{record.path}x"),
}


@pytest.mark.parametrize("clause", ON_RUNS, ids=lambda clause: clause.id)
def test_a_clause_passes_no_record_that_is_worth_nothing(clause: Clause) -> None:
    for document in clause.passing:
        tree, records = _given(document)
        assert _verdict(clause, tree, records) is Verdict.PASS
        assert _verdict(clause, tree, records, doubt="changed after the run") is Verdict.ERROR
        old = replace(clause, valid_for="90d")
        late = {"n": TODAY - datetime.timedelta(91)}
        assert _verdict(old, tree, records, recorded=late) is Verdict.STALE
        for name, change in MUTATIONS.items():
            if name == "not there" and _asks_little(clause):
                continue  # "n/a" is a text, and a text is all that some clauses ask for
            changed = [item for record in records if (item := change(record)) is not None]
            assert _verdict(clause, tree, changed) is not Verdict.PASS, (name, document)


def _asks_little(clause: Clause) -> bool:
    return all(set(operators) <= {"exists", "is_not", "matches"} for path, operators in clause.asks() if path[0] == "r")


LIMIT = Clause(
    id="X-1", standard="acme/x@1", domain="data", slug="x", level="must", since="research", says={"en": "x"}, when={},
    require={"run.evaluation.metrics.recall.lower": {"at_least": 0.9}}, rule=None, cites=(), house="x", remedy="Do it.",
    passing=(), failing=(), valid_for="90d",
)  # fmt: skip


@given(
    value=st.floats() | st.sampled_from([None, "n/a", "nan", "0.95", True, [], {}, [0.95]]),
    digest=st.sampled_from([MINE, "", "sha256:" + "b" * 64]),
    age=st.integers(0, 400),
    doubt=st.sampled_from(["", "records.jsonl was changed"]),
    path=st.sampled_from(["run.evaluation.metrics.recall.lower", "run.evaluation.metrics.recall.upper"]),
)
def test_only_a_sound_record_of_this_spec_passes(value: Any, digest: str, age: int, doubt: str, path: str) -> None:
    recorded = {"n": TODAY - datetime.timedelta(age)}
    found = _verdict(LIMIT, {}, [Record(path, value, "n", digest)], recorded=recorded, doubt=doubt)
    sound = isinstance(value, float) and 0.9 <= value < float("inf")
    assert (found is Verdict.PASS) == (sound and digest == MINE and age <= 90 and not doubt and path.endswith("lower"))
