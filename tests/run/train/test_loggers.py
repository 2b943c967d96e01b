"""Training loggers: what they write can be read back, and a training that is resumed repeats no step in them."""

from __future__ import annotations

import csv
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.errors import RunError
from stdspec.run.train import gather, loggers, mlflow_logger
from stdspec.settings import Settings

pytestmark = pytest.mark.run

STEPS = [5, 11, 17, 23]
"""The last step of each of four epochs of 96 rows in batches of 16."""


@pytest.fixture(autouse=True)
def _numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of one second in one process are read in the order of their names, and 10 would come before 9."""
    writer = pytest.importorskip("tensorboard.summary.writer.event_file_writer", reason="needs the run extra")
    monkeypatch.setattr(writer, "_global_uid", type(writer._global_uid)(1000))


@pytest.fixture
def progress(tmp_path: Path) -> Path:
    folder = tmp_path / "progress"
    folder.mkdir()
    return folder


def rows(logs: Path) -> list[dict[str, str]]:
    with (logs / "csv" / "train" / "metrics.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def told(found: list[dict[str, str]], name: str) -> list[tuple[int, float]]:
    return [(int(row["step"]), float(row[name])) for row in found if row[name]]


def curve(logs: Path, name: str) -> list[tuple[int, float]]:
    """What TensorBoard shows."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(str(logs / "tensorboard" / "train"))
    board.Reload()
    return [(event.step, event.value) for event in board.Scalars(name)]


def near(found: list[tuple[int, float]], wanted: list[tuple[int, float]]) -> bool:
    return dict(found) == pytest.approx(dict(wanted)) and len(found) == len(wanted)


def mlflow_run(root: Path, name: str = "test") -> tuple[Any, Any]:
    """The only run of MLflow's store, and its client."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"sqlite:///{root / 'outputs' / 'mlflow.db'}")
    (run,) = client.search_runs([client.get_experiment_by_name(name).experiment_id])
    return run, client


def stops_after(monkeypatch: pytest.MonkeyPatch, epoch: int, act: Any) -> None:
    """Do something when the mean loss of an epoch, from 0, is made."""
    plain = gather.Losses.on_train_epoch_end

    def ended(self: Any, trainer: Any, module: Any) -> None:
        plain(self, trainer, module)
        if trainer.current_epoch == epoch:
            monkeypatch.setattr(gather.Losses, "on_train_epoch_end", plain)
            act()

    monkeypatch.setattr(gather.Losses, "on_train_epoch_end", ended)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


class Killed(BaseException):
    """What a kill is, as far as a test in this process can tell: nothing is saved any more."""


def kill() -> None:
    raise Killed


def four(*names: str) -> dict[str, Any]:
    return {"training.epochs": 4, "training.loggers": {name: {} for name in names}}


def test_csv_and_tensorboard_hold_every_epoch_and_write_nowhere_else(train, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    logs = tmp_path / "logs"
    ran = train(four("csv", "tensorboard"), logs=logs)
    wanted = [
        (step, entry["metrics"]["validation/loss"]) for step, entry in zip(STEPS, ran.history["epochs"], strict=True)
    ]
    assert near(told(rows(logs), "validation/loss"), wanted)
    assert near(curve(logs, "validation/loss"), wanted)
    assert [step for step, _ in told(rows(logs), "train/loss")] == STEPS
    assert set(tmp_path.iterdir()) - before == {logs, ran.out}
    assert sorted(path.name for path in ran.out.iterdir()) == ["history.json", "model.json", "model.safetensors"]


@pytest.mark.parametrize("interval", [3, 5])
def test_a_validation_between_the_parts_of_a_step_is_logged_at_its_step(interval, train, tmp_path):
    batch = {"global": 20, "micro": 5}  # 20 batches an epoch, and a step at each fourth
    train({**four("csv"), "training.batch": batch, "training.trainer": {"val_check_interval": interval}}, logs=tmp_path)
    checks = [20 * epoch + batch for epoch in range(4) for batch in range(interval, 21, interval)]
    assert [step for step, _ in told(rows(tmp_path), "validation/loss")] == [(seen - 1) // 4 for seen in checks]


@pytest.mark.parametrize("stop", [interrupt, kill])
@pytest.mark.parametrize("every", [None, 4])
def test_a_resumed_training_goes_on_in_its_logs_and_repeats_no_step(
    stop, every, train, progress, tmp_path, monkeypatch
):
    changes = four("csv", "tensorboard") | ({"compute.resume": {"every": every}} if every else {})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(changes, logs=whole)
    stops_after(monkeypatch, 2, stop)
    with monkeypatch.context() as patch:
        for logger in (loggers.Csv, loggers.Board) if stop is kill else ():
            patch.setattr(logger, "finalize", lambda *_: None)  # nothing is written out
        with pytest.raises((KeyboardInterrupt, Killed)):
            train(changes, logs=parts, progress=progress)
    assert not parts.exists()
    again = train(changes, logs=parts, progress=progress)
    resumed = [event for event in again.events if event.kind == "resumed"]
    assert bool(resumed) == (stop is interrupt or every is not None)
    assert rows(parts) == rows(whole)
    for name in ("validation/loss", "train/loss"):
        assert curve(parts, name) == curve(whole, name)


OWN = """
import lightning as L
import torch
from torch import nn


