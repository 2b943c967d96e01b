"""Comments switch findings off where they stand, never what a standard insists on, and never silently."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from stdspec.lint.aside import Choice
from stdspec.lint.engine import Report, lint

OVER = "defaults: [default, _self_]\n"
HEAD = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stdspec.toml").touch()
    return tmp_path


def look(root: Path, files: Mapping[str, str], *paths: str, inline: bool = True) -> Report:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return lint(paths or [str(root)], None, Choice(inline=inline))


def said(report: Report) -> list[tuple[str, int, int]]:
    return [
        (item.code, item.span.line, item.span.column) if item.span else (item.code, 0, 0) for item in report.findings
    ]


def aside(report: Report) -> list[tuple[str, str, str]]:
    return [(item.finding.code, item.by, item.reason) for item in report.aside]


@pytest.mark.parametrize(
    "text",
    [
        "code: 012  # stdspec: ignore[YML009] in octal\n",
        "code: 012 #stdspec:ignore[YML009]in octal\n",
        "# stdspec: ignore[YML009] in octal\ncode: 012\n",
        "# stdspec: ignore[YML009] in octal\n\n# another comment\ncode: 012\n",
        "---\n# stdspec: ignore[YML009] - in octal\ncode: 012\n",
        "seed: 1\n  # stdspec: ignore[YML009] in octal\ncode: 012\n",
        "code: 012  # as the plant has it  # stdspec: ignore[YML009] in octal\n",
        "text: |  # a block\n  # stdspec: ignore[YML023] no comment\ncode: 012 # stdspec: ignore[ YML009 ] in octal\n",
        "code: 012  # stdspec: ignore[YML009] in octal\r\nseed: 1\r\n",
    ],
)
def test_a_comment_holds_for_its_line_or_the_next_one(root: Path, text: str) -> None:
    report = look(root, {"conf/config.yaml": text})
    assert said(report) == []
    assert aside(report) == [("YML009", "comment", "in octal")]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1  # stdspec: ignore[YML023] in octal\nseed: 2\ncode: 012\n",
        "text: '# stdspec: ignore[YML009] in octal'\ncode: 012\n",
        'text: "\n# stdspec: ignore[YML009] in octal\n"\ncode: 012\n',
        "text: |\n  # stdspec: ignore[YML009] in octal\ncode: 012\n",
        "text: >-\n  one\n\n  # stdspec: ignore[YML009] in octal\n\ncode: 012\n",
        "text: a # no space before # stdspec: ignored [YML009] in octal\ncode: 012\n",
    ],
)
def test_what_is_no_comment_of_that_line_switches_nothing_off(root: Path, text: str) -> None:
    report = look(root, {"conf/config.yaml": text})
    assert [code for code, _, _ in said(report)][-1] == "YML009"
    assert aside(report) == []


def test_a_comment_at_the_top_holds_for_the_file_as_a_whole(root: Path) -> None:
    files = {
        "conf/config.yaml": "defaults: [model: a]\n",
        "conf/model/b.yml": "seed: 1\n",
        "conf/model/a.yaml": "x: 1\n",
    }
    header = "# @package model\n# a model\n"
    body = "# stdspec: ignore[HYD025] Hydra 1.0 reads it\n"
    assert ("HYD025", 1, 1) in said(look(root, files))
    files["conf/model/b.yml"] = header + body + files["conf/model/b.yml"]
    report = look(root, files)
    assert said(report) == []
    assert aside(report) == [("HYD025", "comment", "Hydra 1.0 reads it")]


def test_without_inline_everything_is_said_and_no_comment_is_judged(root: Path) -> None:
    text = "code: 012  # stdspec: ignore[YML009] in octal\nseed: 1  # stdspec: ignore[YML009]\n"
    report = look(root, {"conf/config.yaml": text}, inline=False)
    assert said(report) == [("YML009", 1, 7)]
    assert report.aside == ()


def test_a_composed_finding_is_switched_off_where_its_value_stands(root: Path) -> None:
    files = {
        "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, override /training: mine, _self_]\n",
        "conf/training/mine.yaml": f"{OVER}# stdspec: ignore[SPC001] another tool reads it\nepoch: 3\n",
    }
    report = look(root, files)
    assert said(report) == []
    assert aside(report) == [("SPC001", "comment", "another tool reads it")]


def test_what_a_standard_insists_on_is_not_switched_off(root: Path) -> None:
    text = HEAD + "training:\n  batch: {global: 100, micro: 16}  # stdspec: ignore[CMP003] it fits\n"
    report = look(root, {"spec.yaml": text})
    assert said(report) == [("CMP003", 3, 19), ("LNT004", 3, 54)]
    assert report.aside == ()


def test_a_should_is_switched_off(root: Path) -> None:
    before = look(root, {"spec.yaml": HEAD + "stage: candidate\n"})
    own = str(root / "spec.yaml")
    should = next(
        item for item in before.findings if item.severity == "warning" and item.span and item.span.file == own
    )
    assert should.span is not None
    lines = (root / "spec.yaml").read_text(encoding="utf-8").splitlines()
    lines[should.span.line - 1] += f"  # stdspec: ignore[{should.code}] not before the release"
    report = look(root, {"spec.yaml": "\n".join(lines) + "\n"})
    assert (should.code, "comment", "not before the release") in aside(report)
    assert not any(code.startswith("LNT") for code, _, _ in said(report))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("HYD026", "api_key: 'ab3kd93kfl20fk39fkd9'"),
        ("CMP011", HEAD + "compute: {secrets: {token: hunter2hunter2}}"),
    ],
)
def test_a_secret_is_said_whatever_a_comment_says(root: Path, code: str, text: str) -> None:
    report = look(root, {"conf/config.yaml": f"{text}  # stdspec: ignore[{code}] for tests\n"})
    assert [name for name, _, _ in said(report) if name in (code, "LNT004")] == [code, "LNT004"]
    assert report.aside == ()


def test_a_file_outside_of_the_project_is_said_whatever_a_comment_says(root: Path) -> None:
    text = "hydra: {searchpath: ['file:///srv/configs']}  # stdspec: ignore[HYD006] it is ours\n"
    report = look(root, {"conf/config.yaml": HEAD + text})
    assert [code for code, _, _ in said(report)] == ["HYD006", "LNT004"]


def test_a_comment_about_comments_is_refused(root: Path) -> None:
    report = look(root, {"conf/config.yaml": "code: 12  # stdspec: ignore[YML009, LNT003] both\n"})
    assert said(report) == [("LNT003", 1, 29), ("LNT004", 1, 37)]


def test_one_comment_has_one_finding_for_each_of_its_faults(root: Path) -> None:
    report = look(root, {"conf/config.yaml": "code: 012  # stdspec: ignore[YML009, YML00, YML023]\n"})
    assert said(report) == [("YML009", 1, 7), ("LNT001", 1, 12), ("LNT002", 1, 38), ("LNT003", 1, 45)]


def test_a_clause_of_the_project_can_be_named(root: Path) -> None:
    standard = """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
    text = "# stdspec: ignore[ACME-1] soon\nseed: 1\n# stdspec: ignore[ACME-01] soon\nname: x\n"
    report = look(root, {"standards/parts.yaml": standard, "conf/config.yaml": text})
    found = [(item.code, item.message) for item in report.findings if item.code.startswith("LNT")]
    assert found == [
        ("LNT002", "there is no code 'ACME-1'; did you mean ACME-01?"),
        ("LNT003", "ACME-01 is not found here; remove it from the comment"),
    ]


