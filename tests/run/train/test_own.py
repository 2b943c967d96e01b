"""Own code: a torch module, a LightningModule and a LightningDataModule run as they are; each fault is one sentence."""

from __future__ import annotations

import difflib
import json
import signal
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np

from stdspec.errors import RunError
from stdspec.plan import loaded, source_digest
from stdspec.plan.source_digest import reach
from stdspec.run.data.dataset import Dataset
from stdspec.run.train import own, predictor
from stdspec.settings import Settings
from stdspec.settings import load as load_settings

pytestmark = pytest.mark.run

CODE = """
import os

import lightning as L
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Net(nn.Module):
    def __init__(self, width=8, classes=3):
        super().__init__()
        if width > 100:
            raise ValueError("width must be at most 100")
        self.net = nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, classes))

    def forward(self, x):
        return self.net(x)


class Loud(Net):
    def forward(self, x):
        raise KeyError("no such layer")


class Lit(L.LightningModule):
    def __init__(self, lr=0.02, probabilities=False, fail_at=-1, manual_log="val_loss"):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        logits = self.net(x)
        return logits.softmax(1) if self.hparams.probabilities else logits

    def training_step(self, batch, batch_idx):
        x, y = batch
        if self.global_step == self.hparams.fail_at:
            raise RuntimeError("the step went wrong\\nand more")
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log(self.hparams.manual_log, nn.functional.cross_entropy(self.net(x), y))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


class Interrupted(Lit):
    def training_step(self, batch, batch_idx):
        raise KeyboardInterrupt


class Rows(L.LightningDataModule):
    def __init__(self, n=120, batch_size=16, workers=0):
        super().__init__()
        self.n, self.batch_size, self.workers = n, batch_size, workers
        self.loaded_in = set()

    def setup(self, stage):
        g = torch.Generator().manual_seed(0)
        y = torch.arange(self.n) % 3
        x = torch.randn(self.n, 4, generator=g) + 4 * nn.functional.one_hot(y, 4)
        self.train, self.val = random_split(TensorDataset(x, y), [self.n - 30, 30])

    def train_dataloader(self):
        return DataLoader(self.train, self.batch_size, shuffle=True, num_workers=self.workers)

    def val_dataloader(self):
        return DataLoader(self.val, 30)


class Triples(Rows):
    def train_dataloader(self):
        return [(torch.zeros(2, 4), torch.zeros(2), 1)]


def make():
    return Net()


class Full(Net):
    def forward(self, x):
        with torch.autocast(x.device.type, enabled=False):
            return self.net(x.float())


class OnlyInTraining(Lit):
    def training_step(self, batch, batch_idx):
        with torch.autocast("cpu", enabled=False):
            return super().training_step(batch, batch_idx)


class SeedsItself(Net):
    def __init__(self):
        torch.manual_seed(1)
        super().__init__()


class SeedsLater(Net):
    def forward(self, x):
        torch.manual_seed(2)
        return self.net(x)


class Inexact(Net):
    def forward(self, x):
        torch.use_deterministic_algorithms(False)
        return self.net(x)


class Endless(torch.utils.data.IterableDataset):
    def __iter__(self):
        for i in range(48):
            yield torch.nn.functional.one_hot(torch.tensor(i % 3), 4).float() * 4, torch.tensor(i % 3)


class Stream(Rows):
    classes = ["0", "1", "2"]

    def train_dataloader(self):
        return DataLoader(Endless(), 16)
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A project with the package `acme`, whose module `nets` holds CODE."""
    package = tmp_path / "project" / "src" / "acme"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "nets.py").write_text(CODE)
    (package / "broken.py").write_text("import torch\n\nraise OSError('cannot start')\n")
    (package / "needy.py").write_text("import a_package_that_is_not_there\n")
    (package / "wrong.py").write_text("def f(:\n")
    path = list(sys.path)
    yield Settings(root=tmp_path / "project", source_roots=("src",), allow_targets=("acme",))
    sys.path[:] = path
    for name in [name for name in sys.modules if name == "acme" or name.startswith("acme.")]:
        del sys.modules[name]


def own_data(tmp_path: Path, target: str = "acme.nets.Rows", **args: object) -> dict[str, Path]:
    folder = tmp_path / "own-data"
    folder.mkdir()
    (folder / "own.json").write_text(json.dumps({"target": target, "args": args}))
    return {"dataset": folder}


