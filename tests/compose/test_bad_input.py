"""What a disk and a hand can do to configs: one refusal or finding each, with its place, and never a traceback."""

import os
import time
from pathlib import Path

import pytest

from stdspec.compose import ComposeError, compose, repository
from stdspec.source.reader import read

from .trees import write


def refused(folder, *overrides, version_base=None):
    with pytest.raises(ComposeError) as caught:
        compose(str(folder), "config", overrides, version_base)
    return caught.value


def test_ten_thousand_defaults_are_one_refusal(tmp_path):
    write(tmp_path, {"config": "defaults:\n" + "- part\n" * 10_000, "part": "a: 1"})
    begin = time.process_time()
    error = refused(tmp_path)
    assert "select more than 10000 configs" in error.message
    assert "config.yaml:" in error.place
    assert time.process_time() - begin < 10


def test_a_circle_of_three_files(tmp_path):
    write(tmp_path, {"config": "defaults: [a]", "a": "defaults: [b]", "b": "defaults: [c]", "c": "defaults: [a]"})
    error = refused(tmp_path)
    assert "is selected below itself" in error.message
    assert error.place.split(":")[0].endswith(".yaml")


def test_a_link_that_leads_nowhere_is_no_option(tmp_path):
    write(tmp_path, {"config": "defaults: [db: gone]", "db/mysql": "a: 1"})
    (tmp_path / "db" / "gone.yaml").symlink_to(tmp_path / "none_such.yaml")
    assert "has no option 'gone'" in refused(tmp_path).message


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path):
    write(tmp_path, {"config": "defaults: [db: mysql]", "db/mysql": "a: 1"})
    (tmp_path / "db" / "mysql.yaml").chmod(0)
    error = refused(tmp_path)
    assert "the file cannot be read: Permission denied" in error.message
    assert "mysql.yaml:1:1" in error.place


def test_a_file_that_the_system_refuses(tmp_path, monkeypatch):
    write(tmp_path, {"config": "a: 1"})

    def fails(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("stdspec.source.reader._bytes_of", fails)
    error = refused(tmp_path)
    assert "the file cannot be read: Input/output error" in error.message
    assert "config.yaml:1:1" in error.place


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    write(tmp_path, {"config": "a: 1"})
    texts = iter(["a: 22", "a: 333"])

    def slow(path):
        document = read(path)
        text = next(texts, None)
        if text is not None:
            (tmp_path / "config.yaml").write_text(text)
        return document

    monkeypatch.setattr(repository, "read", slow)
    assert compose(str(tmp_path), "config", []) == {"a": 333}


def test_a_file_that_never_stops_changing_is_refused(tmp_path, monkeypatch):
    write(tmp_path, {"config": "a: 1"})

    def growing(path):
        with open(path, "a", encoding="utf-8") as stream:
            stream.write("# more\n")
        return read(path)

    monkeypatch.setattr(repository, "read", growing)
    error = refused(tmp_path)
    assert error.message == "the file changes while it is read"
    assert "config.yaml:1:1" in error.place


def test_a_file_that_goes_away_while_it_is_read_is_refused(tmp_path, monkeypatch):
    write(tmp_path, {"config": "a: 1"})

    def gone(path):
        Path(path).unlink()
        return read(path)

    monkeypatch.setattr(repository, "read", gone)
    assert refused(tmp_path).message == "there is no such file"


@pytest.mark.parametrize(
    "override",
    ["a=" + "9" * 5_000, "a=" + "[" * 2_000 + "]" * 2_000, "+" + "a." * 3_000 + "a=1", "a='${" + "${" * 2_000],
)
def test_overrides_without_measure(tmp_path, override):
    write(tmp_path, {"config": "a: 1"})
    assert refused(tmp_path, override).message


def test_a_version_base_that_hydra_does_not_have(tmp_path):
    write(tmp_path, {"config": "a: 1"})
    assert str(refused(tmp_path, version_base="1.0")) == "there is no version_base 1.0; write one of 1.1, 1.2, 1.3"
