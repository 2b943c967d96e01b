"""The data node of an own LightningDataModule."""

import json
import textwrap

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")
pytest.importorskip("lightning", reason="needs the run extra")

from stdspec.errors import RunError
from stdspec.evidence import tree
from stdspec.run.context import Context
from stdspec.run.data import own
from stdspec.settings import Settings

pytestmark = pytest.mark.run

SOURCE = """
import torch
from lightning.pytorch import LightningDataModule
from torch.utils.data import DataLoader, TensorDataset


class Rows(LightningDataModule):
    def __init__(self, n: int = 20, shared: int = 0, shift: float = 0.0):
        super().__init__()
        self.n, self.shared, self.shift = n, shared, shift

    def setup(self, stage):
        x = torch.arange(2 * self.n, dtype=torch.float32).reshape(-1, 2) + self.shift
        self.train = TensorDataset(x, torch.arange(self.n) % 2)
        self.val = TensorDataset(x[: self.shared], torch.arange(self.shared) % 2)
        self.late = TensorDataset(x + 1000, torch.arange(self.n) % 2)

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=8, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val, batch_size=8)

    def test_dataloader(self):
        return DataLoader(self.late, batch_size=8)


class Single(Rows):
    def train_dataloader(self):
        return DataLoader(torch.zeros(4, 2), batch_size=2)


class Broken(Rows):
    def setup(self, stage):
        raise KeyError("no such table")


class Untrained(LightningDataModule):
    pass
"""


@pytest.fixture
def execute(tmp_path, node, heard):
    package = tmp_path / "ownrows"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "data.py").write_text(textwrap.dedent(SOURCE))
    context = Context(None, Settings(root=tmp_path, allow_targets=("ownrows",)), heard.append)

    def run(name="Rows", **args):
        out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        out.mkdir()
        config = {"data": {"_target_": f"ownrows.data.{name}", "license": "MIT", "columns": {}, **args}}
        records = own.execute(node(config), {}, out, context)
        return json.loads((out / "own.json").read_text()), tree(records)["run"]

    yield run
    import sys

    for name in [name for name in sys.modules if name.split(".")[0] == "ownrows"]:
        del sys.modules[name]
    sys.path.remove(str(tmp_path))


def test_target_arguments_and_sizes_are_written(execute):
    written, found = execute(n=20, shared=3)
    assert written["target"] == "ownrows.data.Rows"
    assert written["args"] == {"n": 20, "shared": 3}
    assert {name: (part["rows"], part["batches"]) for name, part in written["loaders"].items()} == {
        "train": (20, 3),
        "validation": (3, 1),
        "test": (20, 3),
    }
    assert found["split"] == {"train": 20, "validation": 3, "test": 20, "overlap": {"records": 3}}
    assert found["data"]["rows"] == 43


def test_the_digest_depends_on_the_rows_and_not_on_their_order(execute):
    one, again, other = (execute(shift=shift)[1]["data"]["digest"] for shift in (0.0, 0.0, 0.5))
    assert one == again
    assert one["train"] != other["train"]


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("Single", "the batches of ownrows.data.Single are no pairs of tensors"),
        ("Broken", "raised KeyError in setup: 'no such table'"),
        ("Untrained", "has no train_dataloader"),
        ("Rowz", "has no 'Rowz'"),
    ],
)
def test_own_code_that_does_not_fit_is_one_sentence(execute, name, fact):
    with pytest.raises(RunError) as caught:
        execute(name)
    assert fact in caught.value.message


def test_an_unknown_argument_is_refused(execute):
    with pytest.raises(RunError, match="takes no argument 'rows'"):
        execute(rows=3)
