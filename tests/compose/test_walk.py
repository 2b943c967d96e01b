"""The defaults walk where it is odd: what few people write, and Hydra takes or refuses all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from .trees import differs

OPTIONS = {
    "an option does not see another computed one": "defaults: [s: '${db}', db: '${q}', q: a]",
    "a computed one sees a written one": "defaults: [s: '${db}', db: a]",
    "one dot is the option itself": "defaults: [db: a, s: '${.db}']",
    "two dots are the choices": "defaults: [db: a, s: '${..db}']",
    "three dots are too many": "defaults: [db: a, s: '${...db}']",
    "two dots in a resolver": "defaults: [db: a, s: '${oc.select:..db}']",
    "one dot in a resolver": "defaults: [db: a, s: '${oc.select:.db}']",
    "a place in the list": "defaults: [db: a, s: '${defaults.0.db}']",
    "a place of two digits": "defaults: [db: a, s: a, {'s@p': '${defaults.10.db}'}, " + "db/b, " * 7 + "{'db@q': b}]",
    "a place within a text": "defaults: [db: a, s: 'x${defaults.0.db}']",
    "a place in brackets": "defaults: [db: a, s: '${defaults[0].db}']",
    "a config by its place": "defaults: [db/a, '${defaults.0}']",
    "nothing chosen": "defaults: [db: null, s: '${db}']",
    "nothing chosen in a text": "defaults: [db: null, s: 'x${db}']",
}


@pytest.mark.parametrize(
    ("text", "base"),
    [(text, base) for text in OPTIONS.values() for base in ("1.3", "1.1") if base == "1.3" or "defaults." in text],
)
def test_options_that_depend_on_others(tmp_path: Path, text: str, base: str) -> None:
    assert differs(tmp_path, text, files={"q/a": "k: 1", "s/xa": "w: 9", "s/xNone": "w: 8"}, base=base) is None


LISTS = {
    "left open": "defaults: '???'",
    "referred to": "defaults: ${usual}\nusual: [db: a]",
    "referred to twice": "defaults: ${x.y}\nx: {y: '${usual}'}\nusual: [/db: a, s/a]",
    "referred to and none": "defaults: ${usual}\nusual: 3",
    "referred to nothing": "defaults: ${usual}",
    "in a circle": "defaults: ${x}\nx: ${y}\ny: ${x}",
    "root as group": "defaults: [{'optional /': a}]",
    "self as an option": "defaults: [db: _self_]\nk: 1",
    "self as an option in a package": "# @package p\ndefaults: [db: _self_, s: a]\nk: 1",
    "self as an option of an override": "defaults: [override db: _self_]\nk: 1",
    "null character": 'defaults: [{optional db: "a\\0"}]',
    "dot before the package": "defaults: [{'db@.p': a}]",
    "dots before the package": "defaults: [{'db@..p.q[0]': a}]",
    "keywords after another word": "defaults: [{'foo override db': a}]",
    "two spaces": "defaults: [{'optional  db': none_such}]",
    "the same option twice": "defaults: [db: [a, a]]",
    "list over option": "defaults: [db: a, override db: [a, b]]",
    "option over list": "defaults: [db: [a, b], override db: b]",
    "nothing over option": "defaults: [db: a, override db: null]",
    "group named by the keyword": "defaults: [{'my_group_@_group_.x': a}]",
    "list of a group named by the keyword": "defaults: [{'my_group_@_group_.x': [a]}]",
    "config below a group named by a reference": "defaults: [s: a, {'${s}': x}]",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_defaults_lists(tmp_path: Path, text: str) -> None:
    assert differs(tmp_path, text, files={"my_group_/a": "y: 1", "${s}/x": "defaults: [y]", "${s}/y": "r: 1"}) is None


@pytest.mark.parametrize(
    "overrides",
    [["db=_self_"], ["db=[_self_]"], ["db='${s}'"], ["+db@p='${..s}'"], ["~db=a"], ["db=b", "~db=a"]],
    ids=" ".join,
)
def test_overrides_of_choices(tmp_path: Path, overrides: list[str]) -> None:
    assert differs(tmp_path, "defaults: [db: a, s: b, _self_]\nk: 1", *overrides) is None


@pytest.mark.parametrize("text", ["defaults: [db: a, s: b]\nk: 1", "defaults: [db: a, s: b, _self_]\nk: 1"])
def test_self_appended_as_an_option(tmp_path: Path, text: str) -> None:
    assert differs(tmp_path, text, "+s@k=_self_") is None


@pytest.mark.parametrize("value", ["'???'", "null"])
def test_the_old_word_optional_without_a_value(tmp_path: Path, value: str) -> None:
    assert differs(tmp_path, f"defaults: [{{db: none_such, optional: {value}}}]", base="1.1") is None
