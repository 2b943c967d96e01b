"""A refusal is one sentence with its place and what to do."""

import pytest

from stdspec.compose import compose_with_origins
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
        ("confg", [], "there is no config 'confg'; did you mean 'config'?"),
        ("must_choose", [], f"must_choose.yaml:2:5: the option of db is left open ('???'); {OPTIONS}"),
        ("overriding", ["server=nginx"], "overriding.yaml:3:5: there is no choice of server/log to override; did you"),
    ],
)
def test_config(tmp_path, monkeypatch, name, overrides, sentence):
    write(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComposeError) as caught:
        compose_with_origins(".", name, overrides, append_shipped=False)
    assert str(caught.value).startswith(sentence)


def test_missing_folder(tmp_path):
    with pytest.raises(ComposeError, match="there is no config folder"):
        compose_with_origins(str(tmp_path / "none"), "config", [])


def test_the_file_that_chose_badly_is_named(tmp_path, monkeypatch):
    write(tmp_path, {**TREE, "bad": "name: x\ndefaults:\n  - db: mysql\n  - server: nginxx\n"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComposeError) as caught:
        compose_with_origins(".", "bad", [])
    assert str(caught.value) == (
        "bad.yaml:4:5: the group server has no option 'nginxx'; did you mean 'nginx'? the options are apache, nginx"
    )