class Lit(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 3)

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        loss = nn.functional.cross_entropy(self.net(batch[0]), batch[1])
        self.log("step_loss", loss, on_step=True, on_epoch=False)
        return loss

    def validation_step(self, batch, batch_idx):
        self.log("val_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)
"""


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """The settings of a project with an own LightningModule that logs each step."""
    (tmp_path / "acme_logs.py").write_text(OWN)
    path = list(sys.path)
    yield Settings(root=tmp_path, allow_targets=("acme_logs",))
    sys.path[:] = path
    sys.modules.pop("acme_logs", None)


def test_what_an_own_module_logs_at_each_step_is_there_once(train, own, progress, tmp_path, monkeypatch):
    changes = four("csv", "tensorboard") | {
        "model": {"_target_": "acme_logs.Lit"},
        "training.trainer": {"log_every_n_steps": 1},
        "training.checkpoint": None,
        "compute.resume": {"every": 4},
    }
    logs = tmp_path / "logs"
    stops_after(monkeypatch, 2, kill)
    with pytest.raises(Killed):
        train(changes, logs=logs, progress=progress, settings=own)
    train(changes, logs=logs, progress=progress, settings=own)
    assert [step for step, _ in told(rows(logs), "step_loss")] == list(range(24))
    assert [step for step, _ in curve(logs, "step_loss")] == list(range(24))
    assert [step for step, _ in told(rows(logs), "val_loss")] == STEPS


def test_the_logs_of_each_fold_have_a_folder(train, tmp_path):
    logs = tmp_path / "logs"
    train(four("csv"), logs=logs, node="train-1")
    train(four("csv"), logs=logs, node="train-2")
    assert sorted(path.name for path in (logs / "csv").iterdir()) == ["train-1", "train-2"]


def test_an_unknown_logger_is_refused(train, tmp_path):
    with pytest.raises(RunError) as raised:
        train({"training.loggers": {"paper": {}}}, logs=tmp_path / "logs")
    assert str(raised.value) == (
        "training.loggers.paper: there is no logger 'paper'; there are tensorboard, csv, mlflow"
    )


def test_a_missing_extra_is_a_sentence(train, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow.exceptions", None)
    with pytest.raises(
        RunError, match=r"^training.loggers.mlflow: the logger needs the package 'mlflow', which is not"
    ):
        train(four("mlflow"), logs=tmp_path / "logs")


def test_mlflow_has_a_run_with_its_digests(train, tmp_path, capfd):
    pytest.importorskip("mlflow", reason="needs the mlflow extra")
    ran = train(four("mlflow"), logs=tmp_path / "logs")
    run, client = mlflow_run(tmp_path)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "train"
    assert run.data.tags["stdspec.plan"].startswith("sha256:")
    assert run.data.tags["stdspec.spec"].startswith("sha256:")
    found = [(item.step, item.value) for item in client.get_metric_history(run.info.run_id, "validation/loss")]
    wanted = [
        (step, entry["metrics"]["validation/loss"]) for step, entry in zip(STEPS, ran.history["epochs"], strict=True)
    ]
    assert near(sorted(found), wanted)
    assert capfd.readouterr() == ("", "")


def test_mlflow_goes_on_with_the_same_run(train, progress, tmp_path, monkeypatch):
    pytest.importorskip("mlflow", reason="needs the mlflow extra")
    changes = four("mlflow") | {"compute.resume": {"every": 4}}
    stops_after(monkeypatch, 2, kill)
    with pytest.raises(Killed):
        train(changes, logs=tmp_path / "logs", progress=progress)
    train(changes, logs=tmp_path / "logs", progress=progress)
    run, client = mlflow_run(tmp_path)
    assert run.info.status == "FINISHED"
    for name in ("validation/loss", "train/loss"):
        assert sorted(item.step for item in client.get_metric_history(run.info.run_id, name)) == STEPS


def test_mlflow_is_reached_where_an_allowed_variable_says(train, tmp_path, monkeypatch):
    pytest.importorskip("mlflow", reason="needs the mlflow extra")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "ftp://nowhere")
    changes = {"training.loggers": {"mlflow": {"uri": "${oc.env:MLFLOW_TRACKING_URI}"}}}
    with pytest.raises(RunError, match="the environment variable MLFLOW_TRACKING_URI is not allowed"):
        train(changes, logs=tmp_path / "logs")
    allowed = Settings(root=tmp_path, allow_env=("MLFLOW_TRACKING_URI",))
    with pytest.raises(RunError, match=r"MLflow cannot be used: .*; see that its address is right"):
        train(changes, logs=tmp_path / "logs", settings=allowed)


def test_a_server_that_fails_costs_the_curves_and_not_the_training(train, tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow", reason="needs the mlflow extra")

    def down(self: Any, *args: Any, **options: Any) -> None:
        raise mlflow.exceptions.MlflowException("the server is down.\nmore")

    monkeypatch.setattr(mlflow_logger.MLFlowLogger, "log_metrics", down)
    ran = train(four("mlflow"), logs=tmp_path / "logs")
    assert len(ran.history["epochs"]) == 4
    warnings = [event.data["text"] for event in ran.events if event.kind == "warning"]
    assert warnings == ["MLflow is not written any more: the server is down"]
