"""Which file a name stands for: headers, names of primaries, links, Hydra's own names, and versions of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose import compose

from .trees import SMALL, differs, disagreement, write


@pytest.mark.parametrize("header", [".p", "..p", "_global_._group_", "_group_.z", "p\u3000q", "_here_"])
def test_headers(tmp_path: Path, header: str) -> None:
    files = {"db/c": f"# @package {header}\nx: 1"}
    assert differs(tmp_path, "defaults: [db: c]", files=files) is None
    assert differs(tmp_path, f"# @package {header}\ndefaults: [db: a, _self_]\nk: 1", base="1.1") is None


@pytest.mark.parametrize("header", ["@package\tp", "@package\u00a0p"])
def test_header_words_are_parted_by_spaces(tmp_path: Path, header: str) -> None:
    assert differs(tmp_path, f"# {header}\nk: 1") is None


@pytest.mark.parametrize("name", ["", "sub/x", "./sub/x", "/sub/x", "sub/../config", "gone/../config", "sub/x.yaml"])
def test_names_of_the_primary(tmp_path: Path, name: str) -> None:
    files = {"sub/x": "defaults: [y, /db: a, _self_]\nk: 1", "sub/y": "j: 1"}
    assert differs(tmp_path, "k: 1", files=files, name=name) is None


def test_climbing_follows_links(tmp_path: Path) -> None:
    write(tmp_path / "away", {"db/q": "z: 1", "m": "z: 2"})
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "link").symlink_to(tmp_path / "away" / "db")
    for text in ("defaults: [link/../m]", "defaults: [link: ../m]", "defaults: [gone/../s/a, ../away/m]"):
        assert differs(tmp_path / "conf", text) is None


def test_sixty_configs_deep(tmp_path: Path) -> None:
    chain = {f"c{number}": f"defaults: [c{number + 1}]\nk{number}: 1" for number in range(60)}
    assert differs(tmp_path, "defaults: [c0]", files={**chain, "c60": "end: 1"}) is None


@pytest.mark.parametrize("name", ["config", "launcher/basic", "sweeper/basic", "job_logging/default"])
@pytest.mark.parametrize("text", ["{}", "# @package _global_\nz: 1"])
def test_files_named_as_configs_of_hydra(tmp_path: Path, name: str, text: str) -> None:
    assert differs(tmp_path, "a: 1", files={f"hydra/{name}": text}) is None


def test_nothing_is_merged_of_the_config_that_stands_for_none(tmp_path: Path) -> None:
    files = {"_dummy_empty_config_": "defaults: [db: b]\nz: 1"}
    assert differs(tmp_path, "a: 1", files=files, name=None) is None
    assert differs(tmp_path, "defaults: [_dummy_empty_config_]\na: 1", files=files) is None


@pytest.mark.parametrize("base", ["1.2.0", "1.3.2", "1.4", "2", "1.10", "v1.2", "1.3.0.dev1", "1.3rc1"])
def test_versions_that_hydra_takes(tmp_path: Path, base: str) -> None:
    write(tmp_path, {**SMALL, "config": "defaults: [db: a]"})
    assert compose(str(tmp_path), "config", [], base) == {"db": {"x": 1}}
    assert disagreement(tmp_path, "config", [], base) is None


@pytest.mark.parametrize("base", ["1.0", "1", "0.9", "", "x", "1.3x", "1..3"])
def test_versions_that_hydra_refuses(tmp_path: Path, base: str) -> None:
    write(tmp_path, {**SMALL, "config": "defaults: [db: a]"})
    assert disagreement(tmp_path, "config", [], base) is None
