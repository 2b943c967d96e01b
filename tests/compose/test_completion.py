"""What may follow an unfinished word of a command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stdspec.compose.completion import complete
from stdspec.settings import Settings

from .trees import write

FILES = {
    "config": "defaults: [db: mysql, _self_]\ntrain: {lr: 0.1, layers: {wide: 3}, log: true, tags: [a, b]}\n",
    "db/mysql": "host: localhost\nport: 3306\n",
    "db/sqlite": "file: x.db\n",
    "db/cloud/aws": "region: eu-1\n",
    "experiment/one": "# @package _global_\ntrain: {lr: 1}\n",
    "experiment/two": "# @package _global_\ntrain: {lr: 2}\n",
}


@pytest.fixture
def ask(tmp_path: Path):
    conf = write(tmp_path / "conf", FILES)

    def words(word: str, *before: str, any_key: bool = False) -> list[str]:
        return complete(word, before, str(conf), "config", Settings(root=tmp_path), any_key=any_key)

    return words


@pytest.mark.parametrize(
    ("word", "before", "expected"),
    [
        ("+experiment=o", (), ["+experiment=one"]),
        ("+experiment=t", (), ["+experiment=two"]),
        ("+exp", (), ["+experiment="]),
        ("db=", (), ["db=cloud/", "db=mysql", "db=sqlite"]),
        ("db=cloud/", (), ["db=cloud/aws"]),
        ("db=mysql,s", (), ["db=mysql,sqlite"]),
        ("db.", (), ["db.host=", "db.port="]),
        ("db.", ("db=sqlite",), ["db.file="]),
        ("db.", ("db=nope",), ["db.host=", "db.port="]),
        ("train.l", (), ["train.layers.", "train.log=", "train.lr="]),
        ("train.layers.", (), ["train.layers.wide="]),
        ("++train.lr=", (), ["++train.lr=0.1"]),
        ("train.lr=", ("+experiment=two",), ["train.lr=2"]),
        ("train.log=", (), ["train.log=false", "train.log=true"]),
        ("train.tags=", (), []),
        ("~train.l", (), ["~train.layers.", "~train.log", "~train.lr"]),
        ("hydra/laun", (), ["hydra/launcher="]),
        ("hydra/sweeper=", (), ["hydra/sweeper=basic", "hydra/sweeper=optuna"]),
        ("hydra.sweep.", (), ["hydra.sweep.dir=", "hydra.sweep.subdir="]),
        ("nope.", (), []),
        ("db=nope", (), []),
    ],
)
def test_a_word_becomes_what_fits(ask, word: str, before: tuple[str, ...], expected: list[str]) -> None:
    assert ask(word, *before) == expected


def test_at_the_beginning_there_are_groups_and_keys(ask) -> None:
    found = ask("")
    assert {"db=", "db/", "db.", "train.", "experiment="} <= set(found)
    assert {"data=", "training="} <= set(found)  # the shipped groups
    assert not [word for word in found if word.startswith(("hydra", "stdspec"))]


def test_a_key_is_no_override(ask) -> None:
    assert ask("train.l", any_key=True) == ["train.layers.", "train.log", "train.lr"]
    assert ask("d", any_key=True) == ["db."]


def test_neither_hydra_nor_the_projects_code_is_imported(tmp_path: Path) -> None:
    conf = write(tmp_path / "conf", FILES)
    script = (
        "import sys; from pathlib import Path; from stdspec.compose.completion import complete; "
        "from stdspec.settings import Settings; "
        f"settings = Settings(root=Path({str(tmp_path)!r})); "
        f"print(complete('train.lr=', ('db=sqlite',), {str(conf)!r}, 'config', settings)); "
        "print([name for name in sys.modules if name in ('hydra', 'omegaconf', 'torch')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "['train.lr=0.1']\n[]\n"
