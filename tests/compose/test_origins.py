"""Who wrote a value: the winner, those it beat, and whether somebody named it."""

from pathlib import Path

import pytest
import yaml

from stdspec import resources
from stdspec.compose import Composed, compose_with_origins
from stdspec.finding import COMMAND_LINE, Span
from stdspec.settings import Settings

from .trees import TREE, write


def compose(folder: Path, *overrides: str, name: str = "config", shipped: bool = False) -> Composed:
    return compose_with_origins(str(folder), name, overrides, append_shipped=shipped, settings=Settings(root=folder))


def cut(span: Span) -> str:
    lines = Path(span.file).read_text(encoding="utf-8").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@pytest.fixture
def tree(tmp_path):
    return write(tmp_path, TREE)


def story(composed: Composed, *path: str) -> list[tuple[str, int, object]]:
    return [(origin.layer, origin.span.line, origin.value) for origin in composed.origins[path]]


def test_the_winner_comes_first_and_then_what_it_beat(tree):
    composed = compose(tree, "+experiment=fast", "port=9")
    assert story(composed, "port") == [("port=9", 2, 9), ("experiment=fast", 5, 8080), ("config", 6, 80)]
    assert [Path(origin.span.file).name for origin in composed.origins[("port",)][1:]] == ["fast.yaml", "config.yaml"]
    assert composed.origins[("port",)][0].span == Span(COMMAND_LINE, 2, 1, 2, 7)


def test_an_overridden_option_knows_who_chose_it(tree):
    composed = compose(tree, "+experiment=fast")
    assert story(composed, "db", "host") == [("db: postgres", 1, "pg")]
    assert composed.choices == {
        "db": "postgres",
        "experiment": "fast",
        "server": "nginx",
    }


def test_mappings_name_everybody_who_wrote_into_them(tree):
    layers = [origin.layer for origin in compose(tree).origins[("db",)]]
    assert layers == ["config", "db: mysql"]


def test_a_deleted_key_has_no_origin(tree):
    composed = compose(tree, "~db.user")
    assert not [path for path in composed.origins if path[:2] == ("db", "user")]
    assert ("db", "host") in composed.origins


def test_what_a_scalar_replaced_is_gone_with_its_parts(tree):
    composed = compose(tree, "db.user=nobody")
    assert ("db", "user", "name") not in composed.origins
    assert story(composed, "db", "user")[0] == ("db.user=nobody", 1, "nobody")


def test_added_values_come_from_the_command_line(tree):
    composed = compose(tree, "+new.deep=[1,{a: 2}]")
    assert composed.origins[("new", "deep", 1, "a")][0].span.file == COMMAND_LINE
    assert composed.origins[("new",)][0].layer == "+new.deep=[1,{a: 2}]"


@pytest.mark.parametrize("name", ["config", "self_first", "packages", "overriding", "computed", "global_file"])
def test_every_leaf_stands_where_its_origin_says(tree, name):
    check_every_leaf(compose(tree, name=name))


@pytest.mark.parametrize("name", [path.stem for path in sorted((resources.conf() / "experiment").glob("*.yaml"))])
def test_every_leaf_of_the_shipped_experiments(name):
    check_every_leaf(compose(resources.conf(), f"+experiment={name}"))


def check_every_leaf(composed: Composed) -> None:
    count = 0

    def visit(value, path):
        nonlocal count
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            here = (*path, key)
            winner = composed.origins[here][0]
            if isinstance(child, dict | list) and child:
                visit(child, here)
                continue
            count += 1
            assert winner.value == child
            read = yaml.safe_load(cut(winner.span))
            if type(read) is type(child):  # plain PyYAML reads 1e-3 as a text
                assert read == child
            if isinstance(key, str):
                assert cut(winner.key).strip("'\"") == key

    visit(composed.value, ())
    assert count > 5


SMALL = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 5}
"""


def test_what_nobody_named_is_assumed(tmp_path):
    (tmp_path / "churn.yaml").write_text(SMALL, encoding="utf-8")
    composed = compose(tmp_path, name="churn", shipped=True)
    assert composed.assumed(("compute",))
    assert composed.assumed(("training", "optimizer", "name")) or composed.assumed(("training", "optimizer"))
    assert composed.assumed(("seed",))
    assert not composed.assumed(("training", "epochs"))
    assert not composed.assumed(("model",))
    assert not composed.assumed(("name",))


@pytest.mark.parametrize("how", ["override /training/optimizer: sgd", "command line"])
def test_naming_an_option_makes_it_a_choice(tmp_path, how):
    items = f"stdspec/base, data: csv, model: mlp, {how}, _self_" if how != "command line" else "stdspec/base, _self_"
    (tmp_path / "churn.yaml").write_text(f"defaults: [{items}]\n", encoding="utf-8")
    overrides = ["training/optimizer=sgd"] if how == "command line" else []
    composed = compose(tmp_path, *overrides, name="churn", shipped=True)
    origin = composed.origin(("training", "optimizer", "lr"))
    assert origin is not None
    assert (origin.shipped, origin.named, origin.layer) == (True, True, "training/optimizer: sgd")
    assert composed.origin(("training", "task")).assumed


def test_a_shipped_experiment_is_a_decision():
    composed = compose(resources.conf(), "+experiment=digits")
    assert not composed.assumed(("model",))
    assert not composed.assumed(("evaluation", "metrics"))
    assert composed.entry.endswith("digits.yaml")
    assert composed.files[0].endswith("config.yaml")


def test_the_composition_shares_nothing_with_the_next_one(tree):
    first = compose(tree)
    first.value["db"]["user"]["name"] = "changed"
    first.resolved["flags"].append("changed")
    second = compose(tree)
    assert second.value["db"]["user"]["name"] == "root"
    assert second.resolved["flags"] == ["a", "b"]


def test_a_changed_file_is_read_again(tree):
    assert compose(tree).value["db"]["port"] == 3306
    (tree / "db" / "mysql.yaml").write_text("host: elsewhere\nport: 1\n", encoding="utf-8")
    assert compose(tree).value["db"] == {"host": "elsewhere", "port": 1, "timeout": 5}