def test_a_comment_in_a_group_is_not_called_unused_where_not_all_was_looked_at(root: Path) -> None:
    files = {
        "conf/config.yaml": "defaults: [stdspec/base, data: digits, model: mlp, override /training: mine, _self_]\n",
        "conf/experiment/a.yaml": "# @package _global_\ntraining: {epochs: 3}\n",
        "conf/training/mine.yaml": f"{OVER}epochs: 5  # stdspec: ignore[SPC002, YML009] of another\n",
    }
    alone = look(root, files, "conf/training/mine.yaml")
    assert [item.message for item in alone.findings] == ["YML009 is not found here; remove it from the comment"]
    some = look(root, files, "conf/experiment/a.yaml", "conf/training")
    assert [item.code for item in some.findings] == ["LNT003"]
    assert [item.code for item in look(root, files, "conf").findings] == ["LNT003", "LNT003"]


STRAY = {
    "conf/config.yaml": "defaults: [_self_, optional experiment: null]\nmomentum: 1\n",
    "conf/experiment/a.yaml": "# @package _global_\nmomentun: 2  # stdspec: ignore[HYD022] of the old trainer\n",
}


@pytest.mark.parametrize("changed", [False, True])
def test_a_run_that_judges_no_project_calls_no_comment_about_one_unused(root: Path, changed: bool) -> None:
    assert aside(look(root, STRAY, "conf")) == [("HYD022", "comment", "of the old trainer")]
    assert said(lint(["conf/experiment/a.yaml"], changed=changed)) == []


