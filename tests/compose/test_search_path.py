"""`hydra.searchpath`: what may be written there, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from .trees import differs, write

SEARCH_PATHS = [
    "['${root}']",
    "['file://${root}']",
    "['${hydra.run.dir}']",
    "['${..run.dir}']",
    "['${...run.dir}']",
    "'${list}'",
    "'${none}'",
    "'???'",
    "[more, '???']",
    "[more, null]",
    "['${nothing}']",
    "['${oc.env:NO_SUCH_VARIABLE,more}']",
    "['${oc.env:NO_SUCH_VARIABLE}']",
    "'${oc.create:[more]}'",
]


@pytest.mark.parametrize("path", SEARCH_PATHS)
def test_references_in_the_search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    write(tmp_path / "more", {"db/m": "x: more"})
    monkeypatch.chdir(tmp_path)
    rest = f"hydra: {{searchpath: {path}, run: {{dir: more}}}}\nroot: more\nlist: [more]\nnone: null"
    conf = tmp_path / "conf"
    assert differs(conf, f"defaults: [optional db: m, _self_]\n{rest}") is None


@pytest.mark.parametrize(
    "overrides", [["null"], ["[more]", "3"], ["[more]", "[s]"], ["[more]", "null"], ["[]"]], ids=" ".join
)
def test_the_search_path_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overrides: list[str]
) -> None:
    write(tmp_path / "more", {"db/m": "x: more"})
    monkeypatch.chdir(tmp_path)
    words = [f"hydra.searchpath={value}" for value in overrides]
    assert differs(tmp_path / "conf", "defaults: [optional db: m]\nhydra: {searchpath: [more]}", *words) is None


@pytest.mark.parametrize("value", ["'???'", "null", "'${q}'", "'${gone}'", "[x]"])
def test_the_search_path_in_another_file(tmp_path: Path, value: str) -> None:
    files = {"db/c": f"# @package _global_\nhydra: {{searchpath: {value}}}\nq: null"}
    assert differs(tmp_path, "defaults: [db: c]", files=files) is None
