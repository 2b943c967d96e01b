"""A finding's key stays the same while its line moves, and changes when its fault does."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.lint.engine import lint
from stdspec.lint.fingerprint import fingerprint, fingerprints, numbered

SPEC = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training:
  epochs: "ten"
  batch: {global: 100, micro: 16}
  optimzer: {kind: adam}
evaluation:
  metrics:
    accuracy: {at_least: much}
    macro_f1: {at_least: much}
model: {hidden: [8, wide, odd]}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    return tmp_path / "spec.yaml"


def keys(file: Path, text: str) -> list[tuple[str, str]]:
    """Code and key of each finding in a text, sorted."""
    file.write_text(text, encoding="utf-8")
    found = lint([str(file)]).findings
    return sorted((item.code, key) for item, key in zip(found, fingerprints(found), strict=True))


MOVED = {
    "a comment above": "# one more\n\n" + SPEC,
    "a comment behind": SPEC.replace('"ten"', '"ten"  # soon'),
    "deeper": SPEC.replace("\n  ", "\n      "),
    "quotes": SPEC.replace('"ten"', "'ten'"),
    "flow to block": SPEC.replace("{global: 100, micro: 16}", "\n    global: 100\n    micro: 16"),
    "keys in another order": SPEC.replace("{global: 100, micro: 16}", "{micro: 16, global: 100}"),
    "mappings in another order": SPEC[: SPEC.index("training")]
    + SPEC[SPEC.index("evaluation") :]
    + SPEC[SPEC.index("training") : SPEC.index("evaluation")],
    "another fault beside": SPEC + "deployment: {replcas: 3}\n",
    "list items in another order": SPEC.replace("[8, wide, odd]", "[odd, 8, 8, wide]"),
}


@pytest.mark.parametrize("text", MOVED.values(), ids=MOVED.keys())
def test_a_key_survives(file: Path, text: str) -> None:
    before = keys(file, SPEC)
    assert len(before) >= 6
    after = keys(file, text)
    assert [key for key in before if key not in after] == []


def test_a_second_fault_of_the_same_code_has_another_key(file: Path) -> None:
    before = keys(file, SPEC)
    after = keys(file, SPEC + "trainng: {epochs: 3}\n")
    assert len({key for _, key in after} - {key for _, key in before}) == 1


def test_another_value_is_another_fault(file: Path) -> None:
    before, after = keys(file, SPEC), keys(file, SPEC.replace('"ten"', '"two"'))
    assert [code for code, key in before if (code, key) not in after] == ["SPC002"]
    assert [code for code, key in after if (code, key) not in before] == ["SPC002"]


def test_missing_keys_of_one_mapping_are_told_apart(file: Path) -> None:
    found = keys(file, 'stdspec: "1"\nname: x\n')
    missing = [key for code, key in found if code == "SPC006"]
    assert len(missing) == len(set(missing)) >= 4
    longer = keys(file, '# late\nstdspec: "1"\nname: y\nseed: 3\n')
    assert set(missing) <= {key for _, key in longer}


def test_the_project_may_lie_anywhere(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "deep" / "checkout"
    elsewhere.mkdir(parents=True)
    (elsewhere / "stdspec.toml").touch()
    assert keys(file, SPEC) == keys(elsewhere / "spec.yaml", SPEC)
    assert {key for _, key in keys(file, SPEC)}.isdisjoint(key for _, key in keys(elsewhere / "other.yaml", SPEC))


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("a: 1\nb: [1, 2\n", "# first\na: 1\nb:   [1, 2   # open\n"),
        ("a: 1\n\tb: 2\n", "a: 1\n# tab\n\tb: 2  # here\n"),
        ("a: 1\na: 2\n", "\n\na: 1\na: 2 # twice '#'\n"),
    ],
)
def test_a_text_that_is_no_yaml_goes_by_its_line(file: Path, text: str, moved: str) -> None:
    ((code, key),) = keys(file, text)
    assert code.startswith("YML")
    assert keys(file, moved) == [(code, key)]
    assert keys(file, text.replace("2", "7")) != [(code, key)]


def test_the_key_of_a_secret_says_nothing_of_it(file: Path) -> None:
    text = "db: {password: hunter2}\n"
    (before,) = {key for code, key in keys(file, text) if code == "HYD026"}
    (after,) = {key for code, key in keys(file, text.replace("hunter2", "another1")) if code == "HYD026"}
    assert before == after


def test_equal_keys_are_numbered(file: Path) -> None:
    assert list(numbered(["a", "b", "a", "a"])) == [("a", 1), ("b", 1), ("a", 2), ("a", 3)]
    file.write_text(SPEC, encoding="utf-8")
    found = lint([str(file)]).findings
    assert [fingerprint(item) for item in found] == list(fingerprints(found))
    assert all(len(key) == 64 for key in fingerprints(found))