@pytest.mark.parametrize(
    ("paths", "exclude"), [(["conf"], ("experiment/",)), (["conf/model"], ()), (["conf/model", "conf/config.yaml"], ())]
)
def test_a_run_that_composes_less_calls_no_comment_of_a_group_unused(
    root: Path, paths: list[str], exclude: tuple[str, ...]
) -> None:
    files = {
        "conf/config.yaml": HEAD,
        "conf/model/own.yaml": "defaults: [mlp, _self_]\nhiden: [6]  # stdspec: ignore[SPC001] of the old trainer\n",
        "conf/experiment/a.yaml": "# @package _global_\ndefaults: [override /model: own, _self_]\n",
    }
    assert [item.finding.code for item in look(root, files, "conf").aside] == ["SPC001"]
    assert [item.code for item in lint(paths, None, Choice(exclude=exclude)).findings] == []


def test_a_comment_does_not_make_a_spec_of_a_plain_config(root: Path) -> None:
    text = "defaults: [_self_, override hydra/job_logging: colorlog]\nmode: off"
    assert "HYD014" in [item.code for item in look(root, {"conf/config.yaml": f"{text}\n"}, "conf").findings]
    files = {"conf/config.yaml": f"{text}  # stdspec: ignore[YML009] as its reader wants it\n"}
    assert [item.code for item in look(root, files, "conf").findings] == ["HYD014"]


def test_files_that_cannot_be_read_as_yaml_give_no_error(root: Path) -> None:
    text = "a: [1  # stdspec: ignore[YML001] half a list\n" + "[" * 3000
    report = look(root, {"conf/config.yaml": text})
    assert said(report) == []
    assert aside(report) == [("YML001", "comment", "half a list")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("code: 12   # stdspec: ignore[YML009] in octal\n", "code: 12\n"),
        ("a: 1\n# stdspec: ignore[YML009] in octal\ncode: 12\n", "a: 1\ncode: 12\n"),
        ("code: 12\n  # stdspec: ignore[YML009] in octal", "code: 12\n"),
        ("code: 012 # stdspec: ignore[YML023, YML009] in octal\n", "code: 012 # stdspec: ignore[YML009] in octal\n"),
        ("code: 012 # stdspec: ignore[YML009, YML023] in octal\n", "code: 012 # stdspec: ignore[YML009] in octal\n"),
        ("code: 12 # one  # stdspec: ignore[YML009,YML023] in octal\n", "code: 12 # one\n"),
    ],
)
def test_a_comment_that_is_not_used_is_taken_out(root: Path, before: str, after: str) -> None:
    from stdspec.lint.fix import mend

    (root / "conf").mkdir()
    (root / "conf" / "config.yaml").write_text(before, encoding="utf-8")
    mended = mend([str(root)])
    assert [change.after.decode() for change in mended.changes] == [after]