def test_a_torch_module_gets_the_specs_loss_and_optimizer(train, folders, settings):
    model = {"_target_": "acme.nets.Net", "width": 12, "signature": "derived"}
    ran = train({"model": model, "training.epochs": 10, "training.optimizer.lr": 0.02}, settings=settings)
    data = Dataset.load(folders["dataset"])
    found = predictor.load(ran.out, settings)
    scores = found.scores(data.inputs)  # raw inputs: the declared scaling is inside
    assert (scores.argmax(1) == data.target).mean() > 0.9
    assert np.allclose(scores.sum(1), 1, atol=1e-6)
    assert found.kind == "own"
    assert ran.value("run.model.parameters") == 4 * 12 + 12 + 12 * 3 + 3


def test_a_lightning_module_trains_by_its_own_steps(train, folders, settings):
    ran = train({"model": {"_target_": "acme.nets.Lit"}, "training.epochs": 6}, settings=settings)
    metrics = ran.history["epochs"][-1]["metrics"]
    assert set(metrics) == {"train/loss", "validation/loss", "lr"}
    assert metrics["lr"] == 0.02  # its own, not the spec's 0.01
    assert ran.value("run.training.checkpoint")["monitor"] == "validation/loss"
    assert "brings its own loss" in next(event.data["text"] for event in ran.events if event.kind == "note")
    data = Dataset.load(folders["dataset"])
    assert (predictor.load(ran.out, settings).scores(data.inputs).argmax(1) == data.target).mean() > 0.9


def test_probabilities_of_a_lightning_module_get_no_second_softmax(train, folders, settings):
    data = Dataset.load(folders["dataset"])
    heads, scores = [], []
    for probabilities in (False, True):
        model = {"_target_": "acme.nets.Lit", "probabilities": probabilities}
        ran = train({"model": model, "training.epochs": 2}, settings=settings)
        heads.append(ran.model["head"])
        scores.append(predictor.load(ran.out, settings).scores(data.inputs))
    assert heads == ["softmax", "probabilities"]
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)


def test_an_own_data_module_with_an_own_module(train, settings, tmp_path):
    inputs = own_data(tmp_path)
    model = {"_target_": "acme.nets.Lit"}
    runs = [train({"model": model, "training.epochs": 4}, inputs=inputs, settings=settings) for _ in range(2)]
    assert runs[0].value("run.training.steps") == 4 * 6  # 90 rows in batches of 16
    assert runs[0].records["run.training.batch"].observed == 16
    assert runs[0].model["classes"] == ["0", "1", "2"]
    assert runs[0].value("run.weights") == runs[1].value("run.weights")


def test_an_own_data_module_with_a_shipped_model(train, settings, tmp_path):
    ran = train({"training.epochs": 12, "training.optimizer.lr": 0.02}, inputs=own_data(tmp_path), settings=settings)
    assert ran.history["epochs"][-1]["metrics"]["validation/accuracy"] > 0.9
    assert ran.model["preprocess"] is None
    rows = np.eye(4, dtype=np.float32)[:3] * 4
    assert predictor.load(ran.out, settings).scores(rows).argmax(1).tolist() == [0, 1, 2]


def test_setup_deals_the_same_rows_every_time(settings):
    first, second = (own.data_module("acme.nets.Rows", {"n": 60}, settings) for _ in range(2))
    for module, seed in ((first, 1), (second, 2)):
        torch.manual_seed(seed)
        module.setup("fit")
    again = list(first.train.indices)
    first.setup("test")
    assert list(first.train.indices) == again == list(second.train.indices)


def test_debug_loads_in_this_process(settings):
    module = own.data_module("acme.nets.Rows", {"workers": 2}, settings, debug=True)
    module.setup("fit")
    assert module.train_dataloader().num_workers == 0
    assert type(module).__name__ == "Rows"


def test_debug_of_own_code_runs_two_batches(train, settings, tmp_path):
    ran = train(
        {"model": {"_target_": "acme.nets.Lit"}}, inputs=own_data(tmp_path, workers=1), settings=settings, debug=True
    )
    assert ran.value("run.training.steps") == 2


