"""``stdspec schema`` as a user types it: which files it leaves, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stdspec.cli.main import run
from stdspec.validate.export import documents


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_both_drafts_and_says_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--out", str(tmp_path / "new" / "schemas")]) == 0
    names = {f"{draft}/{name}.schema.json" for draft in ("2020-12", "draft-07") for name in documents("7")}
    assert written(tmp_path / "new" / "schemas") == names
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(names)
    assert all(Path(line).is_file() for line in said)


@pytest.mark.parametrize(("draft", "folder"), [("7", "draft-07"), ("2020-12", "2020-12")])
def test_it_writes_the_draft_that_is_asked_for(tmp_path: Path, draft: str, folder: str) -> None:
    assert run(["schema", "--out", str(tmp_path), "--draft", draft]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {folder}
    held = json.loads((tmp_path / folder / "group" / "data" / "splits.schema.json").read_text(encoding="utf-8"))
    assert held == documents(draft)["group/data/splits"]


def test_it_writes_the_same_bytes_again(tmp_path: Path) -> None:
    assert run(["schema", "--out", str(tmp_path), "--draft", "7"]) == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    (tmp_path / "draft-07" / "config.schema.json").write_text("old", encoding="utf-8")
    assert run(["schema", "--out", str(tmp_path), "--draft", "7"]) == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


def test_a_file_in_the_way_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "schemas").write_text("", encoding="utf-8")
    assert run(["schema", "--out", str(tmp_path / "schemas")]) == 2
    said = capsys.readouterr().err
    assert "this file cannot be written" in said
    assert "name a folder of yours with --out" in said


def test_a_draft_that_is_not_written_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--out", str(tmp_path), "--draft", "4"]) == 2
    assert "'2020-12', '7'" in capsys.readouterr().err
