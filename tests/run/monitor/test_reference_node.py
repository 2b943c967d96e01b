"""The reference node: one file, one record, the rows of the fold that was handed out."""

import json

import pytest

pytest.importorskip("torch", reason="needs the run extra")

from toy_run import COLUMNS, MONITORING, Model, halves, table

from stdspec.digest import digest_file
from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.run.data.dataset import Splits
from stdspec.run.monitor import reference as reference_node
from stdspec.settings import Settings

pytestmark = pytest.mark.run


@pytest.mark.parametrize("fold", ["holdout", "final"])
def test_the_reference_is_written_and_recorded_by_its_digest(tmp_path, monkeypatch, fold):
    monkeypatch.setattr(reference_node.predictor, "load", lambda folder, settings: Model())
    for name in ("dataset", "splits", "out"):
        (tmp_path / name).mkdir()
    table(300).save(tmp_path / "dataset")
    chosen = halves(300)
    others = {} if fold == "holdout" else {"1": type(chosen)(chosen.test, chosen.validation, chosen.train)}
    Splits({**others, fold: chosen}).save(tmp_path / "splits")
    config = {"data": {"columns": COLUMNS}, "monitoring": MONITORING}
    node = Node("reference", "reference", "", {}, "reference", config, {}, {})
    inputs = {"dataset": tmp_path / "dataset", "splits": tmp_path / "splits", "model": tmp_path}
    context = Context(Plan("test", "research", {}, (), ()), Settings(root=tmp_path), lambda event: None)
    record, heard = reference_node.execute(node, inputs, tmp_path / "out", context)
    written = tmp_path / "out" / "reference.json"
    assert record.path == "run.monitoring.reference"
    assert record.value == {"digest": digest_file(written), "n": 200, "features": 3}
    assert (heard.path, list(heard.value)) == ("run.monitoring.injected", ["features", "predictions"])
    kept = json.loads(written.read_text())
    assert (kept["split"], kept["n"], kept["predicted_on"]) == ("train", 200, "validation")
    assert list(kept["features"]) == ["size", "weight", "colour"]
    assert kept["monitoring"] == MONITORING
