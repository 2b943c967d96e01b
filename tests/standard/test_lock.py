"""The lock tells a standard that says something else from one that is only written in another way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from stdspec import resources
from stdspec.cli.standard_lock import command as lock_command
from stdspec.cli.standard_payload import command as payload_command
from stdspec.settings import Settings
from stdspec.standard import beside, lock, packed
from stdspec.standard.load import load, read_standard
from stdspec.standard.packed import document
from tests.standard.test_document import CLAUSE, HEAD


def _project(root: Path, text: str = HEAD + CLAUSE) -> Settings:
    (root / "standards").mkdir(exist_ok=True)
    (root / "standards" / "vision.yaml").write_text(text, encoding="utf-8")
    os.utime(root / "standards" / "vision.yaml", ns=(0, hash(text) % 10**18))
    return Settings(root=root)


def _said(settings: Settings) -> list[tuple[str, str]]:
    found = lock.findings([load("acme/vision@2", settings)], settings)
    return [(item.severity.value, item.message.partition(";")[0]) for item in found]


def test_it_names_each_standard_and_those_that_it_extends(tmp_path: Path) -> None:
    settings = _project(tmp_path, HEAD.replace("clauses:", "extends: [stdspec/base@1]\nclauses:") + CLAUSE)
    lines = lock.text([load("acme/vision@2", settings)]).splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == ["acme/vision@2", "stdspec/base@1"]
    assert '"version": "2.1.0"' in lines[1]


def test_a_change_without_a_version_is_an_error(tmp_path: Path) -> None:
    settings = _project(tmp_path)
    assert _said(settings) == [], "there is no lock"
    (tmp_path / lock.NAME).write_text(lock.text([load("acme/vision@2", settings)]))
    assert _said(settings) == []
    _project(
        tmp_path, "# a comment\n" + (HEAD + CLAUSE).replace("Every part", '"Every part').replace("able,", 'able",')
    )
    assert _said(settings) == [], "comments and quotes say nothing"
    _project(tmp_path, (HEAD + CLAUSE).replace("is: group", "is: feature").replace("role: group", "role: feature"))
    assert _said(settings) == [("error", "acme/vision@2 says something else than when 2.1.0 was locked")]
    _project(tmp_path, (HEAD + CLAUSE).replace("2.1.0", "2.2.0"))
    assert _said(settings) == [("warning", "acme/vision@2 is locked at 2.1.0, and is 2.2.0")]
    (tmp_path / lock.NAME).write_text("not: a lock\n")
    assert _said(settings) == [("warning", "acme/vision@2 is not in standards.lock")]


@pytest.mark.parametrize("path", sorted(resources.packs().glob("*.yaml")), ids=lambda path: path.stem)
def test_a_packed_standard_has_the_digest_of_its_yaml(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert document(path) is not None, "it is not packed as it is: python -m stdspec.standard.packed"
    known = lock.digest_at(path)
    monkeypatch.setattr(packed, "document", lambda _: None)
    lock._digest_at.cache_clear()
    assert lock.digest_at(path) == known
    lock._digest_at.cache_clear()


def test_what_is_not_finite_in_a_test_has_a_digest_too(tmp_path: Path) -> None:
    text = HEAD + CLAUSE.replace("fail: [{}]", "fail: [{spec.data.columns.part.role: .nan}]")
    settings = _project(tmp_path, text)
    assert read_standard(tmp_path / "standards" / "vision.yaml")[0] is not None
    assert lock.text([load("acme/vision@2", settings)]).count("sha256:") == 1


def test_the_command_writes_it_and_says_whether_it_is_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _project(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "conf").mkdir()
    config = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nstandards: [acme/vision@2]\n"
    (tmp_path / "conf" / "config.yaml").write_text(config)
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    assert run(lock_command, ["--check"], standalone_mode=False).return_value == 1
    assert run(lock_command, [], standalone_mode=False).return_value == 0
    assert run(lock_command, ["--check"], standalone_mode=False).return_value == 0
    assert (tmp_path / lock.NAME).read_text() == lock.text([load("acme/vision@2", settings)])
    assert [path.name for path in beside.files(settings)] == ["vision.yaml", "standards.lock"]


def test_what_is_signed_is_printed_without_the_name_of_its_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stdspec.toml").touch()
    digest = "sha256:" + "0" * 64
    text = f"approvals:\n- {{spec: x, digest: {digest}, approver: head, date: 2026-01-31, signature: a.sig}}\n"
    (tmp_path / "approvals.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(payload_command, ["approvals", "1"])
    assert found.output == f'{{"approver":"head","date":"2026-01-31","digest":"{digest}","spec":"x"}}'
    refused = CliRunner().invoke(payload_command, ["approvals", "2"])
    assert "there is no entry 2 in approvals.yaml that is in order" in str(refused.exception)
