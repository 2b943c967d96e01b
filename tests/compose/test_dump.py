"""A printed composition reads back as the same data, and its comments name who wrote each value."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from stdspec.cli.text import origin_text
from stdspec.compose import compose_with_origins
from stdspec.compose.difference import same
from stdspec.compose.dump import one_line, to_yaml, with_origins
from stdspec.settings import Settings

from .trees import write

HARD = {
    "number as text": "1e-3",
    "base 60": "12:30:45",
    "octal": "012",
    "word": "no",
    "empty": "",
    "lines": "one\ntwo\n",
    "reference": "${a.b}",
    "sharp": "a # b",
    "null": None,
    "small": 1e-5,
    "whole": 1.0,
    "nested": {"list": [{"a": [1, "2"]}, []], "none": {}},
    "long " * 40: {"key": "word " * 60},
}


def read(text: str) -> object:
    return OmegaConf.to_container(OmegaConf.load(io.StringIO(text)), resolve=False)


def test_yaml_reads_back_as_it_was() -> None:
    assert same(read(to_yaml(HARD)), HARD)


@pytest.mark.parametrize("value", [3, "3", None, [1, {"a": "no"}], "1e-3", "", "a\nb", {}])
def test_one_line_is_one_line_and_means_the_same(value: object) -> None:
    text = one_line(value)
    assert "\n" not in text
    assert same(read(f"x: {text}"), {"x": value})


def test_comments_change_nothing_and_name_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"config": "defaults: [net: mlp, _self_]\nempty: {}\n", "net/mlp": "hidden: [1, 2]\nwidth: 5\n"})
    (tmp_path / "config.yaml").write_text((tmp_path / "config.yaml").read_text() + to_yaml({"hard": HARD}))
    spec = compose_with_origins(
        str(tmp_path), "config", ["net.hidden.1=9"], append_shipped=False, settings=Settings(root=tmp_path)
    )
    text = "\n".join(with_origins(spec, spec.value, origin_text))
    assert same(read(text), spec.value)
    assert "  width: 5  # net/mlp.yaml:2:8 net: mlp" in text.splitlines()
    assert "# net/mlp.yaml:1:9 net: mlp; [1] <command line> override 1 net.hidden.1=9" in text
    assert "empty: {}  # config.yaml:2:8 config" in text.splitlines()
