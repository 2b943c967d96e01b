"""Config paths as text, and files that are read no further than anybody writes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stdspec import paths, resources
from stdspec.paths import ConfigPath, contents, dotted, head, named, shown, split_dotted


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


def test_what_ships_has_one_name_on_every_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(resources.conf() / "data" / "digits.yaml") == "<stdspec>/conf/data/digits.yaml"
    assert shown(resources.conf()) == "<stdspec>/conf"
    assert shown(resources.packs() / "base.yaml") == "<stdspec>/standards/base.yaml"
    assert shown(f"{resources.conf()}-of-mine/a.yaml").startswith("/")
    assert shown(tmp_path / "conf" / "a.yaml") == "conf/a.yaml"


@pytest.mark.parametrize(("checkout", "name"), [(True, "conf/a.yaml"), (False, "<stdspec>/conf/a.yaml")])
def test_in_a_checkout_what_ships_is_a_part_of_the_project(
    checkout: bool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_CHECKOUT", checkout)
    assert named(resources.conf() / "a.yaml", resources.conf().parent) == name
