"""A baseline knows findings by what they are: it survives edits that change none, and can only shrink."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stdspec import resources
from stdspec.errors import InputError
from stdspec.lint.adoption import BASELINE
from stdspec.lint.aside import Choice
from stdspec.lint.engine import Report, lint

SPEC = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
training:
  epochs: "ten"
  batch: {global: 100, micro: 16}
  optimzer: {kind: adam}
evaluation:
  metrics:
    accuracy: {at_least: much}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def write(root: Path, *paths: str) -> Report:
    """Writes the baseline as the command does."""
    report = lint(paths or [str(root)], None, Choice(write=True))
    assert report.baseline is not None
    report.baseline.file.write_text(report.baseline.text, encoding="utf-8")
    return report


def codes(report: Report) -> list[str]:
    return [item.code for item in report.findings]


def entries(root: Path) -> list[dict[str, object]]:
    listed = json.loads((root / BASELINE).read_text(encoding="utf-8"))["entries"]
    assert isinstance(listed, list)
    return listed


def test_what_is_known_is_set_aside(root: Path) -> None:
    found = lint([str(root)]).findings
    assert len(found) >= 4
    written = write(root)
    assert codes(written) == []
    after = lint([str(root)])
    assert codes(after) == []
    assert [item.finding for item in after.aside] == list(found)
    assert {(item.by, item.reason) for item in after.aside} == {("baseline", BASELINE)}
    assert codes(lint([str(root)], None, Choice(baseline=""))) == [item.code for item in found]


def test_the_file_is_sorted_has_a_line_for_each_finding_and_shows_no_value(root: Path) -> None:
    write(root)
    text = (root / BASELINE).read_text(encoding="utf-8")
    listed = entries(root)
    assert {tuple(entry) for entry in listed} == {("code", "file", "path", "value", "count")}
    assert listed == sorted(listed, key=lambda one: (one["file"], one["path"], one["code"], one["value"]))
    assert sum('"code"' in line for line in text.splitlines()) == len(listed)
    assert str(root) not in text
    assert "much" not in text
    assert "line" not in text
    assert lint([str(root)], None, Choice(write=True)).baseline.text == text  # type: ignore[union-attr]


def test_not_even_a_hash_of_a_secret_is_written(root: Path) -> None:
    (root / "conf").mkdir()
    values = set()
    for secret in ("ab3kd93kfl20fk39fkd9", "zz3kd93kfl20fk39fkd1"):
        (root / BASELINE).unlink(missing_ok=True)
        (root / "conf" / "config.yaml").write_text(f"api_key: '{secret}'\n", encoding="utf-8")
        write(root, "conf")
        (entry,) = entries(root)
        assert entry["code"] == "HYD026"
        values.add(entry["value"])
    assert len(values) == 1


def test_a_new_finding_is_said_and_never_taken_in(root: Path) -> None:
    write(root)
    before = entries(root)
    (root / "spec.yaml").write_text(SPEC + "deploymnt: {}\n", encoding="utf-8")
    assert codes(lint([str(root)])) == ["SPC001"]
    again = write(root)
    assert codes(again) == ["SPC001"]
    assert entries(root) == before


def test_a_second_equal_finding_in_the_same_file_is_said(root: Path) -> None:
    text = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nmodel: {hidden: [8, wide]}\n"
    (root / "spec.yaml").write_text(text, encoding="utf-8")
    write(root)
    (root / "spec.yaml").write_text(text.replace("[8, wide]", "[8, wide, wide]"), encoding="utf-8")
    assert len(lint([str(root)]).findings) == 1


def test_what_is_mended_is_said_until_it_is_taken_out(root: Path) -> None:
    write(root)
    before = len(entries(root))
    (root / "spec.yaml").write_text(SPEC.replace('"ten"', "10"), encoding="utf-8")
    (stale,) = lint([str(root)]).findings
    assert (stale.code, stale.severity.value) == ("LNT006", "warning")
    assert stale.message == "1 known finding is found no more; take out what is mended with --write-baseline"
    assert stale.span is not None
    line = (root / BASELINE).read_text(encoding="utf-8").splitlines()[stale.span.line - 1]
    assert '"training.epochs"' in line
    assert [one.message for one in stale.related] == ["SPC002 in spec.yaml at training.epochs"]
    assert codes(write(root)) == []
    assert len(entries(root)) == before - 1
    assert codes(lint([str(root)])) == []
    (root / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert codes(lint([str(root)])) == ["SPC002"]


@pytest.mark.parametrize(
    ("paths", "choice"),
    [
        (("spec.yaml",), {}),
        ((".",), {"select": ("CMP",)}),
        ((".",), {"exclude": ("a.yaml",)}),
        ((".",), {"inline": False}),
    ],
)
def test_a_run_that_looks_at_less_calls_nothing_mended_and_takes_nothing_out(
    root: Path, paths: tuple[str, ...], choice: dict[str, object]
) -> None:
    (root / "a.yaml").write_text("code: 012\n", encoding="utf-8")
    write(root, ".")
    before = (root / BASELINE).read_text(encoding="utf-8")
    (root / "spec.yaml").write_text(SPEC.replace('"ten"', "10"), encoding="utf-8")
    assert "LNT006" not in codes(lint(paths, None, Choice(**choice)))  # type: ignore[arg-type]
    report = lint(paths, None, Choice(write=True, **choice))  # type: ignore[arg-type]
    assert report.baseline is not None
    assert not report.baseline.whole
    assert report.baseline.text == before


def test_the_setting_and_the_option_name_the_file(root: Path) -> None:
    (root / "stdspec.toml").write_text('[lint]\nbaseline = "ci/known.json"\n', encoding="utf-8")
    (root / "ci").mkdir()
    with pytest.raises(InputError) as raised:
        lint([str(root)])
    assert str(raised.value) == "ci/known.json: there is no such baseline; write one with --write-baseline"
    write(root)
    assert codes(lint([str(root)])) == []
    assert codes(lint([str(root)], None, Choice(baseline="")))
    with pytest.raises(InputError, match=r"^other\.json: there is no such baseline"):
        lint([str(root)], None, Choice(baseline="other.json"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "<<<<<<< ours",
        '{"version": 2, "paths": [], "entries": []}',
        '{"version": 1, "paths": [], "entries": [{"code": "A", "file": "b", "path": "", "value": "", "count": 0}]}',
        '{"version": 1, "paths": [], "entries": [{"code": "A", "file": "b", "path": "", "value": "", "line": 3}]}',
        "\udcff",
    ],
)
def test_what_is_no_baseline_is_said(root: Path, text: str) -> None:
    (root / BASELINE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError) as raised:
        lint([str(root)])
    assert str(raised.value).startswith(f"{BASELINE}: this baseline cannot be read: ")
    assert str(raised.value).endswith("; take it from version control, or delete it and write a new one")


def test_where_there_are_no_settings_files_of_one_name_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        (tmp_path / "conf" / folder).mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("x: 1\n", encoding="utf-8")
    known, new = (tmp_path / "conf" / folder / "x.yaml" for folder in ("a", "b"))
    known.write_text("code: 012\n", encoding="utf-8")
    new.write_text("code: 12\n", encoding="utf-8")
    written = lint(["conf"], None, Choice(write=True)).baseline
    assert written is not None
    assert [entry["file"] for entry in json.loads(written.text)["entries"]] == ["conf/a/x.yaml"]
    written.file.write_text(written.text, encoding="utf-8")
    known.write_text("code: 12\n", encoding="utf-8")
    new.write_text("code: 012\n", encoding="utf-8")
    assert sorted(codes(lint(["conf"]))) == ["LNT006", "YML009"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_folder_that_changed_is_looked_at_as_a_whole(root: Path, changed: bool) -> None:
    write(root, ".")
    assert codes(lint(["."], changed=changed)) == []


@pytest.mark.parametrize("write", [False, True])
def test_a_project_keeps_no_baseline_outside_of_itself(tmp_path: Path, root: Path, write: bool) -> None:
    (root / "own").mkdir()
    (root / "own" / "stdspec.toml").write_text('[lint]\nbaseline = "../known.json"\n', encoding="utf-8")
    (root / "own" / "spec.yaml").write_text(SPEC, encoding="utf-8")
    with pytest.raises(InputError, match=r"known\.json: the baseline lies outside the project; keep it in the project"):
        lint(["own"], None, Choice(write=write))
    assert lint(["own"], None, Choice(write=True, baseline="known.json")).baseline is not None


def test_a_link_in_place_of_a_baseline_leads_nowhere(root: Path) -> None:
    (root / "own").mkdir()
    (root / "own" / "stdspec.toml").touch()
    (root / "own" / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (root / "own" / BASELINE).symlink_to(root / "elsewhere.json")
    with pytest.raises(InputError, match="the baseline lies outside the project"):
        lint(["own"], None, Choice(write=True))


def test_an_entry_that_a_merge_doubled_counts_once(root: Path) -> None:
    write(root)
    document = json.loads((root / BASELINE).read_text(encoding="utf-8"))
    document["entries"] *= 2
    (root / BASELINE).write_text(json.dumps(document), encoding="utf-8")
    assert codes(lint([str(root)])) == []
    write(root)
    assert len(entries(root)) * 2 == len(document["entries"])


def _comments(text: str, at: int) -> str:
    lines = text.splitlines(keepends=True)
    place = max(at % (len(lines) + 1), lines[0].startswith("# @"))  # what stands above Hydra's header undoes it
    return "".join((*lines[:place], "# one more word: [1\n\n", *lines[place:]))


def _deeper(text: str, at: int) -> str:
    factor = 2 + at % 3
    return "".join(" " * ((len(line) - len(line.lstrip(" "))) * (factor - 1)) + line for line in text.splitlines(True))


def _reordered(text: str, at: int) -> str:
    """Every block mapping turned around or rotated; the defaults list, whose order means something, stays."""
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("# @"))
    return head + yaml.safe_dump(_turned(yaml.safe_load(text), at), sort_keys=False, allow_unicode=True)


def _turned(value: object, at: int) -> object:
    if isinstance(value, dict):
        items = [(key, _turned(child, at)) for key, child in value.items()]
        cut = at % max(1, len(items))
        return dict(reversed(items)) if at % 2 else dict(items[cut:] + items[:cut])
    return value


MUTATIONS: list[Callable[[str, int], str]] = [_comments, _deeper, _reordered]
FAULTS = {
    "conf/config.yaml": "\nsede: 1\nnotes: {a: 1}\n",
    "conf/data/digits.yaml": "\nlicence: MIT\ntarget_: {column: x}\n",
    "conf/model/mlp.yaml": "\nhiddn: [3]\nactivaton: relu\n",
    "conf/experiment/digits.yaml": "\nowner_: x\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The shipped specs with faults in them, and a baseline that knows them all."""
    root = tmp_path_factory.mktemp("project")
    (root / "stdspec.toml").touch()
    for name, fault in FAULTS.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shipped = (resources.conf() / Path(name).relative_to("conf")).read_text(encoding="utf-8")
        file.write_text(shipped.rstrip() + fault, encoding="utf-8")
    assert len(write(root).aside) >= 7
    return root, {name: (root / name).read_text(encoding="utf-8") for name in FAULTS}


def _says(text: str) -> object:
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return None


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(FAULTS)),
    steps=st.lists(st.tuples(st.sampled_from(MUTATIONS), st.integers(0, 200)), min_size=1, max_size=3),
)
def test_edits_that_change_no_fault_keep_it_quiet_and_a_second_fault_is_said(
    project: tuple[Path, dict[str, str]], name: str, steps: list[tuple[Callable[[str, int], str], int]]
) -> None:
    root, texts = project
    text = texts[name]
    for mutate, at in steps:
        text = mutate(text, at)
    assume(_says(text) == _says(texts[name]))  # an edit of an edit may tear a text apart, which would be a new fault
    try:
        (root / name).write_text(text, encoding="utf-8")
        assert codes(lint([str(root)])) == []
        (root / name).write_text(text + "\nanother_fault_: 1\n", encoding="utf-8")
        assert codes(lint([str(root)])) == ["SPC001"]
    finally:
        (root / name).write_text(texts[name], encoding="utf-8")
