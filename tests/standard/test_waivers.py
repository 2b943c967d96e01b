"""A waiver bears a clause for one state of what it selects, until its last day, by the word of somebody else."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec import clock
from stdspec.compose.model import Composed
from stdspec.evidence import Record
from stdspec.lint.files import check
from stdspec.settings import Settings
from stdspec.standard import approvals, papers, signature, waivers
from stdspec.standard.judge import judge
from stdspec.standard.model import Clause, Standard
from stdspec.standard.verdict import Judgement, Verdict

TODAY = datetime.date(2026, 12, 1)
SPEC = Composed("x", "", {"name": "digits", "seed": 0}, {"name": "digits", "seed": 0}, {})
DIGEST = papers.subject(SPEC, Settings(root=Path("/nowhere"))).digest
CLAUSE = Clause(
    id="X-1", standard="acme/x@1", domain="data", slug="x", level="must", since="research", says={"en": "x"}, when={},
    require={"spec.seed": {"at_least": 1}}, rule=None, cites=(), house="x", remedy="Do it.", passing=(), failing=(),
)  # fmt: skip
STANDARD = Standard("acme/x", "1.0.0", {"name": "x"}, "x", {"X-1": CLAUSE})


def entry(**changed: Any) -> dict[str, Any]:
    base = {
        "clause": "X-1", "for": {"spec": "digits"}, "digest": DIGEST, "owner": "ana", "approver": "head",
        "reason": "The old scanner.", "granted": "2026-11-01", "expires": "2027-01-31",
    }  # fmt: skip
    return {key: value for key, value in {**base, **changed}.items() if value is not None}


def project(root: Path, *entries: dict[str, Any], kind: str = "waivers", **settings: Any) -> Settings:
    (root / f"{kind}.yaml").write_text(json.dumps({kind: entries}), encoding="utf-8")
    return Settings(root=root, **settings)


def verdict(settings: Settings, today: datetime.date = TODAY, records: tuple[Record, ...] = ()) -> Judgement:
    board = waivers.board(settings, SPEC, today)
    (found,) = judge([STANDARD], SPEC, records, spec_digest=DIGEST, stage="release", today=today, waivers=board)
    return found


def codes(settings: Settings, kind: str = "waivers") -> list[str]:
    return [item.code for item in check(str(settings.root / f"{kind}.yaml"), settings)]


def test_a_waived_clause_says_by_whose_word(tmp_path: Path) -> None:
    found = verdict(project(tmp_path, entry()))
    assert found.verdict is Verdict.WAIVED
    assert found.reason == "seed is 0, asked at least 1; waived until 2027-01-31 by head: The old scanner"
    assert found.waiver == {
        "clause": "X-1", "for": {"spec": "digits"}, "owner": "ana", "approver": "head", "reason": "The old scanner.",
        "granted": "2026-11-01", "expires": "2027-01-31", "signed": False, "number": 1,
    }  # fmt: skip
    assert found.declared == 0
    assert found.limit == {"spec.seed": {"at_least": 1}}


@pytest.mark.parametrize(
    "changed",
    [
        {"clause": "X-2"},
        {"for": {"spec": "letters"}},
        {"for": {"path": "conf/**"}},
        {"for": {"standard": "acme/x@1"}},
        {"for": {"spec": "digits", "path": "conf"}},
        {"for": {}},
        {"for": {"stage": "release"}},
        {"digest": "sha256:" + "0" * 64},
        {"digest": []},
        {"digest": "*"},
        {"owner": "Head "},
        {"owner": None},
        {"approver": ""},
        {"reason": None},
        {"signature": "a.sig"},
        {"until": "2027-01-31"},
    ],
)
def test_a_waiver_with_anything_amiss_bears_nothing(tmp_path: Path, changed: dict[str, Any]) -> None:
    assert verdict(project(tmp_path, entry(**changed))).verdict is Verdict.FAIL


DAYS = [
    ("2026-11-01", "2026-12-01", True),  # the last day counts
    ("2026-11-01", "2026-11-30", False),
    ("2026-12-01", "2026-12-01", True),  # the first day counts
    ("2026-12-02", "2027-01-31", False),
    ("2026-11-01", "2027-04-30", True),  # 180 days
    ("2026-11-01", "2027-05-01", False),
    ("2026-11-01", "2027-02-29", False),  # no such day
    ("2026-11-31", "2027-02-28", False),
    ("2026-11-01", "2026-10-31", False),
    ("2026-11-01", "2027-13-01", False),
    ("2026-11-01", "31.01.2027", False),
    ("2026-11-01", "2027-1-31", False),
    ("2026-11-01", "2027-01-31T00:00:00Z", False),
    ("2026-11-01", "forever", False),
    ("2026-11-01", "", False),
    ("2026-11-01", 20270131, False),
    ("2026-11-01", None, False),
    ("0000-00-00", "2027-01-31", False),
    (None, "2027-01-31", False),
]


@pytest.mark.parametrize(("granted", "expires", "holds"), DAYS)
def test_only_days_that_can_be_right_hold(tmp_path: Path, granted: Any, expires: Any, holds: bool) -> None:
    settings = project(tmp_path, entry(granted=granted, expires=expires))
    assert (verdict(settings).verdict is Verdict.WAIVED) == holds


def test_a_day_that_cannot_be_right_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STDSPEC_TODAY", "2026-12-01")
    for granted, expires, holds in DAYS:
        found = set(codes(project(tmp_path, entry(granted=granted, expires=expires))))
        assert bool(found & {"WVR001", "WVR003", "WVR004"}) != holds, (granted, expires, found)


def test_a_leap_day_is_a_day_in_its_year_alone(tmp_path: Path) -> None:
    leap = project(tmp_path, entry(granted="2028-02-01", expires="2028-02-29"))
    assert verdict(leap, datetime.date(2028, 2, 29)).verdict is Verdict.WAIVED
    assert verdict(leap, datetime.date(2028, 3, 1)).verdict is Verdict.FAIL


@pytest.mark.parametrize(("hour", "zone", "holds"), [(23, 0, True), (1, 2, True), (0, 0, False), (23, -1, False)])
def test_the_day_ends_at_midnight_in_utc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hour: int, zone: int, holds: bool
) -> None:
    """31 January 23:30 in UTC, 1 February 01:30 two hours east, and half an hour later everywhere."""
    day = 1 if (hour, zone) in ((1, 2), (0, 0)) else 31
    moment = datetime.datetime(
        2027, 2 if day == 1 else 1, day, hour, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=zone))
    )

    class Frozen(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return moment.astimezone(tz)

    monkeypatch.delenv("STDSPEC_TODAY", raising=False)
    monkeypatch.setattr(clock.datetime, "datetime", Frozen)
    today = clock.today()
    assert (verdict(project(tmp_path, entry()), today).verdict is Verdict.WAIVED) == holds


@given(st.dates(datetime.date(2026, 1, 1), datetime.date(2028, 12, 31)), st.integers(-3, 185), st.integers(-200, 200))
def test_a_waiver_holds_between_its_days_and_never_longer_than_180(
    tmp_path_factory: pytest.TempPathFactory, granted: datetime.date, lasts: int, after: int
) -> None:
    expires = granted + datetime.timedelta(lasts)
    today = granted + datetime.timedelta(after)
    settings = project(
        tmp_path_factory.mktemp("waiver"), entry(granted=granted.isoformat(), expires=expires.isoformat())
    )
    holds = verdict(settings, today).verdict is Verdict.WAIVED
    assert holds == (granted <= today <= expires and 0 <= lasts <= waivers.LONGEST)


def test_an_error_is_never_waived(tmp_path: Path) -> None:
    clause = Clause(**{**{f: getattr(CLAUSE, f) for f in CLAUSE.__struct_fields__}, "require": {}, "rule": "DAT001"})
    standard = Standard("acme/x", "1.0.0", {"name": "x"}, "x", {"X-1": clause})
    board = waivers.board(project(tmp_path, entry()), SPEC, TODAY)
    (found,) = judge([standard], SPEC, (), spec_digest=DIGEST, stage="release", today=TODAY, waivers=board)
    assert found.verdict is Verdict.ERROR


def test_a_secret_in_a_spec_is_never_waived(tmp_path: Path) -> None:
    clause = Clause(**{**{f: getattr(CLAUSE, f) for f in CLAUSE.__struct_fields__}, "rule": "CMP011"})
    board = waivers.board(project(tmp_path, entry()), SPEC, TODAY)
    assert board is not None
    assert board.covering(CLAUSE, [STANDARD]) is not None
    assert board.covering(clause, [STANDARD]) is None


def test_a_fault_in_one_waiver_leaves_the_others(tmp_path: Path) -> None:
    assert verdict(project(tmp_path, entry(owner=None), entry())).verdict is Verdict.WAIVED
    (tmp_path / "waivers.yaml").write_text(json.dumps({"waivers": [entry()], "more": 1}))
    assert verdict(Settings(root=tmp_path)).verdict is Verdict.FAIL, "what the file as a whole means is not known"
    (tmp_path / "waivers.yaml").write_text("waivers: [")
    assert verdict(Settings(root=tmp_path)).verdict is Verdict.FAIL


def test_those_that_select_a_spec_are_listed_with_whether_they_are_needed(tmp_path: Path) -> None:
    settings = project(
        tmp_path,
        entry(),
        entry(clause="X-2"),
        entry(digest="sha256:" + "0" * 64),
        entry(expires="2026-11-30"),
        entry(owner="head"),
        entry(**{"for": {"spec": "letters"}}),
    )
    board = waivers.board(settings, SPEC, TODAY)
    assert board is not None
    used = verdict(settings).waiver
    assert used is not None
    shown = board.shown(TODAY, {used["number"] - 1})
    assert [(item["number"], item["state"], item["used"], item["left"]) for item in shown] == [
        (1, "in-force", True, 61),
        (2, "in-force", False, 61),
        (3, "for-another-state", False, 61),
        (4, "ended", False, -1),
        (5, "at-fault", False, 61),
    ]


needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")


def _key(root: Path, name: str) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / name], check=True)
    return root / name


def _sign(key: Path, data: bytes, file: Path, namespace: str = signature.NAMESPACE) -> None:
    asked = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", key]
    file.write_bytes(subprocess.run(asked, input=data, capture_output=True, check=True).stdout)


@needs_ssh
def test_a_signature_counts_only_under_what_was_signed_by_who_approves(tmp_path: Path) -> None:
    head, other = _key(tmp_path, "head"), _key(tmp_path, "other")
    keys = [f"{name} {(tmp_path / f'{name}.pub').read_text()}" for name in ("head", "other")]
    (tmp_path / "signers").write_text("".join(keys))
    signed, sig = entry(signature="a.sig"), tmp_path / "a.sig"
    settings = project(tmp_path, signed, allowed_signers="signers")
    assert verdict(settings).verdict is Verdict.FAIL, "the signature is not there"
    _sign(head, signature.payload(signed), sig)
    assert verdict(settings).verdict is Verdict.WAIVED
    assert verdict(settings).waiver == {**waivers.read(settings, TODAY)[0][0].as_dict(), "signed": True}
    _sign(other, signature.payload(signed), sig)
    assert verdict(settings).verdict is Verdict.FAIL, "somebody else signed it"
    _sign(head, signature.payload(signed), sig, namespace="git")
    assert verdict(settings).verdict is Verdict.FAIL, "it was signed for something else"
    _sign(head, signature.payload(entry(expires="2027-02-01")), sig)
    assert verdict(settings).verdict is Verdict.FAIL, "the day was moved"
    assert codes(settings) == ["WVR005"]
    assert verdict(project(tmp_path, entry(), allowed_signers="signers")).verdict is Verdict.FAIL, "it is not signed"


@needs_ssh
def test_without_openssh_nothing_signed_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "signers").write_text(f"head {_key(tmp_path, 'head').with_suffix('.pub').read_text()}")
    _sign(tmp_path / "head", signature.payload(entry()), tmp_path / "a.sig")
    settings = project(tmp_path, entry(signature="a.sig"), allowed_signers="signers")
    assert verdict(settings).verdict is Verdict.WAIVED
    monkeypatch.setenv("PATH", str(tmp_path))
    assert verdict(settings).verdict is Verdict.FAIL
    ((fault,),) = (item.faults for item in waivers.read(settings, TODAY)[0])
    assert fault.message == "ssh-keygen is not installed, so the signature counts for nothing here; install OpenSSH"


def approval(**changed: Any) -> dict[str, Any]:
    base = {"spec": "digits", "digest": DIGEST, "approver": "head", "role": "quality", "date": "2026-11-30"}
    return {**base, **changed}


APPROVED = Clause(
    **{
        **{f: getattr(CLAUSE, f) for f in CLAUSE.__struct_fields__},
        "require": {"approval.given": {"any": {"approver": {"is_not": {"path": "spec.owner.author"}}}}},
    }
)


def _approved(settings: Settings, author: str = "ana") -> Judgement:
    value = {**SPEC.resolved, "owner": {"author": author}}
    composed = Composed("x", "", value, value, {})
    records = approvals.records(settings, papers.subject(SPEC, settings), TODAY)
    standard = Standard("acme/x", "1.0.0", {"name": "x"}, "x", {"X-1": APPROVED})
    (found,) = judge([standard], composed, records, spec_digest=DIGEST, stage="release", today=TODAY)
    return found


def test_an_approval_is_evidence_about_the_state_that_was_approved(tmp_path: Path) -> None:
    found = _approved(project(tmp_path, approval(), kind="approvals"))
    assert found.verdict is Verdict.PASS
    assert found.observed == [{"approver": "head", "role": "quality", "date": "2026-11-30", "signed": False}]
    assert _approved(project(tmp_path, approval(), kind="approvals"), author="head").verdict is Verdict.FAIL
    other = _approved(project(tmp_path, approval(digest="sha256:" + "0" * 64), kind="approvals"))
    assert (other.verdict, other.reason) == (Verdict.STALE, "another state of the spec was approved")
    none = _approved(project(tmp_path, approval(spec="letters"), kind="approvals"))
    assert (none.verdict, none.reason) == (Verdict.NO_EVIDENCE, "nobody has approved this state of the spec")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"date": "2026-12-02"}, "WVR003"),
        ({"date": "2026-11-31"}, "WVR003"),
        ({"approver": ""}, "WVR001"),
        ({"digest": "latest"}, "WVR001"),
        ({"signature": "a.sig"}, "WVR005"),
        ({"approved": True}, "WVR001"),
    ],
)
def test_an_approval_with_anything_amiss_is_none_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], code: str
) -> None:
    monkeypatch.setenv("STDSPEC_TODAY", "2026-12-01")
    settings = project(tmp_path, approval(**changed), kind="approvals")
    assert _approved(settings).verdict is Verdict.NO_EVIDENCE
    assert codes(settings, "approvals") == [code]
