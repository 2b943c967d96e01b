"""Config paths as text, and files that are read no further than anybody writes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stdspec.paths import ConfigPath, contents, dotted, head, split_dotted


@pytest.mark.parametrize(
    "path",
    [
        ("training", "optimizer", "lr"),
        ("model", "hidden", 0),
        ("a", 1, 2, "b"),
        ("a[b",),
        ("a[x]", "b"),
        ("a[]",),
        ("a[-1]", "c"),
        ("a[" + "9" * 5_000 + "]",),
        (),
    ],
)
def test_a_dotted_path_is_split_as_it_was_joined(path: ConfigPath) -> None:
    assert split_dotted(dotted(path)) == path


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert head(tmp_path / "a", 3) == b"123"
    assert contents(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="larger than 0 MiB"):
        contents(tmp_path / "a", 4)
    with pytest.raises(IsADirectoryError):
        contents(tmp_path)
    assert head("/dev/zero", 4) == bytes(4)


def test_a_pipe_with_a_name_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is a pipe"):
        contents(tmp_path / "pipe")
