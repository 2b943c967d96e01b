"""What own code keeps where no checkpoint reaches is found, and its training is not resumed with other bits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

from stdspec.run.train import checkpoint
from stdspec.settings import Settings

from .stopped import every, outcome, stopped_anywhere
from .test_resume_own import CODE, data, model

pytestmark = pytest.mark.run

MORE = '''
import os
from pathlib import Path

from lightning.pytorch.callbacks import Callback, EarlyStopping, GradientAccumulationScheduler


class Two(Lit):
    """Two optimizers, each with a schedule, stepped by hand."""

    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, batch_idx):
        for optimizer in self.optimizers():
            self.toggle_optimizer(optimizer)
            loss = super().training_step(batch, batch_idx)
            self.manual_backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            self.untoggle_optimizer(optimizer)
        if self.trainer.is_last_batch:
            for schedule in self.lr_schedulers():
                schedule.step()
        return loss

    def configure_optimizers(self):
        first = torch.optim.Adam(self.net[0].parameters(), lr=0.02)
        second = torch.optim.SGD(self.net[4].parameters(), lr=0.02, momentum=0.9)
        return [first, second], [torch.optim.lr_scheduler.StepLR(item, 1, 0.5) for item in (first, second)]


class Noise:
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return x + 0.2 * torch.from_numpy(self.rng.normal(size=x.shape)).float()


class Noisy(Lit):
    def training_step(self, batch, batch_idx):
        return super().training_step((self.noise(batch[0]), batch[1]), batch_idx)


class Callable(Noisy):
    def __init__(self):
        super().__init__()
        self.noise = Noise()


class Listed(Noisy):
    def __init__(self):
        super().__init__()
        self.steps = [Noise()]
        self.noise = lambda x: self.steps[0](x)


class Bound(Noisy):
    def __init__(self):
        super().__init__()
        self.noise = Noise().__call__


class Drawn(Noisy):
    """A bound method of a generator is written in C."""

    def __init__(self):
        super().__init__()
        self.draw = np.random.default_rng(0).normal

    def noise(self, x):
        return x + 0.2 * torch.from_numpy(self.draw(size=x.shape)).float()


class Closure(Noisy):
    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(0)
        self.noise = lambda x: x + 0.2 * torch.from_numpy(rng.normal(size=x.shape)).float()


class Scale:
    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return self.by * x


class Steady(Noisy):
    """Holds all of it, and none of it changes."""

    def __init__(self):
        super().__init__()
        by, self.steps = {"by": 1.1}, [Scale(0.9), torch.relu]
        self.after = lambda x: self.net(x) * by["by"]
        self.noise = self.steps[0].__call__


class OnClass(Lit):
    calls = 0

    def training_step(self, batch, batch_idx):
        type(self).calls += 1
        return super().training_step(batch, batch_idx) * (1 + 0.05 * (type(self).calls % 5))


DRAWN = np.random.default_rng(0)
SEEN = 0


class FromAName(Noisy):
    def noise(self, x):
        return x + 0.2 * torch.from_numpy(DRAWN.normal(size=x.shape)).float()


class CountsInAName(Lit):
    def training_step(self, batch, batch_idx):
        global SEEN
        SEEN += 1
        return super().training_step(batch, batch_idx) * (1 + 0.05 * (SEEN % 5))


class FromStreams(Noisy):
    """Draws from each of the global streams, which are seeded for each step, and from generators of its own."""

    def __init__(self):
        super().__init__()
        self.own = random.Random(1), 0, np.random.default_rng(3)
        self.torch = torch.Generator().manual_seed(4)

    def noise(self, x):
        own = self.own[0].gauss(0, 1) + float(self.own[2].normal()) + float(torch.randn((), generator=self.torch))
        return x + 0.1 * (random.gauss(0, 1) + float(np.random.normal()) + torch.randn(x.shape) + own)


class Ramp(Callback):
    calls = 0

    def on_train_batch_start(self, trainer, module, batch, batch_idx):
        self.calls += 1
        trainer.optimizers[0].param_groups[0]["lr"] = 0.02 / self.calls


class Ramps(Lit):
    def configure_callbacks(self):
        return [Ramp()]


class Accumulates(Lit):
    def configure_callbacks(self):
        return [GradientAccumulationScheduler({0: 1, 1: 2})]


class Patient(Lit):
    def configure_callbacks(self):
        return [EarlyStopping("val_loss", patience=1, mode="max")]


class Extra(Lit):
    """Adds to a checkpoint what is no plain data."""

    def on_save_checkpoint(self, checkpoint):
        checkpoint["where"] = Path("x")


class Hardens(Lit):
    """Changes the data from epoch to epoch."""

    def on_train_epoch_start(self):
        rows = self.trainer.datamodule.rows
        rows.x = rows.x * (1 + self.current_epoch)


class FromTheSystem(Rows):
    """Draws from where no seed reaches."""

    def __getitem__(self, i):
        return self.x[i] + 0.001 * os.urandom(1)[0], self.y[i]


class More(Data):
    count = 0

    def setup(self, stage):
        super().setup(stage)
        self.noisy = OwnNoise()

    def train_dataloader(self):
        rows = Rows()
        if self.kind == "anew" and self.trainer is not None:
            rows.x = rows.x * (1 + self.trainer.current_epoch)
        if self.kind == "system training":
            return DataLoader(FromTheSystem(), 16)
        return DataLoader(rows if self.kind == "anew" else self.rows, 16, shuffle=True)

    def val_dataloader(self):
        if self.kind == "system validation":
            return DataLoader(FromTheSystem(), 16)
        return DataLoader(self.noisy, 16) if self.kind == "noisy validation" else super().val_dataloader()

    def on_before_batch_transfer(self, batch, dataloader_idx):
        if self.kind == "counting":
            self.count += 1
        return batch[0] * (1 + 0.1 * (self.count % 7)), batch[1]
'''


@pytest.fixture
def settings(tmp_path):
    package = tmp_path / "project" / "src" / "kept"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "code.py").write_text(CODE + MORE)
    path = list(sys.path)
    yield Settings(root=tmp_path / "project", source_roots=("src",), allow_targets=("kept",))
    sys.path[:] = path
    for name in [name for name in sys.modules if name == "kept" or name.startswith("kept.")]:
        del sys.modules[name]


@pytest.fixture
def progress(tmp_path: Path) -> Path:
    folder = tmp_path / "progress"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", ["Two", "Steady", "Patient", "FromStreams"])
def test_what_hangs_on_nothing_else_is_resumed(name, train, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "_KEPT", 1000)
    changes = every(1, {**model(name), "training.batch": {"global": 24, "micro": None}})
    assert stopped_anywhere(train, tmp_path / "progress", changes, slice(0, None, 3), settings=settings) > 1
    assert train(changes, settings=settings).value("run.training.resumable") is True


CANNOT = {
    "Callable": "the attribute '.noise' of the model holds a Noise",
    "Listed": "the attribute '.steps' of the model holds a Noise",
    "Bound": "the attribute '.noise' of the model holds a method",
    "Drawn": "the attribute '.draw' of the model holds a",
    "Closure": "the attribute '.noise' of the model holds a function",
    "OnClass": "the attribute 'calls' of the class OnClass",
    "FromAName": "the name 'DRAWN' of the module kept.code",
    "CountsInAName": "the name 'SEEN' of the module kept.code",
    "Ramps": "the module brings the callback Ramp, whose part in the training nobody knows",
    "Extra": "what would be saved cannot be read back: it holds a pathlib.",
    "Accumulates": "the module brings the callback GradientAccumulationScheduler",
}


@pytest.mark.parametrize("name", CANNOT)
def test_own_modules_that_break_the_resume_are_told_so(name, train, settings, progress):
    ran = train(every(1, model(name)), settings=settings, progress=progress)
    assert ran.value("run.training.resumable") is False
    assert CANNOT[name] in ran.value("run.training.not_resumable")
    said = [event.data["text"] for event in ran.events if event.kind == "note" and "resumed" in event.data["text"]]
    assert said == [f"the training cannot be resumed: {ran.value('run.training.not_resumable')}"]
    assert list(progress.glob("*.ckpt")) == []


@pytest.mark.parametrize(
    ("name", "kind", "changes", "words"),
    [
        ("Hardens", "shuffled", {}, "the attribute 'rows.x' of the data module, which training changes"),
        ("Lit", "counting", {}, "the attribute 'count' of the data module, which training changes"),
        (
            "Lit",
            "noisy validation",
            {},
            "of the validation loader: a batch that is fetched twice",
        ),
        ("Lit", "anew", {"reload_dataloaders_every_n_epochs": 2}, "the loaders are made anew each 2 epochs"),
    ],
)
def test_own_data_that_break_the_resume_are_told_so(name, kind, changes, words, train, settings, tmp_path, progress):
    inputs = data(tmp_path, "More", kind=kind)
    given = {**model(name), "training.trainer": changes}
    ran = train(every(1, given), settings=settings, inputs=inputs, progress=progress)
    assert ran.value("run.training.resumable") is False
    assert words in ran.value("run.training.not_resumable")
    assert list(progress.glob("*.ckpt")) == []
    seldom = train(given, settings=settings, inputs=inputs, progress=progress)
    assert outcome(seldom) == outcome(ran), "the answer must not depend on when it is saved"


@pytest.mark.parametrize("part", ["training", "validation"])
def test_rows_from_where_no_seed_reaches_are_told_so(part, train, settings, tmp_path, progress):
    inputs = data(tmp_path, "More", kind=f"system {part}")
    ran = train(every(1, model("Lit")), settings=settings, inputs=inputs, progress=progress)
    said = f"of the {part} loader: a batch that is fetched twice is not the same twice"
    assert ran.value("run.training.not_resumable") == said
    assert list(progress.glob("*.ckpt")) == []
