"""Why a value is what it is: everybody who wrote it, newest first, and what each lost to."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose import Composed, compose_with_origins
from stdspec.compose.history import Entry, find, history
from stdspec.errors import InputError
from stdspec.finding import COMMAND_LINE
from stdspec.settings import Settings

from .trees import write

TREE = {
    "config": """\
        defaults:
          - model: mlp
          - _self_
          - db: mysql
        lr: 0.1
        token: ???
        steps: [1, 2]
        db: {user: me}
        model: {width: 6}
        """,
    "model/mlp": """\
        width: 5
        lr: ${lr}
        """,
    "db/mysql": """\
        host: localhost
        user: root
        """,
    "implied": """\
        defaults:
          - model: mlp
          - db: mysql
        model: {width: 7}
        """,
    "two": """\
        defaults:
          - base/one
          - base/two
        """,
    "base/one": "# @package _global_\nx: 1\n",
    "base/two": "# @package _global_\nx: 2\n",
    "experiment/wide": """\
        # @package _global_
        lr: ???
        steps: [3]
        model: {width: 9}
        """,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write(tmp_path, TREE)


def composed(folder: Path, *overrides: str, name: str = "config") -> Composed:
    return compose_with_origins(str(folder), name, overrides, append_shipped=False, settings=Settings(root=folder))


def story(spec: Composed, key: str) -> list[tuple[str, int, int, object]]:
    return [
        (Path(item.origin.span.file).name, item.origin.span.line, item.origin.span.column, item.origin.value)
        for item in history(spec, find(spec, key))
    ]


def reasons(spec: Composed, key: str) -> list[str]:
    return [item.reason for item in history(spec, find(spec, key))]


def test_a_key_of_many_layers_is_told_newest_first(tree: Path) -> None:
    spec = composed(tree, "+experiment=wide", "model.width=3")
    assert story(spec, "model.width") == [
        (COMMAND_LINE, 2, 1, 3),
        ("wide.yaml", 4, 16, 9),
        ("config.yaml", 9, 16, 6),
        ("mlp.yaml", 1, 8, 5),
    ]
    assert [item.wins for item in history(spec, ("model", "width"))] == [True, False, False, False]
    assert reasons(spec, "model.width")[:2] == [
        "holds: an override on the command line",
        "beaten by the override model.width=3 on the command line",
    ]


def test_the_defaults_list_says_why(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    spec = composed(tree, "+experiment=wide")
    assert reasons(spec, "model.width") == [
        "holds",
        "beaten by experiment=wide, which the command line appends to the defaults list",
        "beaten by config, merged after model: mlp because _self_ stands after it in config.yaml:3",
    ]
    assert reasons(spec, "db.user")[1] == (
        "beaten by db: mysql, merged after config because it stands after _self_ in config.yaml:4"
    )
    implied = composed(tree, name="implied")
    assert reasons(implied, "model.width")[1] == (
        "beaten by implied, merged after model: mlp because _self_ comes last where implied.yaml does not write it"
    )
    two = composed(tree, name="two")
    assert reasons(two, "x")[1] == ("beaten by base/two, merged after base/one because it stands later in two.yaml:3")


def test_an_entry_of_another_group_with_the_same_end_is_no_reason(tmp_path: Path) -> None:
    files = {
        "config": "defaults: [a/net: one, net: one, _self_]\n",
        "a/net/one": "# @package _global_\nx: 1\n",
        "net/one": "# @package _global_\nx: 2\n",
    }
    (said,) = reasons(composed(write(tmp_path, files)), "x")[1:]
    assert said.startswith("beaten by net: one, merged after a/net: one because it stands later in ")


def test_an_open_value_passes_over(tree: Path) -> None:
    spec = composed(tree, "+experiment=wide")
    assert story(spec, "lr") == [("wide.yaml", 2, 5, "???"), ("config.yaml", 5, 5, 0.1)]
    assert reasons(spec, "lr") == ["left open (???), which leaves the value as it is", "holds"]
    filled = composed(tree, "token=abc")
    assert story(filled, "token") == [(COMMAND_LINE, 1, 1, "abc"), ("config.yaml", 6, 8, "???")]
    assert reasons(composed(tree), "token") == ["left open (???): nobody fills it"]


def test_an_open_value_that_a_later_layer_fills_lost_to_that_layer(tree: Path) -> None:
    spec = composed(tree, "+experiment=wide", "lr=5")
    assert story(spec, "lr") == [(COMMAND_LINE, 2, 1, 5), ("wide.yaml", 2, 5, "???"), ("config.yaml", 5, 5, 0.1)]
    assert set(reasons(spec, "lr")[1:]) == {"beaten by the override lr=5 on the command line"}


@pytest.mark.parametrize("key", ["steps[0]", "steps.0"])
def test_an_item_of_a_list_that_was_replaced_is_found_again(tree: Path, key: str) -> None:
    assert story(composed(tree, "+experiment=wide"), key) == [("wide.yaml", 3, 9, 3), ("config.yaml", 7, 9, 1)]


def test_what_was_deleted_and_written_again_says_so(tree: Path) -> None:
    spec = composed(tree, "~db.user", "+db.user=you")
    assert story(spec, "db.user")[0] == (COMMAND_LINE, 2, 1, "you")
    assert reasons(spec, "db.user")[1:] == ["deleted by the override ~db.user"] * 2


@pytest.mark.parametrize(
    ("key", "overrides", "words"),
    [
        ("db.usr", [], "did you mean db.user?"),
        ("db.user", ["~db.user"], "db.user was deleted by override 1, ~db.user; leave that override out"),
        ("lr.x", [], "there is no key lr.x: lr holds a value"),
        ("model.lr.x", [], "there is no key model.lr.x: model.lr is ${lr}; ask for model.lr"),
        ("zzz", [], "the keys at the top are"),
        ("db.zzzzzz", [], "the keys in db are"),
        ("steps.7", [], "there is no key steps.7"),
        ("", [], "there is no key"),
    ],
)
def test_a_key_that_is_not_there(tree: Path, key: str, overrides: list[str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        find(composed(tree, *overrides), key)
    assert words in str(caught.value)


def test_every_entry_of_every_leaf_stands_where_it_says(tree: Path) -> None:
    spec = composed(tree, "+experiment=wide", "model.width=3")
    for path in (("model", "width"), ("steps", 0), ("lr",), ("db", "user"), ("db", "host")):
        for item in history(spec, path):
            assert _cut(item) == str(item.origin.value)


def _cut(item: Entry) -> str:
    span = item.origin.span
    if span.file == COMMAND_LINE:
        return str(item.origin.value)
    return Path(span.file).read_text().splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]
