"""A misspelt key is one fault: what is missing because of it is not said again."""

from __future__ import annotations

from msgspec.structs import replace

from stdspec import validate
from tests.lint.specs import spec

BASE = (
    'stdspec: "1"\nstage: research\nname: x\n'
    "data: {source: {kind: csv, path: a.csv}, target: {column: y}, splits: {kind: random}}\n"
    "model: {kind: mlp}\n"
    "training: {task: classification, optimizer: {kind: adam, lr: 0.1}, batch: {global: 64}}\n"
    "seed: 1\nevaluation: {method: {kind: k-fold, k: 5, seed: '${seed}'}}\n"
)


def _found(before: str, after: str) -> list[tuple[str, str, str]]:
    assert before in BASE
    composed = spec(BASE.replace(before, after))
    return [(item.code, item.path, item.message) for item in validate.check(composed)]


def test_the_spec_is_clean() -> None:
    assert validate.check(spec(BASE)) == []


def test_a_required_key_that_is_misspelt_is_not_also_missing() -> None:
    assert _found("lr: 0.1", "rl: 0.1") == [
        ("SPC001", "training.optimizer.rl", "unknown key 'rl'; did you mean 'lr'?"),
    ]


def test_what_stands_below_a_misspelt_key_is_not_missing() -> None:
    assert _found("data: {", "dtaa: {") == [("SPC001", "dtaa", "unknown key 'dtaa'; did you mean 'data'?")]


def test_a_misspelt_kind_is_an_unknown_key() -> None:
    assert _found("{kind: random}", "{knid: random}") == [
        ("SPC001", "data.splits.knid", "unknown key 'knid'; did you mean 'kind'?"),
    ]


def test_a_key_that_other_tools_use_for_kind_is_not_taken_for_a_slip() -> None:
    (found,) = _found("{kind: csv, path: a.csv}", "{name: csv}")
    assert found[0] == "SPC006"


def test_the_paths_that_are_said_to_be_missing() -> None:
    checked = validate.examine(spec(BASE.replace("lr: 0.1", "rl: 0.1").replace("target: {column: y}", "target: {}")))
    assert checked.intended == {("training", "optimizer", "lr"), ("data", "target", "column")}


def test_the_key_that_is_not_there_yet_is_meant() -> None:
    """`hwo` is as near to `how` as to `who`."""
    governance = "governance: {override: {how: by phone, hwo: lab}}\n"
    (found,) = validate.check(spec(BASE + governance))
    assert found.message == "unknown key 'hwo'; did you mean 'who'?"


def test_a_value_that_refers_to_a_faulty_one_is_not_faulty_itself() -> None:
    written = spec(BASE.replace("seed: 1\n", "seed: -1\n"))
    resolved = spec(BASE.replace("seed: 1\n", "seed: -1\n").replace("'${seed}'", "-1")).resolved
    assert [item.path for item in validate.check(replace(written, resolved=resolved))] == ["seed"]
