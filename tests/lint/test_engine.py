"""Linting files and folders: one fault, one finding, at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose import compose_with_origins
from stdspec.compose.verify import against_hydra
from stdspec.errors import InputError
from stdspec.finding import Finding, Severity
from stdspec.lint.checks import settings_at
from stdspec.lint.engine import lint
from stdspec.settings import Settings, load

PRIMARY = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n"


def _write(root: Path, files: dict[str, str]) -> Settings:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Settings(root=root)


def _told(root: Path, findings: tuple[Finding, ...]) -> list[tuple[str, int, int, str, str]]:
    return [
        (Path(item.span.file).relative_to(root).as_posix(), item.span.line, item.span.column, item.code, item.path)
        for item in findings
        if item.span is not None
    ]


def test_the_smallest_spec_is_clean(tmp_path: Path) -> None:
    settings = _write(
        tmp_path,
        {
            "spec.yaml": "defaults: [stdspec/base, data: csv, model: mlp, _self_]\nstage: research\nname: churn\n"
            "data: {source: {path: train.csv}, target: {column: churned}}\n"
            "training: {task: classification, epochs: 5}\n"
        },
    )
    report = lint([str(tmp_path)], settings)
    assert report.findings == ()
    assert len(report.entries) == 1


def test_a_clause_names_the_line_that_fails_it(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "name: x\ntraining:\n  batch: {global: 100, micro: 16}\n"})
    (found,) = lint([str(tmp_path / "spec.yaml")], settings).findings
    assert _told(tmp_path, (found,)) == [("spec.yaml", 4, 19, "CMP003", "training.batch.global")]
    assert found.severity is Severity.ERROR
    assert found.message == (
        "global batch 100 is no multiple of 16 (1 device × 1 node × micro batch 16); take 96 or 112, or change the "
        "parts"
    )
    assert [item.message for item in found.related] == ["takes the place of 64 from training: default"]


def test_a_missing_key_points_to_its_parent(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "stage: candidate\nseed: 1\ncompute:\n  accelerator: cpu\n"})
    found = {item.code: item for item in lint([str(tmp_path)], settings).findings}
    limits = found["CMP001"]
    assert _told(tmp_path, (limits,)) == [("spec.yaml", 4, 1, "CMP001", "compute.limits.memory")]
    assert limits.message == (
        "compute.limits.memory is not said, compute.limits.time is not said; write compute.accelerator, "
        "compute.limits.memory and compute.limits.time"
    )


def test_an_assumed_value_is_no_decision_and_a_named_option_is(tmp_path: Path) -> None:
    loose = {"spec.yaml": PRIMARY + "stage: candidate\n"}
    codes = {item.code for item in lint([str(tmp_path)], _write(tmp_path, loose)).findings}
    assert {"TRN003", "TRN001", "EVL001", "CMP004"} <= codes
    named = PRIMARY.replace(
        "_self_",
        "override /training/loss: cross_entropy, override /training/optimizer: adamw, override /training/schedule: "
        "constant, _self_",
    )
    codes = {
        item.code
        for item in lint([str(tmp_path)], _write(tmp_path, {"spec.yaml": named + "stage: candidate\n"})).findings
    }
    assert "TRN003" not in codes
    assert "TRN001" in codes


def test_a_stage_asks_only_for_what_it_needs(tmp_path: Path) -> None:
    def codes(stage: str) -> set[str]:
        settings = _write(tmp_path, {"spec.yaml": PRIMARY + f"stage: {stage}\n"})
        return {item.code for item in lint([str(tmp_path)], settings).findings}

    research, candidate, release = map(codes, ("research", "candidate", "release"))
    assert research == set()
    assert candidate < release
    assert {"GOV001", "MON004", "DEP001"} <= release - candidate


def test_the_schema_and_a_clause_do_not_both_report_one_fault(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "deployment:\n  serving: {auth: open, protocol: oip-v2}\n"})
    found = lint([str(tmp_path)], settings).findings
    assert [item.code for item in found if "auth" in item.path] == ["SPC004"]


def test_a_shared_fault_is_one_finding_that_counts_what_it_reaches(tmp_path: Path) -> None:
    settings = _write(
        tmp_path,
        {
            "conf/config.yaml": PRIMARY.replace("model: mlp", "model: wide"),
            "conf/model/wide.yaml": "kind: mlp\nhiden: [8]\n",
            "conf/experiment/a.yaml": "# @package _global_\nname: a\n",
            "conf/experiment/b.yaml": "# @package _global_\nname: b\n",
        },
    )
    (found,) = lint([str(tmp_path / "conf")], settings).findings
    assert _told(tmp_path, (found,)) == [("conf/model/wide.yaml", 2, 1, "SPC001", "model.hiden")]
    assert found.message.endswith("(in 3 specs)")


def test_a_composition_that_hydra_refuses_is_a_finding_with_its_place(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY.replace("data: digits", "data: digit")})
    (found,) = lint([str(tmp_path)], settings).findings
    assert (found.code, found.slug) == ("HYD008", "refused-composition")
    assert "digits" in found.message
    assert _told(tmp_path, (found,))[0][:2] == ("spec.yaml", 1)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: [1\n", "YML001", 1),
        ("a:\n\tb: 1\n", "YML002", 2),
        ("a: 1\na: 2\n", "YML003", 2),
        ("1: a\n", "YML004", 1),
        ("a: .nan\n", "YML005", 1),
    ],
)
def test_a_file_that_no_entry_reads_is_checked_by_itself(tmp_path: Path, text: str, code: str, line: int) -> None:
    settings = _write(tmp_path, {"conf/config.yaml": PRIMARY, "conf/other/x.yaml": text})
    found = lint([str(tmp_path / "conf")], settings).findings
    assert [(item.code, item.span.line if item.span else None) for item in found] == [(code, line)]


def test_a_group_file_by_itself_takes_interpolations_for_any_type(tmp_path: Path) -> None:
    settings = _write(
        tmp_path, {"conf/config.yaml": PRIMARY, "conf/training/optimizer/mine.yaml": "kind: adam\nlr: ${x}\nlrr: 1\n"}
    )
    file = str(tmp_path / "conf/training/optimizer/mine.yaml")
    report = lint([file], settings)
    assert _told(tmp_path, report.findings) == [
        ("conf/training/optimizer/mine.yaml", 3, 1, "SPC001", "training.optimizer.lrr")
    ]
    assert report.entries == ()


def test_a_plain_hydra_config_gets_only_the_checks_of_yaml_and_composition(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"config.yaml": "db: {user: root, port: 3306}\nx: ${nowhere}\n"})
    found = lint([str(tmp_path)], settings).findings
    assert [item.code for item in found] == ["HYD002"]


def test_an_unknown_standard_is_named_with_what_was_meant(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "standards: [stdspec/bass@1]\n"})
    (found,) = lint([str(tmp_path)], settings).findings
    assert _told(tmp_path, (found,)) == [("spec.yaml", 2, 13, "STD010", "standards[0]")]
    assert found.message == "there is no standard stdspec/bass@1; did you mean stdspec/base@1?"


def test_a_date_alone_is_only_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + 'stage: release\ngovernance: {review_by: "2027-05-31"}\n'})
    monkeypatch.setenv("STDSPEC_TODAY", "2027-05-31")
    assert "GOV004" not in {item.code for item in lint([str(tmp_path)], settings).findings}
    monkeypatch.setenv("STDSPEC_TODAY", "2027-06-01")
    late = next(item for item in lint([str(tmp_path)], settings).findings if item.code == "GOV004")
    assert late.severity is Severity.WARNING
    assert late.message.startswith("governance.review_by is 2027-05-31, asked at least 2027-06-01; ")
    monkeypatch.delenv("STDSPEC_TODAY")
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "stage: release\ngovernance: {review_by: null}\n"})
    missing = next(item for item in lint([str(tmp_path)], settings).findings if item.code == "GOV004")
    assert missing.severity is Severity.ERROR


def test_a_standard_of_the_project_is_found_judged_and_checked(tmp_path: Path) -> None:
    standard = (
        "standard: acme/inspection\nversion: 1.0.0\nowner: {name: Quality}\ngoal: fewer escapes\n"
        'extends: ["stdspec/base@1"]\nclauses:\n'
        "  ACME-DAT-03:\n    says: {en: Every image is traceable to one part}\n    level: must\n    from: research\n"
        "    require: {spec.data.columns.part.role: {is: group}}\n    house: It cannot be recalled.\n"
        "    remedy: Add part to data.columns with role group.\n"
        "    tests: {pass: [{spec.data.columns.part.role: group}], fail: [{}]}\n"
    )
    settings = _write(
        tmp_path, {"standards/inspection.yaml": standard, "spec.yaml": PRIMARY + "standards: [acme/inspection@1]\n"}
    )
    (found,) = lint([str(tmp_path)], settings).findings
    assert found.code == "ACME-DAT-03"
    assert found.message == "data.columns.part.role is not said; add part to data.columns with role group"
    wrong = standard.replace("fail: [{}]", "fail: [{spec.data.columns.part.role: group}]")
    settings = _write(tmp_path, {"standards/inspection.yaml": wrong})
    (test,) = lint([str(tmp_path / "standards")], settings).findings
    assert _told(tmp_path, (test,)) == [
        ("standards/inspection.yaml", 14, 66, "STD011", "clauses.ACME-DAT-03.tests.fail[0]")
    ]


def test_nothing_at_a_path_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        lint([str(tmp_path / "nowhere.yaml")], Settings(root=tmp_path))


def test_a_secret_is_named_even_below_an_unknown_key(tmp_path: Path) -> None:
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "name: x\napi: {password: abc123}\n"})
    found = lint([str(tmp_path / "spec.yaml")], settings).findings
    assert [(item.code, item.path) for item in found] == [("SPC001", "api"), ("CMP011", "api.password")]


def test_a_fault_in_a_mapping_is_not_followed_by_one_of_the_mapping(tmp_path: Path) -> None:
    """Shares with one of them misspelt lack a part and do not add up; it is the spelling that is wrong."""
    shares = "data: {splits: {shares: {trian: 0.7, validation: 0.15, test: 0.15}}}\n"
    settings = _write(tmp_path, {"spec.yaml": PRIMARY + "name: x\n" + shares})
    (found,) = lint([str(tmp_path / "spec.yaml")], settings).findings
    assert (found.code, found.message) == ("SPC001", "unknown key 'trian'; did you mean 'train'?")


@pytest.mark.parametrize(
    ("item", "code", "column"),
    [
        ("override /model: 3", "HYD016", 5),
        ("override /model: resnt", "HYD008", 22),
        ("override /model: ml", "HYD008", 22),
        ("/nowhere: x", "HYD008", 5),
        ("override /model: ../../../outside", "HYD006", 5),
    ],
)
def test_an_item_that_hydra_refuses_is_one_fault(tmp_path: Path, item: str, code: str, column: int) -> None:
    files = {
        "conf/config.yaml": PRIMARY,
        "conf/model/own.yaml": "defaults: [mlp, _self_]\n",
        "conf/experiment/a.yaml": f"# @package _global_\ndefaults:\n  - {item}\n",
    }
    _write(tmp_path, {"outside.yaml": "kind: mlp\n"})
    found = lint([str(tmp_path / "own" / "conf")], _write(tmp_path / "own", files)).findings
    assert _told(tmp_path / "own", found) == [("conf/experiment/a.yaml", 3, column, code, "")]


def test_the_options_that_a_rule_names_are_those_that_can_be_selected(tmp_path: Path) -> None:
    files = {
        "conf/config.yaml": PRIMARY,
        "conf/model/own.yaml": "defaults: [mlp, _self_]\n",
        "conf/training/unread.yaml": "defaults: [{/model: resnt}, _self_]\n",
    }
    (found,) = lint([str(tmp_path / "conf")], _write(tmp_path, files)).findings
    assert (found.code, found.message) == (
        "HYD029",
        "the group model has no option 'resnt'; its options are cnn, mlp, onnx, own",
    )


@pytest.mark.parametrize("word", ["overide", "overrride", "Override"])
def test_a_misspelt_override_is_one_fault(tmp_path: Path, word: str) -> None:
    (tmp_path / "conf" / "experiment").mkdir(parents=True)
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "conf" / "config.yaml").write_text("defaults: [stdspec/base, data: digits, model: mlp, _self_]\n")
    file = tmp_path / "conf" / "experiment" / "x.yaml"
    file.write_text(f"# @package _global_\ndefaults:\n- {word} /model: cnn\n")
    (item,) = lint([str(tmp_path / "conf")]).findings
    assert (item.code, item.severity, item.span and (item.span.file, item.span.line)) == (
        "HYD015",
        Severity.ERROR,
        (str(file), 3),
    )
    assert item.fix[0].text == "override /model"


def test_a_fault_of_a_standard_is_said_once_where_it_is_with_what_names_it(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "standards").mkdir()
    (tmp_path / "stdspec.toml").touch()
    spec = tmp_path / "conf" / "config.yaml"
    spec.write_text("defaults: [stdspec/base, data: digits, model: mlp, _self_]\nstandards: [acme/parts@1]\n")
    standard = tmp_path / "standards" / "parts.yaml"
    standard.write_text("standard: acme/parts\nversion: 1.0.0\nowner: {name: Quality}\ngoal: Traceable parts\n")
    for paths in ([str(tmp_path)], [str(spec)]):
        (item,) = lint(paths).findings
        assert item.span is not None
        assert (item.code, item.message.partition(";")[0]) == ("STD003", "the standard lacks 'clauses'")
        assert item.span.file == str(standard)
        ((said, span),) = [(one.message, one.span) for one in item.related]
        assert (said, span.file, span.line, span.column) == ("acme/parts@1 is named here", str(spec), 2, 13)


def test_what_a_shipped_option_leaves_open_is_said_where_it_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "stdspec.toml").touch()
    spec = tmp_path / "conf" / "config.yaml"
    spec.write_text("defaults:\n- stdspec/base\n- data: csv\n- model: mlp\n- _self_\n")
    found = {item.path: item for item in lint([str(spec)]).findings}
    assert set(found) == {"data.source.path", "data.target.column"}
    assert {(item.code, item.span and (item.span.line, item.span.column)) for item in found.values()} == {
        ("HYD001", (3, 3))
    }
    spec.write_text(spec.read_text() + "data:\n  source: {path: a.csv}\n")
    (item,) = lint([str(spec)]).findings
    assert (item.path, item.span and (item.span.line, item.span.column)) == ("data.target.column", (6, 1))
    assert [one.message for one in item.related] == ["data: csv leaves it open"]


@pytest.mark.parametrize(("version", "key"), [("1.1", "db"), ("1.3", "_group_")])
def test_the_version_of_hydra_is_a_setting(tmp_path: Path, version: str, key: str) -> None:
    (tmp_path / "conf" / "db").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("defaults: [db: a, _self_]\n")
    (tmp_path / "conf" / "db" / "a.yaml").write_text("# @package _group_\nx: 1\n")
    (tmp_path / "stdspec.toml").write_text(f'version-base = "{version}"\n')
    settings = settings_at(str(tmp_path))
    folder = str(tmp_path / "conf")
    assert compose_with_origins(folder, "config", (), settings=settings).value == {key: {"x": 1}}
    assert against_hydra(folder, "config", (), {key: {"x": 1}}, settings.version_base) is None


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("1.1", "the setting 'version-base' must be a text; put it in quotes"),
        ('"1.4"', "the setting 'version-base' is '1.4'; set it to 1.1, 1.2, 1.3"),
    ],
)
def test_a_version_that_hydra_has_not_is_refused(tmp_path: Path, written: str, sentence: str) -> None:
    (tmp_path / "stdspec.toml").write_text(f"version-base = {written}\n")
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert str(caught.value).endswith(sentence)


def test_what_is_no_path_is_said_with_what_was_meant(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    with pytest.raises(InputError, match=r"did you mean .*/config\.yaml\?"):
        lint([str(tmp_path / "confg.yaml")])
    with pytest.raises(InputError, match="name files and folders here, and no overrides"):
        lint(["+experiment=digits"])
