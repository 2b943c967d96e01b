"""The table `map` of the settings: every form of a line, and one sentence with its place for what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.errors import InputError
from stdspec.mapping import Line, Map, position
from stdspec.settings import load


def _read(folder: Path, text: str, name: str = "stdspec.toml") -> Map:
    (folder / name).write_text(text, encoding="utf-8")
    found = load(folder).map
    assert found is not None
    return found


def test_a_line_is_a_key_a_key_with_words_a_value_or_none(tmp_path: Path) -> None:
    text = """\
[map]
seed = "trainer.seed"
"training.determinism" = {from = "trainer.deterministic", words = {true = "exact", false = "off"}}
stage = {value = "candidate"}
"model.base" = {none = true}
"""
    assert _read(tmp_path, text).lines == (
        Line("seed", "trainer.seed"),
        Line("stage", value="candidate"),
        Line("training.determinism", "trainer.deterministic", words=(("true", "exact"), ("false", "off"))),
        Line("model.base"),
    )


def test_a_path_may_be_written_with_or_without_quotes_and_in_tables(tmp_path: Path) -> None:
    for text in (
        '[map]\n"training.optimizer.lr" = "lr"\n',
        '[map]\ntraining.optimizer.lr = "lr"\n',
        '[map.training]\noptimizer.lr = "lr"\n',
        '[map.training.optimizer]\nlr = "lr"\n',
    ):
        assert _read(tmp_path, text).lines == (Line("training.optimizer.lr", "lr"),)
        number, begin, _ = position(tmp_path / "stdspec.toml", "training.optimizer.lr")
        assert (number, begin) == (2, 1)


def test_a_table_comes_before_what_stands_in_it(tmp_path: Path) -> None:
    found = _read(tmp_path, '[map]\n"training.optimizer.kind" = "kind"\ntraining.optimizer = "optimizer"\n')
    assert [line.path for line in found.lines] == ["training.optimizer", "training.optimizer.kind"]


def test_a_day_of_toml_is_a_text_as_in_yaml(tmp_path: Path) -> None:
    (line,) = _read(tmp_path, "[map]\n'governance.review_by' = {value = 2027-05-31}\n").lines
    assert line.value == "2027-05-31"


def test_the_map_of_a_pyproject_stands_below_its_tool(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.stdspec.map]\nonly = ["configs/experiment/"]\nseed = "seed"\n'
    found = _read(tmp_path, text, "pyproject.toml")
    assert found == Map((Line("seed", "seed"),), ("configs/experiment/",))
    assert position(tmp_path / "pyproject.toml", "seed") == (6, 1, 5)


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("seed = 20", 2, "'seed' in the map names no key of your configs; write {value = 20}"),
        ("seed = true", 2, "write {value = true}"),
        ('seed = "a..b"', 2, "'seed' in the map is read from 'a..b', which is no path"),
        (
            'seed = {from = "a", word = {}}',
            2,
            "'seed' in the map says 'word', which is unknown; a line has from, words",
        ),
        ('seed = {from = "a", value = 1}', 2, "'seed' in the map has more than one of from, value and none"),
        ('seed = {value = 1, words = {a = "b"}}', 2, "the words of 'seed' in the map must be a table beside from"),
        ('seed = {from = "a", words = "b"}', 2, "the words of 'seed' in the map must be a table beside from"),
        ("seed = {none = false}", 2, "none of 'seed' in the map must be true; or leave the line out"),
        ("seed = {from = 3}", 2, "'seed' in the map is read from '3', which is no path"),
        ('stage = {value = "research"}\nonly = "a"', 3, "'only' in the map must be a list of texts"),
    ],
)
def test_what_is_no_line_is_refused_where_it_stands(line: str, place: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path, f"[map]\n{line}\n")
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{(tmp_path / 'stdspec.toml').as_posix()}:{place}: ")


def test_a_map_that_is_no_table_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the setting 'map' must be a table"):
        _read(tmp_path, 'map = "map.toml"\n')