MODEL_FAULTS = {
    "not allowed": (
        {"_target_": "os.system"},
        "model._target_",
        "'os.system' does not lie under the project's allow-targets",
    ),
    "smuggled": ({"_target_": "acme.nets.os.system"}, "model._target_", "is no class"),
    "borrowed": (
        {"_target_": "acme.nets.nn.Linear"},
        "model._target_",
        "is really torch.nn.modules.linear.Linear, which does not lie under",
    ),
    "a function": ({"_target_": "acme.nets.make"}, "model._target_", "'acme.nets.make' is no class"),
    "no class": (
        {"_target_": "acme.nets.Nett"},
        "model._target_",
        "'acme.nets' has no 'Nett'; did you mean 'acme.nets.Net'",
    ),
    "no module": ({"_target_": "acme.netz.Net"}, "model._target_", "'acme' has no 'netz'"),
    "no torch module": ({"_target_": "acme.nets.Rows"}, "model._target_", "'acme.nets.Rows' is no Module"),
    "other arguments": (
        {"_target_": "acme.nets.Net", "widht": 3},
        "model.widht",
        "acme.nets.Net takes no argument 'widht'; did you mean 'width'",
    ),
    "raises": (
        {"_target_": "acme.nets.Net", "width": 101},
        "nets.py:14",
        "acme.nets.Net raised ValueError in __init__: width must be at most 100",
    ),
    "raises in forward": (
        {"_target_": "acme.nets.Loud"},
        "nets.py:23",
        "acme.nets.Loud raised KeyError in forward: 'no such layer'",
    ),
    "raises in training": (
        {"_target_": "acme.nets.Lit", "fail_at": 3},
        "nets.py:39",
        "acme.nets.Lit raised RuntimeError in training_step: the step went wrong; mend it there",
    ),
    "wrong width": (
        {"_target_": "acme.nets.Net", "classes": 4},
        "model",
        "gives outputs of shape (2, 4) for 2 rows, and the task needs one for each of the 3 classes",
    ),
    "not logged": (
        {"_target_": "acme.nets.Lit", "manual_log": "val_los"},
        "training.checkpoint.monitor",
        "the module does not log 'validation/loss'; did you mean 'validation/los'",
    ),
    "raises on import": (
        {"_target_": "acme.broken.Net"},
        "broken.py:3",
        "importing acme.broken raised OSError: cannot start",
    ),
    "needs a package": (
        {"_target_": "acme.needy.Net"},
        "needy.py:1",
        "raised ModuleNotFoundError: No module named 'a_package_that_is_not_there'",
    ),
    "no Python": ({"_target_": "acme.wrong.Net"}, "wrong.py:1", "importing acme.wrong raised SyntaxError"),
}


@pytest.mark.parametrize("name", MODEL_FAULTS)
def test_a_fault_of_an_own_model_is_one_sentence(name, train, settings):
    model, place, words = MODEL_FAULTS[name]
    with pytest.raises(RunError) as caught:
        train({"model": model}, settings=settings)
    assert str(caught.value.place).endswith(place)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


DATA_FAULTS = {
    "no data module": (("acme.nets.Net", {}), "data._target_", "'acme.nets.Net' is no LightningDataModule"),
    "triples": (("acme.nets.Triples", {}), "data._target_", "the batches of acme.nets.Triples are no pairs of tensors"),
    "raises": (("acme.nets.Rows", {"n": 10}), "nets.py:70", "acme.nets.Rows raised ValueError in train_dataloader: "),
}


@pytest.mark.parametrize("name", DATA_FAULTS)
def test_a_fault_of_an_own_data_module_is_one_sentence(name, train, settings, tmp_path):
    (target, args), place, words = DATA_FAULTS[name]
    with pytest.raises(RunError) as caught:
        train({}, inputs=own_data(tmp_path, target, **args), settings=settings)
    assert str(caught.value.place).endswith(place)
    assert words in str(caught.value)


def test_a_module_that_never_validates_needs_the_last_weights(train, settings, tmp_path):
    inputs = own_data(tmp_path)
    model = {"_target_": "acme.nets.Lit"}
    changes = {"model": model, "training.trainer": {"limit_val_batches": 0}}
    with pytest.raises(RunError, match=r"validation/loss was never measured.*write checkpoint: null"):
        train(changes, inputs=inputs, settings=settings)
    ran = train({**changes, "training.checkpoint": None}, inputs=inputs, settings=settings)
    assert ran.value("run.training.checkpoint")["epoch"] == 3


