"""What a module registers in Hydra's ConfigStore, written as YAML on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose import compose
from stdspec.compose.freeze import freeze
from stdspec.errors import InputError, RunError
from stdspec.settings import Settings

MODULE = """\
import os
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING

print("imported")


class Kind(Enum):
    FAST = 1


@dataclass
class MySQL:
    host: str = "localhost"
    port: int = MISSING
    kind: Kind = Kind.FAST
    where: Path = Path("data")
    text: str = "1e-3"
    user: str = "${oc.env:ACME_TOKEN}"


@dataclass
class Config:
    defaults: list[Any] = field(default_factory=lambda: [{"db": "mysql"}, "_self_"])
    debug: bool = False


store = ConfigStore.instance()
store.store(name="config", node=Config)
store.store(group="db", name="mysql", node=MySQL, package="db.main")
store.store(name="login", node={"password": os.environ["ACME_TOKEN"]})
store.store(group="net/deep", name="small", node={"width": 3})
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "acme_store.py").write_text(MODULE)
    (tmp_path / "acme_empty.py").write_text("x = 1\n")
    (tmp_path / "acme_zero.py").write_text("x = 1\nx / 0\n")
    (tmp_path / "acme_exit.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "acme_needs.py").write_text("import nowhere_to_be_found\n")
    (tmp_path / "acme_away.py").write_text(
        "from hydra.core.config_store import ConfigStore\nConfigStore.instance().store('x', {}, group='..')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACME_TOKEN", "hunter2-is-no-word")
    return Settings(root=tmp_path)


def test_each_config_goes_into_the_folder_of_its_group(project: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    conf = project.root / "conf"
    frozen = freeze("acme_store", conf, project, force=False)
    names = [path.relative_to(conf).as_posix() for path in frozen.written]
    assert names == ["config.yaml", "db/mysql.yaml", "login.yaml", "net/deep/small.yaml"]
    assert (conf / "db" / "mysql.yaml").read_text() == (
        "# @package db.main\n"
        "# Frozen from acme_store by stdspec freeze-configstore; the types are not kept.\n"
        "host: localhost\nport: ???\nkind: FAST\nwhere: data\ntext: '1e-3'\nuser: ${oc.env:ACME_TOKEN}\n"
    )
    assert (conf / "login.yaml").read_text().endswith("\npassword: ${oc.env:ACME_TOKEN}\n")
    assert compose(str(conf), "config", ["db.main.port=3"])["db"]["main"]["port"] == 3
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "imported\n")


def test_a_second_time_changes_nothing_and_force_is_needed_to_replace(project: Settings) -> None:
    conf = project.root / "conf"
    freeze("acme_store", conf, project, force=False)
    again = freeze("acme_store", conf, project, force=False)
    assert again.written == ()
    assert len(again.unchanged) == 4
    edited = conf / "db" / "mysql.yaml"
    edited.write_text("mine: 1\n")
    (conf / "config.yaml").unlink()
    with pytest.raises(InputError, match=r"nothing was written, for this would overwrite conf/db/mysql\.yaml"):
        freeze("acme_store", conf, project, force=False)
    assert edited.read_text() == "mine: 1\n"
    assert not (conf / "config.yaml").exists()
    assert edited in freeze("acme_store", conf, project, force=True).written


@pytest.mark.parametrize(
    ("module", "kind", "words"),
    [
        ("acme_empty", InputError, "acme_empty was imported and stores no config"),
        ("acme_zero", RunError, "acme_zero.py:2: importing acme_zero failed: ZeroDivisionError: division by zero"),
        ("acme_exit", RunError, "importing acme_exit ended the process with status 3"),
        ("acme_needs", RunError, "No module named 'nowhere_to_be_found'"),
        ("acme_nowhere.conf", InputError, "there is no module acme_nowhere"),
        ("acme_away", InputError, "which leads out of the folder"),
        ("acme/store.py", InputError, "is no dotted name of a module"),
        ("--help", InputError, "is no dotted name of a module"),
    ],
)
def test_what_cannot_be_frozen_is_said(project: Settings, module: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        freeze(module, project.root / "conf", project, force=False)
    assert words in str(caught.value)
    assert not (project.root / "conf").exists()


def test_a_link_in_the_folder_leads_nowhere(project: Settings) -> None:
    conf = project.root / "conf"
    conf.mkdir()
    (conf / "config.yaml").symlink_to(project.root / "outside.yaml")
    freeze("acme_store", conf, project, force=False)
    assert not (project.root / "outside.yaml").exists()
    assert (conf / "config.yaml").is_file()
