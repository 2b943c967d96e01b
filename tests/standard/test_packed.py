"""The packed form of a shipped standard says what its YAML says, and stands for nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.lint import catalog
from stdspec.standard import packed
from stdspec.standard.load import read_standard

PACKS = sorted(resources.packs().glob("*.yaml"))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_it_is_the_standard_of_the_yaml(path: Path) -> None:
    standard, faults = read_standard(path, catalog.modules().keys())
    assert faults == []
    assert repr(packed.load(path)) == repr(standard)  # repr: tests of clauses hold NaN, which equals nothing


def test_every_pack_is_fresh() -> None:
    assert list(packed.stale()) == []


def test_a_changed_yaml_is_not_loaded_from_its_packed_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in resources.packs().iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(resources, "packs", lambda: tmp_path)
    base = tmp_path / "base.yaml"
    assert packed.load(base) is not None
    base.write_text(base.read_text(encoding="utf-8") + "# one more line\n", encoding="utf-8")
    assert packed.load(base) is None
    assert list(packed.stale()) == [tmp_path / "base.json"]


def test_a_standard_of_a_project_is_never_packed(tmp_path: Path) -> None:
    shutil.copy(resources.packs() / "base.yaml", tmp_path)
    shutil.copy(resources.packs() / "base.json", tmp_path)
    assert packed.load(tmp_path / "base.yaml") is None