def test_an_interrupt_stays_an_interrupt(train, settings):
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train({"model": {"_target_": "acme.nets.Interrupted"}}, settings=settings)
    assert signal.getsignal(signal.SIGINT) is handler


EXAMPLE = Path(__file__).parents[3] / "examples" / "own_code"


def test_the_example_is_the_plain_project_but_for_five_lines():
    plain, changed = (
        [line for line in (EXAMPLE / name).read_text().splitlines() if line.strip()]
        for name in ("plain/train.py", "digits_net.py")
    )
    diff = [line for line in difflib.ndiff(plain, changed) if line.startswith(("+ ", "- "))]
    assert len(diff) <= 5
    shown = list(
        difflib.unified_diff(
            *((EXAMPLE / name).read_text().splitlines() for name in ("plain/train.py", "digits_net.py")), lineterm=""
        )
    )
    assert "\n".join(shown[2:]) in (EXAMPLE / "README.md").read_text()


def test_the_example_trains(train, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    settings = load_settings(EXAMPLE)
    inputs = own_data(tmp_path, "digits_net.DigitsData", batch_size=64)
    changes = {
        "model": {"_target_": "digits_net.DigitsNet", "width": 4},
        "training.epochs": 4,
        "training.batch.global": 64,
    }
    ran = train(changes, inputs=inputs, settings=settings)
    assert ran.history["epochs"][-1]["metrics"]["validation/accuracy"] > 0.5
    assert ran.records["run.training.batch"].declared == ran.records["run.training.batch"].observed
    assert ran.model["input"] == {"name": "image", "shape": [1, 8, 8], "dtype": "float32"}


@pytest.mark.parametrize(
    ("name", "path", "declared", "observed"),
    [
        ("Full", "run.compute.precision", "bf16-mixed", "32-true"),
        ("OnlyInTraining", "run.compute.precision", "bf16-mixed", "32-true"),
        ("Net", "run.compute.precision", "bf16-mixed", "bf16-mixed"),
        ("SeedsItself", "run.training.seed", 7, 1),
        ("SeedsLater", "run.training.seed", 7, 2),
        ("Net", "run.training.seed", 7, 7),
        ("Inexact", "run.training.deterministic", "exact", "off"),
    ],
)
def test_own_code_that_does_something_else_than_declared_is_seen(train, settings, name, path, declared, observed):
    changes = {"model": {"_target_": f"acme.nets.{name}"}, "training.epochs": 1}
    precision = {"compute.precision": declared} if path.endswith("precision") else {}
    record = train({**changes, **precision}, settings=settings).records[path]
    assert (record.declared, record.observed) == (declared, observed)


def test_a_stream_trains_and_a_schedule_that_needs_its_length_is_refused(train, settings, tmp_path):
    inputs = own_data(tmp_path, "acme.nets.Stream")
    ran = train({"training.epochs": 2}, inputs=inputs, settings=settings)
    assert ran.value("run.training.steps") == 6
    cosine = {"training.schedule": {"kind": "cosine", "warmup": 0, "floor": 0}}
    with pytest.raises(RunError, match="a stream of unknown length") as caught:
        train(cosine, inputs=inputs, settings=settings)
    assert caught.value.place == "training.schedule"
    assert train({**cosine, "training.max_steps": 5}, inputs=inputs, settings=settings).value("run.training.steps") == 5


def test_code_that_was_loaded_as_its_key_has_it_may_be_edited_afterwards(tmp_path, monkeypatch):
    (tmp_path / "acme_held.py").write_text("class Net: ...")
    monkeypatch.syspath_prepend(str(tmp_path))
    reach(["acme_held"], (tmp_path,))
    own.resolve("acme_held.Net", Settings(root=tmp_path, allow_targets=("acme_held",)), "model")
    (tmp_path / "acme_held.py").write_text("class Other: ...")
    assert loaded.edited(["acme_held"], source_digest.digest_now) == []
    monkeypatch.delitem(sys.modules, "acme_held")
