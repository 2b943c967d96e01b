"""``stdspec waivers``: every waiver and approval, its state, whom it covers now, and which end soon."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stdspec import pipeline
from stdspec import settings as project_settings
from stdspec.cli.main import run as stdspec
from stdspec.standard import papers

SPEC = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
stage: candidate
name: churn
"""


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project with one spec; its digest."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STDSPEC_TODAY", "2026-12-01")
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "churn.yaml").write_text(SPEC)
    settings = project_settings.load()
    return papers.subject(pipeline.compose(".", "churn", [], settings), settings).digest


def waiver(state: str, **changed: Any) -> dict[str, Any]:
    base = {
        "clause": "DAT005", "for": {"spec": "churn"}, "digest": state, "owner": "ana", "approver": "head",
        "reason": "The groups are being sorted out.", "granted": "2026-11-01", "expires": "2027-01-31",
    }  # fmt: skip
    return {key: value for key, value in {**base, **changed}.items() if value is not None}


def write(kind: str, *entries: dict[str, Any]) -> None:
    lines = (f"  - {json.dumps(entry)}\n" for entry in entries)
    Path(f"{kind}.yaml").write_text(f"{kind}:\n{''.join(lines)}", encoding="utf-8")


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = stdspec(["waivers", "--format", "json", *arguments])
    return status, json.loads(capsys.readouterr().out)


OTHER = "sha256:" + "0" * 64
STATES: list[tuple[dict[str, Any], str, int, list[str], str]] = [
    ({}, "in-force", 61, ["churn.yaml"], ""),
    ({"for": {"path": "*.yaml"}}, "in-force", 61, ["churn.yaml"], ""),
    ({"expires": "2026-12-31"}, "ending", 30, ["churn.yaml"], ""),
    ({"expires": "2026-12-01"}, "ending", 0, ["churn.yaml"], ""),
    ({"expires": "2026-11-30"}, "ended", -1, [], ""),
    ({"approver": "Ana"}, "at-fault", 61, [], "Ana approves a waiver of their own; have somebody else approve it"),
    ({"digest": OTHER}, "for-another-state", 61, [], "churn.yaml is {digest} now"),
    ({"for": {"spec": "letters"}}, "for-nothing", 61, [], "no experiment has the name letters"),
    ({"for": {"path": "conf/*"}}, "for-nothing", 61, [], "no experiment has the path conf/*"),
    ({"clause": "XYZ001"}, "for-nothing", 61, [], "churn.yaml is judged by no clause XYZ001"),
    ({"clause": "DAT013"}, "not-needed", 61, [], "churn.yaml meets DAT013, or it does not hold there"),
]


@pytest.mark.parametrize(("changed", "state", "left", "covers", "why"), STATES)
def test_each_state_is_told_with_its_place_and_its_reason(
    changed: dict[str, Any],
    state: str,
    left: int,
    covers: list[str],
    why: str,
    digest: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("waivers", waiver(digest, **changed))
    status, found = data(capsys)
    (item,) = found["waivers"]
    assert (status, item["state"], item["left"], item["covers"]) == (0, state, left, covers)
    assert item["why"] == ([why.format(digest=digest)] if why else [])
    assert item["place"] == "waivers.yaml:2"
    assert item["in_force"] == (state not in ("ended", "at-fault"))
    assert (found["experiments"], found["findings"], found["not_judged"]) == (1, [], [])


def test_of_two_for_one_clause_the_one_that_lasts_longer_is_needed(
    digest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write("waivers", waiver(digest, expires="2026-12-31"), waiver(digest))
    first, second = data(capsys)[1]["waivers"]
    assert (second["state"], second["covers"]) == ("in-force", ["churn.yaml"])
    assert (first["state"], first["why"]) == (
        "not-needed",
        ["another waiver of DAT005, which lasts longer, covers churn.yaml"],
    )


def test_they_are_listed_as_text(digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("waivers", waiver(digest), waiver(digest, expires="2026-11-30", reason="Red \x1b[31m ghp_" + "a" * 36))
    given = {"spec": "churn", "digest": digest, "approver": "head", "role": "head of data", "date": "2026-11-30"}
    write("approvals", given, {**given, "digest": OTHER, "comment": "Looks fine."}, {**given, "date": "2027-01-01"})
    assert stdspec(["waivers"]) == 0
    assert (
        capsys.readouterr().out
        == f"""\
waivers.yaml:2: DAT005 for spec churn: in force, 61 days left
    asked for by ana, approved by head on 2026-11-01, until 2027-01-31
    The groups are being sorted out.
    covers churn.yaml
waivers.yaml:3: DAT005 for spec churn: ended, 1 day ago
    asked for by ana, approved by head on 2026-11-01, until 2026-11-30
    Red \\x1b[31m gh…
approvals.yaml:2: approval of churn: counts
    given by head (head of data) on 2026-11-30
    approves churn.yaml
approvals.yaml:3: approval of churn: for another state
    given by head (head of data) on 2026-11-30
    Looks fine.
    churn.yaml is {digest} now
approvals.yaml:4: approval of churn: at fault
    given by head (head of data) on 2027-01-01
    the approval is given on 2027-01-01, which is to come; write the day
"""
    )


@pytest.mark.parametrize(("days", "status"), [("0", 0), ("29", 0), ("30", 1), ("31", 1)])
def test_what_ends_soon_fails_a_check_that_asks_for_it(
    days: str, status: int, digest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    others = waiver(digest, expires="2026-11-30"), waiver(digest, approver="ana", expires="2026-12-02")
    write("waivers", waiver(digest, expires="2026-12-31"), *others)
    ended, found = data(capsys, "--expiring-in", days)
    assert ended == status
    assert [item["expires"] for item in found["waivers"]] == ["2026-12-31"] * status


@pytest.mark.parametrize(
    "text", ["waivers: [", "waivers: {}\n", "waivers:\n  - {clause: DAT005}\n", "more: 1\nwaivers: []\n"]
)
def test_what_cannot_be_read_may_end_any_day(text: str, digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("waivers.yaml").write_text(text)
    assert stdspec(["waivers"]) == 0
    assert "waivers.yaml:" in capsys.readouterr().out
    assert stdspec(["waivers", "--expiring-in", "7"]) == 1
    assert "waivers.yaml:" in capsys.readouterr().out


def test_a_project_without_any_says_so(digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, what in (
        ([], "no waiver or approval"),
        (["--expiring-in", "9"], "no waiver that ends within 9 days"),
    ):
        assert stdspec(["waivers", *arguments]) == 0
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(f"stdspec: there is {what} in ")


def test_what_cannot_be_composed_is_named(digest: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("waivers", waiver(digest))
    Path("broken.yaml").write_text(SPEC.replace("mlp", "nothing"))
    found = data(capsys)[1]
    assert [item["name"] for item in found["not_judged"]] == ["broken.yaml"]
    assert found["waivers"][0]["covers"] == ["churn.yaml"]


@pytest.mark.parametrize("kind", ["waivers", "approvals"])
@pytest.mark.parametrize("entry", ["3", "null", "[1]", "text"])
def test_an_entry_that_is_no_mapping_is_a_finding(
    digest: str, capsys: pytest.CaptureFixture[str], kind: str, entry: str
) -> None:
    Path(f"{kind}.yaml").write_text(f"{kind}:\n  - {entry}\n")
    status, found = data(capsys)
    assert status == 0
    assert [item["code"] for item in found["findings"]] == ["WVR001"]
    assert data(capsys, "--expiring-in", "9")[0] == (1 if kind == "waivers" else 0)
