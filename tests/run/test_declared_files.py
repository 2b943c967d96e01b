"""Declared digests of files are held against the files every time, and are no part of any key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from stdspec import settings as project_settings
from stdspec.digest import digest_file
from stdspec.errors import InputError, RunError, StdspecError
from stdspec.evidence import Record
from stdspec.plan.cut import cut
from stdspec.plan.model import Node, Plan
from stdspec.plan.steps import READS, RUNS
from stdspec.run import action, records
from stdspec.settings import Settings

WRONG = "sha256:" + "0" * 64


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "rows.csv").write_text("x,y\n1,2\n")
    (tmp_path / "vendor.onnx").write_bytes(b"weights")
    (tmp_path / "stdspec.toml").touch()
    return project_settings.load(tmp_path)


def data(digest: Any) -> Plan:
    source = {"kind": "csv", "path": "rows.csv", "digest": digest}
    return plan("data", "data", {"data": {"source": source, "target": {"column": "y"}}})


def bought(digest: Any) -> Plan:
    return plan("model", "bought", {"model": {"kind": "onnx", "path": "vendor.onnx", "digest": digest}})


def plan(node_id: str, step: str, spec: dict[str, Any]) -> Plan:
    kind, run = RUNS[step]
    node = Node(node_id, kind, run, {}, "", cut(spec, READS[step]), {}, {"accelerator": "cpu"})
    return Plan("p", "research", spec, (), (node,))


def key(of: Plan, settings: Settings) -> str:
    return action.action(of, of.nodes[0], {}, settings).key


def test_pinning_changes_no_key(settings: Settings) -> None:
    rows, weights = (digest_file(settings.root / name) for name in ("rows.csv", "vendor.onnx"))
    assert key(data({"rows.csv": rows}), settings) == key(data(None), settings)
    assert key(bought(weights), settings) == key(bought(None), settings)


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        (data({"rows.csv": WRONG}), "rows.csv", f"the file has the digest sha256:.*, and the spec declares {WRONG}"),
        (data({"row.csv": WRONG}), "data.source.digest.row.csv", "the source has no file 'row.csv'"),
        (bought(WRONG), "model.digest", f"vendor.onnx has the digest sha256:.*, and {WRONG} is declared"),
    ],
)
def test_a_wrong_digest_is_refused_whatever_the_store_holds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, wrong: Plan, place: str, words: str
) -> None:
    monkeypatch.chdir(settings.root)
    with pytest.raises(StdspecError, match=words) as caught:  # before a key is known that could be a hit
        key(wrong, settings)
    assert isinstance(caught.value, InputError | RunError)
    assert caught.value.place == place


def test_other_bytes_change_the_key(settings: Settings) -> None:
    before = key(data(None), settings), key(bought(None), settings)
    for name in ("rows.csv", "vendor.onnx"):
        path = settings.root / name
        path.write_bytes(path.read_bytes() + b"3,4\n")
        os.utime(path, (1, 1))
    after = key(data(None), settings), key(bought(None), settings)
    assert all(old != new for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("declared", "sides"),
    [
        ({"a.csv": WRONG}, ({"a.csv": WRONG}, {"a.csv": "sha256:1"})),
        ({"a.csv": None, "b.csv": "sha256:2"}, ({"b.csv": "sha256:2"}, {"b.csv": "sha256:2"})),
        ({"a.csv": None}, (None, None)),
        (None, (None, None)),
    ],
)
def test_what_is_declared_stands_beside_what_was_read(declared: Any, sides: tuple[Any, Any]) -> None:
    of = data(declared)
    read = Record("run.data.digest", {"a.csv": "sha256:1", "b.csv": "sha256:2"})
    (record,) = records.stamp([read], of.nodes[0], of, {})
    assert (record.declared, record.observed) == sides
    wrong = declared == {"a.csv": WRONG}
    assert bool(records.mismatches([record], of, lambda _: False).value) is wrong


def test_the_digest_of_a_bought_model_stands_beside_that_of_its_file() -> None:
    (record,) = records.stamp([Record("run.weights", "sha256:1")], bought(WRONG).nodes[0], bought(WRONG), {})
    assert (record.declared, record.observed) == (WRONG, "sha256:1")
    (record,) = records.stamp([Record("run.weights", "sha256:1")], bought(None).nodes[0], bought(None), {})
    assert (record.declared, record.observed) == (None, None)
