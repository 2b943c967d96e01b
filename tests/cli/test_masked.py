"""`compose`, `why` and `diff` mask what lint calls a secret, in every format, and print it where that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from stdspec.cli.main import run
from stdspec.cli.masked import Mask, masked

LONG = "hunter2xQ9z-and-longer"
KEY = "AKIAABCDEFGHIJKLMNOP"
TREE = {
    "stdspec.toml": "",
    "conf/config.yaml": f"""\
defaults: [_self_, db: postgres]
aws: {KEY}
copy: ${{db.password}}
whole: ${{db}}
command: login -p {LONG}
pin: {{password: 47110815}}
env: ${{oc.env:DB_PASSWORD,{LONG}}}
driver: postgres
open: {{password: "???", secret: "<yours>", api_key: key.json}}
""",
    "conf/db/postgres.yaml": f"""\
password: {LONG}
url: postgres://bob:{LONG}@db/claims
keys: {{api_key: [one-{LONG}]}}
""",
}
CHANGED = "db.password=sesame77 aws=AKIAPPPPPPPPPPPPPPPP pin.password=47110816"
EVERYTHING = (
    ["compose"],
    ["compose", "--resolve"],
    ["compose", "--origins"],
    ["compose", "--origins", "--resolve", "--format", "json"],
    ["why", "db"],
    ["why", "db.url"],
    ["why", "db.keys.api_key"],
    ["why", "copy"],
    ["why", "aws", "aws=AKIAPPPPPPPPPPPPPPPP"],
    ["why", "pin.password"],
    ["diff", "", CHANGED],
    ["diff", "", CHANGED, "--format", "json"],
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    assert run(list(words)) < 3
    found = capsys.readouterr()
    return found.out, found.err


@pytest.mark.parametrize("words", EVERYTHING, ids=" ".join)
def test_no_secret_is_printed(words: list[str], project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, *words)
    for secret in (LONG[:6], KEY[:6], "47110", "PPPP", "sesame"):
        assert secret not in out + err
    assert "…" in out
    assert err.count("--show-secrets prints ") == 1
    assert err.startswith("stdspec: ")


@pytest.mark.parametrize("words", EVERYTHING, ids=" ".join)
def test_they_are_printed_where_that_is_asked_for(
    words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = said(capsys, *words, "--show-secrets")
    assert any(secret in out for secret in (LONG, KEY, "47110815"))
    assert "…" not in out
    assert "masked" not in err


def test_only_the_secret_is_masked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "compose", "--resolve")
    found = yaml.safe_load(out)
    assert found["db"] == {"password": "hu…", "url": "postgres://bob:hu…@db/claims", "keys": {"api_key": ["on…"]}}
    assert (found["copy"], found["whole"]) == ("hu…", found["db"])
    assert (found["command"], found["aws"], found["pin"]) == ("login -p hu…", "AK…", {"password": "47…"})
    assert found["env"] == "${oc.env:DB_PASSWORD,hu…}"
    assert found["driver"] == "postgres"
    assert found["open"] == {"password": "???", "secret": "<yours>", "api_key": "key.json"}
    assert err == (
        "stdspec: these stay as they are written: env\n"
        "stdspec: masked: aws, copy, whole.password, whole.url, whole.keys.api_key[0], command, pin.password, env, "
        "db.password, db.url, db.keys.api_key[0]; --show-secrets prints them\n"
    )


def test_what_holds_no_secret_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "why", "driver") == (
        "driver is postgres\nconf/config.yaml:8:9: postgres\n  config; holds\n",
        "",
    )


def test_an_override_with_a_secret_is_masked_wherever_it_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = said(capsys, "why", "db.password", "db.password=sesame77")
    assert out == (
        "db.password is se…\n"
        "<command line> override 1: se…\n"
        "  db.password=se…; holds: an override on the command line\n"
        "conf/db/postgres.yaml:1:11: hu…\n"
        "  db: postgres; beaten by the override db.password=se… on the command line\n"
    )
    assert err == "stdspec: masked: db.password; --show-secrets prints it\n"
    out, _ = said(capsys, "compose", "--origins", "--format", "json", "db.password=sesame77")
    assert json.loads(out)["origins"]["db.password"]["layer"] == "db.password=se…"
    out, _ = said(capsys, "diff", "", "db.password=abc")
    assert "+ db.password: …\n    <command line> override 1 db.password=…\n" in out
    for words in (["why", "nothing", "db.password=sesame77"], ["compose", "+db.password=sesame77"]):
        assert "sesame" not in "".join(said(capsys, *words))


def test_a_usual_word_stands_for_itself_elsewhere(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "compose", "--resolve", "--origins", "db.password=postgres")
    assert "driver: postgres  # conf/config.yaml:8:9 config" in out
    assert "db: postgres" in out
    assert "copy: po…" in out


def test_a_composition_that_was_saved_masked_is_compared_as_far_as_it_can_be(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "saved.yaml").write_text(said(capsys, "compose")[0], encoding="utf-8")
    assert run(["diff", "saved.yaml", ""]) == 0
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith("stdspec: not compared, being saved masked: aws, command, pin.password, env, ")
    assert found.err.endswith("; save with --show-secrets to compare\n")
    assert run(["diff", "saved.yaml", "db.password=sesame77"]) == 1
    assert "+ db.password: se…" in capsys.readouterr().out
    (project / "saved.json").write_text(said(capsys, "compose", "--show-secrets", "--format", "json")[0])
    assert run(["diff", "saved.json", ""]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("text", "shown"), [("abc", "…"), ("hunter", "hu…"), ("x" * 90, "xx…")])
def test_two_characters_at_most_are_shown(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_private_key_is_masked_whole() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE-abc\n-----END RSA PRIVATE KEY-----"
    assert Mask().value(("pem",), f"before {key} after") == "before --… after"
    assert Mask().value(("pem",), key.partition("-----END")[0]) == "--…"
