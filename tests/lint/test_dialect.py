"""Whose language configs are in is told from their bytes, each read once at most, and no further than needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stdspec.lint import dialect
from stdspec.lint.dialect import Dialect, under
from stdspec.paths import MAX_BYTES
from stdspec.source.stand_in import standing_in


def write(root: Path, files: dict[str, bytes]) -> str:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return str(root)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"config.yaml": b"a: 1\n", "db/a.yaml": b"defaults: [stdspec/base]\n"}, Dialect(True)),
        ({"config.yaml": b"# stdspec: ignore[HYD001] why\na: 1  # stdspec\n"}, Dialect(False)),
        ({"config.yaml": b"# stdspec\r\na: stdspec\r\n"}, Dialect(True)),
        ({"config.yaml": b"a: \xff stdspec\n"}, Dialect(False)),
        ({"config.yaml": b"a: " + b"x" * MAX_BYTES + b" stdspec\n"}, Dialect(False)),
        ({"config.yaml": b"a: " + b"x" * 200_000 + b" stdspec\n"}, Dialect(True)),
        ({"config.yaml": b"a: 1\n", "notes.txt": b"stdspec\n", "x.yml": b"stdspec: 1\n"}, Dialect(False)),
        ({"config.yaml": b"a: 1\n", "db/a.yaml": b"# @package _group_\na: 1\n"}, Dialect(False, True)),
        ({"config.yaml": b"a: 1\n", "db/a.yaml": b"a: _group_\n"}, Dialect(False)),
    ],
)
def test_what_is_spoken(tmp_path: Path, files: dict[str, bytes], found: Dialect) -> None:
    assert under(write(tmp_path, files)) == found


def test_nothing_is_read_behind_the_first_that_speaks_of_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"config.yaml": b"stdspec: 1\n", **{f"db/o{number}.yaml": b"a: 1\n" for number in range(9)}})
    read: list[str] = []
    real = dialect._read
    monkeypatch.setattr(dialect, "_read", lambda path: (read.append(path), real(path))[1])
    assert under(root) == Dialect(True)
    assert read == [f"{root}/config.yaml"]


def test_what_stands_in_for_a_file_counts(tmp_path: Path) -> None:
    root = write(tmp_path, {"config.yaml": b"a: 1\n"})
    with standing_in({f"{root}/config.yaml": b"stdspec: 1\n"}):
        assert under(root) == Dialect(True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_pipes_and_folders_that_look_like_configs_are_passed_over(tmp_path: Path) -> None:
    root = write(tmp_path, {"config.yaml": b"a: 1\n", "odd.yaml/inner.yaml": b"b: 1\n"})
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert under(root) == Dialect(False)
    assert under(str(tmp_path / "absent")) == Dialect(False)
