"""Folders as the nodes leave them: a small data set, its folds, and predictions made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from stdspec.evidence import Record
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context, Event
from stdspec.settings import Settings


@pytest.fixture
def events() -> list[Event]:
    """What the nodes reported."""
    return []


@pytest.fixture
def context(tmp_path: Path, events: list[Event]) -> Context:
    """A context of an empty plan."""
    return Context(Plan("test", "research", {}, (), ()), Settings(root=tmp_path), events.append)


@pytest.fixture
def gate(tmp_path: Path, context: Context) -> Callable[..., tuple[dict[str, Any], dict[str, Record]]]:
    """Judge predictions: ``gate({"metrics": …}, parts, dataset)`` gives metrics.json and the records by path."""
    from stdspec.run.evaluate import gate as gate_node

    def run(
        evaluation: Mapping[str, Any], parts: list[Any], dataset: Any, **config: Any
    ) -> tuple[dict[str, Any], dict[str, Record]]:
        folders = {"dataset": tmp_path / "dataset", "splits": tmp_path / "splits"}
        out = tmp_path / "gate"
        for folder in (*folders.values(), out):
            folder.mkdir(exist_ok=True)
        dataset.save(folders["dataset"])
        for part in parts:
            name = "predictions" if len(parts) == 1 else f"predictions-{part.fold[0]}"
            folders[name] = tmp_path / name
            folders[name].mkdir(exist_ok=True)
            part.save(folders[name])
        task = "classification" if dataset.classes else "regression"
        whole = {"seed": 3, "evaluation": evaluation, "training": {"task": task}, **config}
        node = Node("gate", "gate", "stdspec.run.evaluate.gate:execute", {}, "metrics", whole, {}, {})
        found = gate_node.execute(node, folders, out, context)
        return json.loads((out / "metrics.json").read_text()), {record.path: record for record in found}

    return run