def test_a_pile_of_comments_takes_no_time(root: Path) -> None:
    from stdspec.source.comments import MAX_CODES, Comments

    pile = "# stdspec: ignore[YML009] again\n" * 60_000 + "code: 012\n"
    began = time.process_time()
    read = Comments("/a.yaml", pile)
    assert len(read.listed) == MAX_CODES + 1
    assert read.listed[-1].broken.startswith("the comments of this file name more than 1,000 codes")
    assert len(Comments("/a.yaml", "a: 1 # stdspec: ignore[" + "x," * 500_000 + "]\n").listed) == 1
    assert len(Comments("/a.yaml", "[" * 100_000 + "# stdspec: ignore[A] b\n").listed) == 1
    assert time.process_time() - began < 5


def test_a_file_that_leads_out_of_the_project_is_not_searched_for_comments(root: Path) -> None:
    project = root / "project"
    (project / "conf" / "data").mkdir(parents=True)
    (project / "stdspec.toml").touch()
    (root / "outside.yaml").write_text("token: 012  # stdspec: ignore[HYD006, YML009] it is ours\n", encoding="utf-8")
    (project / "conf" / "config.yaml").write_text(HEAD, encoding="utf-8")
    (project / "conf" / "data" / "mine.yaml").symlink_to(root / "outside.yaml")
    report = lint([str(project)])
    assert [item.code for item in report.findings] == ["HYD006"]
    assert report.aside == ()


@pytest.mark.parametrize("selects", ["[part]", "[/experiment: part]", "['${kind}']"])
def test_a_comment_of_an_experiment_that_others_build_on_is_not_called_unused_by_itself(
    root: Path, selects: str
) -> None:
    text = "# @package _global_\nname: part  # stdspec: ignore[SPC005] big has another form of it\n"
    files = {
        "conf/config.yaml": HEAD,
        "conf/experiment/part.yaml": text,
        "conf/experiment/big.yaml": f"# @package _global_\ndefaults: {selects}\n",
    }
    assert said(look(root, files, "conf/experiment/part.yaml")) == []
    files["conf/experiment/big.yaml"] = "# @package _global_\ndefaults: [override /model: cnn]\n"
    assert said(look(root, files, "conf/experiment/part.yaml")) == [("LNT003", 2, 31)]


def test_what_is_found_only_in_what_others_make_of_an_experiment_is_switched_off(root: Path) -> None:
    files = {
        "conf/config.yaml": HEAD,
        "conf/experiment/part.yaml": "# @package _global_\nname: ${t}  # stdspec: ignore[SPC005] big says it\nt: a\n",
        "conf/experiment/big.yaml": "# @package _global_\ndefaults: [part, _self_]\nt: A B\n",
    }
    files = {
        name: text.replace("t: ", "description: ").replace("${t}", "${description}") for name, text in files.items()
    }
    whole = look(root, files, "conf")
    assert aside(whole) == [("SPC005", "comment", "big says it")]
    assert said(whole) == said(look(root, files, "conf/experiment/part.yaml")) == []


def test_a_fault_of_a_standard_is_said_whatever_a_comment_says(root: Path) -> None:
    standard = "standard: acme/parts\nversion: 1.0.0\nowner: {name: Quality}\ngoal: x  # stdspec: ignore[STD003] soon\n"
    report = look(root, {"standards/parts.yaml": standard.replace("goal: x", "goal: 3") + "clauses: {}\n"})
    assert ("STD003", 4, 7) in said(report)
    assert ("LNT004", 4, 28) in said(report)
    assert report.aside == ()
