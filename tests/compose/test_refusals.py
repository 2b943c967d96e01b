"""A refusal is one sentence with its place and what to do."""

import pytest

from stdspec.compose import compose, compose_with_origins
from stdspec.errors import ComposeError

from .trees import TREE, write

QUOTE = "; write key=value, and quote special characters"
SENTENCES = {
    "+experiment=fsat": "the group experiment has no option 'fsat'; did you mean 'fast'? "
    "the options are fast, packaged",
    "prot=3": "there is no key 'prot'; did you mean 'port'?",
    "db.pool=3": "there is no key 'pool' in db; to add it write +db.pool=3",
    "+port=3": "port has a value already; write port=3 to change it, ++port=3 to add or change it",
    "+db=postgres": "the group db has an option already, mysql; write db=postgres without + to change it",
    "port=1,2": "the override port=1,2 is a sweep over several values; write a list as port=[1,2], "
    "quote a text, or use -m",
    "port": "the override port cannot be read: it has no '='" + QUOTE,
    "a b=1": "the override a b=1 cannot be read: the character in column 2 is not allowed there" + QUOTE,
    "flags.7=x": "flags is a list of 2 items and has no item '7'; name an item by its number, counted from 0",
    "~nothing": "nothing has no value that could be deleted; leave ~nothing out",
}


@pytest.mark.parametrize("override", SENTENCES)
def test_override(tmp_path, override):
    write(tmp_path, TREE)
    with pytest.raises(ComposeError) as caught:
        compose_with_origins(str(tmp_path), "config", [override], append_shipped=False)
    assert str(caught.value) == f"<command line>: {SENTENCES[override]}"


OPTIONS = "the options are missing, mysql, postgres, sqlite"


@pytest.mark.parametrize(
    ("name", "overrides", "sentence"),
    [
        ("confg", [], ".: there is no config 'confg'; did you mean 'config'?"),
        ("must_choose", [], f"must_choose.yaml:2:5: the option of db is left open ('???'); {OPTIONS}"),
        (
            "overriding",
            ["server=nginx"],
            "overriding.yaml:3:5: there is no choice of server/log to override; the groups",
        ),
    ],
)
def test_config(tmp_path, monkeypatch, name, overrides, sentence):
    write(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComposeError) as caught:
        compose_with_origins(".", name, overrides, append_shipped=False)
    assert str(caught.value).startswith(sentence)


def test_missing_folder(tmp_path):
    with pytest.raises(ComposeError) as caught:
        compose_with_origins(str(tmp_path / "none"), "config", [])
    assert caught.value.message == "there is no config folder"
    assert caught.value.place == (tmp_path / "none").as_posix()


def test_the_file_that_chose_badly_is_named(tmp_path, monkeypatch):
    write(tmp_path, {**TREE, "bad": "name: x\ndefaults:\n  - db: mysql\n  - server: nginxx\n"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComposeError) as caught:
        compose_with_origins(".", "bad", [])
    assert str(caught.value) == (
        "bad.yaml:4:13: the group server has no option 'nginxx'; did you mean 'nginx'? the options are apache, nginx"
    )


@pytest.mark.parametrize(
    ("text", "overrides", "place"),
    [
        ("a: 1\nhydra: {nothing: 1}", [], "config.yaml:2:1"),
        ("a: 1", ["hydra.nothing=1"], "<command line>"),
        ("defaults: [db: b]", [], "db/b.yaml:1:1"),
        ("defaults: [hydra/job_logging: disabled]", [], "config.yaml:1:12"),
        ("defaults: [db: a, _self_]\nx: 1", ["hydra.searchpath=null"], "<command line>"),
        ("hydra: {searchpath: [a, '${gone}']}", [], "config.yaml:1:25"),
        ("hydra: {searchpath: [a, 3]}", [], "config.yaml:1:9"),
        ("defaults: ${gone}", [], "config.yaml:1:1"),
        ("a: 1", ["+" + "a." * 3_000 + "a=1"], "<command line>"),
    ],
)
def test_a_refusal_has_a_place(tmp_path, monkeypatch, text, overrides, place):
    write(tmp_path, {"config": text, "db/a": "x: 1", "db/b": "# @package hydra.job\nnothing: 1"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComposeError) as caught:
        compose(".", "config", overrides)
    assert caught.value.place == place


def test_a_file_in_the_place_of_one_of_hydra_s_own(tmp_path, monkeypatch):
    write(tmp_path, {"config": "a: 1", "hydra/config": "z: 1", "hydra/launcher/basic": "# @package _global_\nz: 1"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComposeError) as caught:
        compose(".", "config", [])
    message = "hydra/config.yaml:1:1: this file takes the place of Hydra's own hydra/config; rename it"
    assert str(caught.value) == message
    (tmp_path / "hydra" / "config.yaml").unlink()
    with pytest.raises(ComposeError) as caught:
        compose(".", "config", [])
    assert caught.value.place == "hydra/launcher/basic.yaml:1:1"


def test_a_folder_is_not_offered_as_an_option(tmp_path):
    write(tmp_path, {"config": "defaults: [db: c]", "db/a": "x: 1"})
    (tmp_path / "db" / "folder.yaml").mkdir()
    with pytest.raises(ComposeError) as caught:
        compose(str(tmp_path), "config", [])
    assert caught.value.remedy == "the options are a"
