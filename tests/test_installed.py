"""What is installed: versions as Python's own library has them, and the state of stdspec's code."""

from __future__ import annotations

import os
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from stdspec import installed

LONG_AGO = 1_600_000_000_000_000_000


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in stdspec's place, its files left alone for long as far as their states say."""
    root = tmp_path / "package"
    (root / "report" / "templates").mkdir(parents=True)
    (root / "report" / "__pycache__").mkdir()
    for name in ("whole.py", "report/html.py", "report/templates/page.j2", "report/__pycache__/html.pyc"):
        (root / name).write_text("text")
    monkeypatch.setattr(installed, "_PACKAGE", str(root))
    monkeypatch.setattr(installed.time, "time_ns", lambda: 2**62)
    return root


def code() -> str | None:
    """What a process that begins now would find."""
    installed.code.cache_clear()
    found = installed.code()
    installed.code.cache_clear()
    return found


def test_every_installed_distribution_has_the_version_that_python_names() -> None:
    names = {found.name for found in metadata.distributions()}
    assert "click" in names
    assert {name: installed.version(name) for name in names} == {name: metadata.version(name) for name in names}


def test_a_name_may_be_spelt_in_any_way_and_what_is_absent_has_no_version() -> None:
    assert installed.version("Hydra_Core") == installed.version("hydra.core") == metadata.version("hydra-core")
    assert installed.version("no-such-distribution") is None


def test_the_first_on_the_import_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in "12":
        folder = tmp_path / number / f"acme_nets-{number}.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: acme-nets\nVersion: {number}.0\n\nVersion: 9.0\n"
        )
    monkeypatch.setattr(sys, "path", [str(tmp_path / "2"), str(tmp_path / "1"), *sys.path])
    assert installed.version("acme-nets") == metadata.version("acme-nets") == "2.0"


def test_an_old_installation_and_one_in_an_archive_are_left_to_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "acme_old.egg-info"
    old.mkdir()
    (old / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: acme-old\nVersion: 0.7\n")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("acme_zip-3.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme-zip\nVersion: 3.1\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "more.zip"), *sys.path])
    assert (installed.version("acme-old"), installed.version("acme-zip")) == ("0.7", "3.1")
    assert installed.version("no-such-distribution") is None


@pytest.mark.parametrize("name", ["whole.py", "report/html.py", "report/templates/page.j2", "report/templates/new.j2"])
def test_another_text_of_the_same_length_or_a_new_file_is_another_state(package: Path, name: str) -> None:
    before = code()
    assert before is not None
    (package / name).write_text("exts")
    assert code() not in (None, before)


def test_a_time_that_was_set_back_does_not_hide_a_change(package: Path) -> None:
    file = package / "whole.py"
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    before = code()
    file.write_text("exts")
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    assert code() != before


def test_what_python_compiles_does_not_count(package: Path) -> None:
    before = code()
    (package / "report" / "__pycache__" / "html.pyc").write_text("other")
    assert code() == before


def test_nothing_is_said_of_a_file_that_was_changed_just_now(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = (package / "whole.py").stat().st_ctime_ns
    monkeypatch.setattr(installed.time, "time_ns", lambda: newest + installed.TICK - 1)
    assert code() is None
