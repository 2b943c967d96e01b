"""Two compositions side by side: which leaves differ, and where each is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stdspec.compose import compose_with_origins
from stdspec.compose.difference import Kind, Side, difference, same, saved_side, side_of
from stdspec.errors import InputError
from stdspec.settings import Settings

from .trees import write


def plain(value: dict[str, object]) -> Side:
    return Side(value, lambda _path: (None, None))


def kinds(one: dict[str, object], other: dict[str, object]) -> list[tuple[str, tuple[object, ...]]]:
    return [(item.kind.value, item.path) for item in difference(plain(one), plain(other))]


def test_leaves_are_added_removed_and_changed() -> None:
    one = {"a": 1, "b": {"c": 2, "d": [1]}, "gone": {"x": 1}}
    other = {"b": {"c": 3, "d": [1]}, "a": 1, "new": {}}
    assert kinds(one, other) == [("changed", ("b", "c")), ("removed", ("gone", "x")), ("added", ("new",))]
    assert kinds(one, one) == []
    assert kinds({}, {"a": None}) == [("added", ("a",))]


def test_a_mapping_that_became_a_value() -> None:
    assert kinds({"a": {"b": 1}}, {"a": 1}) == [("removed", ("a", "b")), ("added", ("a",))]


@pytest.mark.parametrize("pair", [(1, 1.0), (1, True), (1, "1"), ([1], [True]), (None, ""), ({}, []), ([], [1])])
def test_types_count(pair: tuple[object, object]) -> None:
    assert not same(*pair)
    assert same(pair[0], pair[0])
    assert kinds({"a": pair[0]}, {"a": pair[1]}) == [("changed", ("a",))]


def test_each_side_has_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"config": "defaults: [net: mlp, _self_]\n", "net/mlp": "width: 5\n"})

    def side(*overrides: str) -> Side:
        settings = Settings(root=tmp_path)
        return side_of(
            compose_with_origins(str(tmp_path), "config", overrides, append_shipped=False, settings=settings)
        )

    (change,) = difference(side(), side("net.width=3"))
    assert change.kind is Kind.CHANGED
    assert change.old is not None
    assert change.new is not None
    assert (change.old.value, Path(change.old.span.file).name, change.old.span.line) == (5, "mlp.yaml", 1)
    assert (change.new.value, change.new.layer) == (3, "net.width=3")


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_saved_composition_is_read_with_its_places(tmp_path: Path, wrapped: bool) -> None:
    value = {"net": {"width": 1e-05}}
    file = tmp_path / "saved.json"
    file.write_text(json.dumps({"composition": value, "origins": {}} if wrapped else value, indent=1))
    side = saved_side(str(file))
    assert side is not None
    (written,) = side.written().values()
    assert written.value == 1e-05
    assert written.span is not None
    assert written.span.line == (4 if wrapped else 3)


def test_a_config_is_no_saved_composition(tmp_path: Path) -> None:
    write(
        tmp_path, {"config": "defaults: [net: mlp]\n", "experiment": "# @package _global_\nx: 1\n", "saved": "x: 1\n"}
    )
    assert saved_side(str(tmp_path / "config.yaml")) is None
    assert saved_side(str(tmp_path / "experiment.yaml")) is None
    assert saved_side("model=x") is None
    assert saved_side(str(tmp_path / "saved.yaml")) is not None
    (tmp_path / "list.json").write_text("[1]")
    with pytest.raises(InputError, match=r"list\.json: this is no saved composition"):
        saved_side(str(tmp_path / "list.json"))
