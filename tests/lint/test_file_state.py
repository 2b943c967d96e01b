"""A file that nobody touched is not read again, and one that somebody did is, however well it was hidden."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stdspec.lint import file_state
from stdspec.lint.database import opened
from stdspec.lint.file_state import Files, layout


def fresh(path: Path, before: Files | None = None) -> Files:
    files = Files(before.fresh if before else {})
    assert files.seen(str(path)) is not None
    return files


def test_a_file_that_was_left_alone_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_state, "TICK", -1)
    file = tmp_path / "a.yaml"
    file.write_text("_target_: acme.Net\n", encoding="utf-8")
    first = fresh(file)
    monkeypatch.setattr(file_state, "bytes_of", lambda path: pytest.fail(f"{path} was read"))
    again = fresh(file, first)
    assert again.seen(str(file)) == first.seen(str(file))
    assert again.seen(str(file)).targets  # type: ignore[union-attr]
    assert not again.fresh


def test_size_and_time_of_before_hide_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_state, "TICK", -1)
    file = tmp_path / "a.yaml"
    file.write_text("seed: 1\n", encoding="utf-8")
    os.utime(file, ns=(10**18, 10**18))
    first = fresh(file)
    file.write_text("seed: 2\n", encoding="utf-8")
    os.utime(file, ns=(10**18, 10**18))
    assert fresh(file, first).seen(str(file)).digest != first.seen(str(file)).digest  # type: ignore[union-attr]


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("seed: 1\n", encoding="utf-8")
    first = fresh(file)
    assert first.seen(str(file)).state is None  # type: ignore[union-attr]
    assert fresh(file, first).fresh.keys() == {str(file)}


def test_a_link_is_not_the_file_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("seed: 1\n", encoding="utf-8")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert Files({}).seen(str(tmp_path / "b.yaml")) is None
    assert Files({}).seen(str(tmp_path / "c.yaml")) is None


def test_a_group_may_be_called_like_a_virtual_environment(tmp_path: Path) -> None:
    for name in ("env/local.yaml", "build/fast.yaml", "venv/pyvenv.cfg", "outputs/2024/config.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    names = layout(str(tmp_path)).split("\n")
    assert f"{tmp_path}/env/local.yaml" in names
    assert f"{tmp_path}/build/fast.yaml" in names
    assert not [name for name in names if "venv" in name or "outputs" in name]


def test_copies_of_the_process_need_no_connection(tmp_path: Path) -> None:
    written = opened(tmp_path, tmp_path)
    assert written is not None
    written.write({b"digest": b"packed"}, b"index")
    written.close()
    read = opened(tmp_path, tmp_path)
    assert read is not None
    assert read.index() == b"index"
    read.read_all()
    read.close()
    assert read.document(b"digest") == b"packed"
    assert read.document(b"another") is None


def test_many_documents_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stdspec.lint.database.MANY", 2)
    database = opened(tmp_path, tmp_path)
    assert database is not None
    database.write({bytes([number]): b"p" for number in range(9)}, None)
    assert [database.document(bytes([number])) for number in range(10)] == [b"p"] * 9 + [None]
    assert database.index() is None
    database.close()
