"""A project of somebody else's language gets the findings that hold for any Hydra config, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.finding import Finding, Severity
from stdspec.lint.engine import lint
from stdspec.settings import Settings


def _lint(root: Path, files: dict[str, str]) -> list[Finding]:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(lint([str(root)], Settings(root=root)).findings)


def test_habits_of_hydra_are_no_faults(tmp_path: Path) -> None:
    text = (
        "defaults: [_self_, net: a]\nhome: ${oc.env:HOME}\nwhen: ${now:%Y}\nsize: ${eval:'1 + 1'}\ntrainer: "
        "{max_epochs: 3}\n"
    )
    assert _lint(tmp_path, {"conf/config.yaml": text, "conf/net/a.yaml": "_target_: torch.nn.Linear\nwidth: 3"}) == []


def test_a_target_that_is_a_way_into_the_machine_is_one_everywhere(tmp_path: Path) -> None:
    (found,) = _lint(tmp_path, {"conf/config.yaml": "a: {_target_: os.system, command: ls}"})
    assert (found.code, found.severity) == ("HYD010", Severity.ERROR)


def test_the_shipped_options_do_not_stand_in_for_missing_ones(tmp_path: Path) -> None:
    files = {"conf/config.yaml": "defaults: [data: digits, _self_]", "conf/data/mine.yaml": "a: 1", "main.py": "a = 1"}
    (found,) = _lint(tmp_path, files)
    assert (found.code, found.severity) == ("HYD029", Severity.ERROR)
    assert found.message == "the group data has no option 'digits'; its options are mine"


def test_a_missing_value_is_for_the_command_line(tmp_path: Path) -> None:
    (found,) = _lint(tmp_path, {"conf/config.yaml": "checkpoint: ???"})
    assert (found.code, found.severity) == ("HYD001", Severity.INFO)


@pytest.mark.parametrize(
    ("default", "message"),
    [
        (
            "backend: fast",
            "no folder holds the group 'backend', which code may register; freeze it to YAML to check it",
        ),
        ("base_schema", "no file holds 'base_schema', which code may register; freeze it to YAML to check it"),
        (
            "override hydra/job_logging: colorlog",
            "the option colorlog of hydra/job_logging comes from a plugin that is not here; install hydra-colorlog",
        ),
        (
            "override hydra/launcher: ray",
            "the option ray of hydra/launcher comes from a plugin that is not here; install hydra-ray-launcher",
        ),
        (
            "override hydra/sweeper: ours",
            "the option ours of hydra/sweeper comes from a plugin that is not here; install the plugin that has it",
        ),
    ],
)
def test_what_code_or_a_plugin_may_supply_is_unchecked(tmp_path: Path, default: str, message: str) -> None:
    (found,) = _lint(tmp_path, {"conf/config.yaml": f"defaults:\n- _self_\n- {default}\na: 1"})
    assert (found.code, found.severity, found.message) == ("HYD014", Severity.INFO, f"not checked: {message}")
    assert found.span is not None
    assert found.span.line == 3


def test_what_a_search_path_from_another_folder_may_hold_is_unchecked(tmp_path: Path) -> None:
    text = "hydra: {searchpath: ['file://somewhere/else']}\ndefaults:\n- base_config\n- _self_\n"
    (found,) = _lint(tmp_path, {"conf/config.yaml": text, "main.py": "import hydra\n"})
    reason = "file://somewhere/else of the search path is no folder from here; run lint from where it is one"
    assert (found.code, found.severity, found.message) == ("HYD014", Severity.INFO, f"not checked: {reason}")


def test_a_group_a_slip_away_from_one_that_exists_is_broken(tmp_path: Path) -> None:
    files = {"conf/config.yaml": "defaults: [modle: small, _self_]", "conf/model/small.yaml": "a: 1"}
    (found,) = _lint(tmp_path, files)
    assert (found.code, found.severity) == ("HYD008", Severity.ERROR)


def test_a_near_miss_of_an_option_is_no_fault_where_code_registers_options(tmp_path: Path) -> None:
    files = {
        "conf/config.yaml": "defaults: [db: mysql5, _self_]",
        "conf/db/mysql.yaml": "a: 1",
        "main.py": "from hydra.core.config_store import ConfigStore\n",
    }
    (found,) = _lint(tmp_path, files)
    assert (found.code, found.severity) == ("HYD029", Severity.INFO)


def test_a_form_that_stops_a_composition_is_an_error_and_a_warning_elsewhere(tmp_path: Path) -> None:
    found = _lint(
        tmp_path,
        {
            "conf/config.yaml": "defaults:\n- hydra/job_logging: none\n- _self_\na: 1",
            "conf/db/a.yaml": "defaults:\n- b: c\n  optional: true\n",
        },
    )
    assert [(item.code, item.severity, item.span and item.span.line) for item in found] == [
        ("HYD037", Severity.ERROR, 2),
        ("HYD037", Severity.WARNING, 2),
    ]


def test_a_missing_plugin_does_not_hide_the_rest(tmp_path: Path) -> None:
    text = "defaults: [_self_, override hydra/job_logging: colorlog]\na: ${nowhere}\n"
    assert [item.code for item in _lint(tmp_path, {"conf/config.yaml": text})] == ["HYD014", "HYD002"]


def test_one_fault_is_one_finding(tmp_path: Path) -> None:
    files = {"conf/config.yaml": "defaults: [net: smal, _self_]", "conf/net/small.yaml": "a: 1"}
    assert [item.code for item in _lint(tmp_path, files)] == ["HYD029"]


def test_a_secret_is_not_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from stdspec.cli.lint import command

    (tmp_path / "config.yaml").write_text("db: {password: hunter2}\n", encoding="utf-8")
    command.main([str(tmp_path)], standalone_mode=False)
    shown = capsys.readouterr()
    assert "HYD026" in shown.out
    assert "hunter2" not in shown.out + shown.err


TAKEN = {
    "list": ("conf/net/a.yaml", "- {_target_: x.Y}"),
    "empty list": ("conf/net/a.yaml", "[]"),
    "infinity": ("conf/net/a.yaml", "bound: .inf"),
    "a setting of Hydra": (
        "conf/net/a.yaml",
        "name: ${hydra:job.name}\nnumber: x${hydra.job.num}\nsame: ${hydra.job.num}",
    ),
}


@pytest.mark.parametrize(("file", "text"), TAKEN.values(), ids=TAKEN.keys())
def test_what_hydra_takes_and_a_spec_may_not_hold_is_no_fault(tmp_path: Path, file: str, text: str) -> None:
    assert _lint(tmp_path, {"conf/config.yaml": "defaults: [_self_, net: a]\n", file: text}) == []


def test_a_number_as_a_key_does_not_stop_a_composition(tmp_path: Path) -> None:
    found = _lint(tmp_path, {"conf/config.yaml": "names: {1: cat}\nsize: ${none}\n"})
    assert [(item.code, item.severity) for item in found] == [("YML004", Severity.INFO), ("HYD002", Severity.WARNING)]


def test_a_key_that_hydra_does_not_take_is_an_error(tmp_path: Path) -> None:
    found = _lint(tmp_path, {"conf/config.yaml": "a: 1\n", "conf/net/a.yaml": "~: 1\n"})
    assert [(item.code, item.severity) for item in found] == [("YML004", Severity.ERROR)]


def test_a_group_is_composed_by_the_primary_that_chooses_it(tmp_path: Path) -> None:
    files = {
        "recipes/train_a.yaml": "defaults: [data: one, net@model: two, _self_]\n",
        "recipes/data/one.yaml": "defaults: [common, _self_]\nsize: ${data.edge}\n",
        "recipes/data/common.yaml": "edge: 1\n",
        "recipes/net/two.yaml": "defaults: [act: relu, _self_]\nsize: ${model.act.x}\n",
        "recipes/net/act/relu.yaml": "x: 1\n",
    }
    assert [item for item in _lint(tmp_path, files) if item.severity is not Severity.INFO] == []


def test_headers_for_old_versions_are_read_as_they_were_meant(tmp_path: Path) -> None:
    files = {
        "conf/config.yaml": "defaults: [net: a, _self_]\nsize: ${net.width}\n",
        "conf/net/a.yaml": "# @package _group_\nwidth: 1\n",
    }
    assert [item.code for item in _lint(tmp_path, files)] == ["HYD038"]


def test_what_a_resolver_is_called_with_has_a_value(tmp_path: Path) -> None:
    text = "steps: 2\npad: ${eval:'${steps} - 1 + ${latency}'}\nin: {side: '${if:${eq:${..step},2},a,b}'}\n"
    found = _lint(tmp_path, {"conf/config.yaml": text})
    assert [(item.code, item.severity, item.path) for item in found] == [
        ("HYD002", Severity.WARNING, "pad"),
        ("HYD002", Severity.WARNING, "in.side"),
    ]
    assert found[0].message.startswith("${latency} names nothing: there is no 'latency' at the top")
    assert found[1].message == "${..step} names nothing: there is no 'step' at the top; did you mean 'steps'?"


def test_what_a_resolver_gives_is_not_known(tmp_path: Path) -> None:
    text = "n: 1\nloaded: ${load:more.yaml}\nlr: ${loaded.lr}\nnext: ${eval:${n} + ${loaded.step}}\nwhen: ${now:%Y}\n"
    assert _lint(tmp_path, {"conf/config.yaml": text}) == []


def test_a_template_in_a_folder_that_is_one_is_no_fault(tmp_path: Path) -> None:
    text = "name: {{ cookiecutter.name }}\nsize: 1\n"
    (found,) = _lint(tmp_path, {"{{ cookiecutter.name }}/conf/config.yaml": text})
    assert (found.code, found.severity) == ("YML001", Severity.INFO)
    assert found.message.startswith("not checked: this is a template")
    assert found.span is not None
    assert (found.span.line, found.span.column, found.span.end_column) == (1, 7, 30)


@pytest.mark.parametrize(
    ("text", "column"),
    [("a: {{ x }}\nb: 1\n", 4), ("{% if x %}\nb: 1\n{% endif %}\n", 1), ("_target_: {{ x }}.net.Net\nb: 1\n", 11)],
)
def test_a_placeholder_of_a_template_is_named(tmp_path: Path, text: str, column: int) -> None:
    (found,) = _lint(tmp_path, {"conf/config.yaml": text})
    assert (found.code, found.severity) == ("YML001", Severity.ERROR)
    assert found.message.startswith("a placeholder of a template is no YAML before it is filled in; quote it")
    assert found.span is not None
    assert (found.span.line, found.span.column) == (1, column)


def test_a_fault_in_a_shared_file_names_the_one_spec_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "conf/config_a.yaml": "defaults: [task: pad, _self_]\nsteps: 2\n",
        "conf/config_b.yaml": "defaults: [task: pad, _self_]\nstep: 2\n",
        "conf/task/pad.yaml": "size: ${steps}\n",
    }
    (found,) = _lint(tmp_path, files)
    assert found.code == "HYD002"
    assert found.message.endswith("did you mean 'step'? (in conf/config_b.yaml)")
    (tmp_path / "conf/config_c.yaml").write_text("defaults: [task: pad, _self_]\nstep: 2\n", encoding="utf-8")
    (found,) = _lint(tmp_path, {})
    assert found.message.endswith("did you mean 'step'? (in 2 specs)")


def test_one_file_is_seen_as_in_its_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "app/conf/train.yaml": "defaults: [hydra: quiet, task: pad, _self_]\nsteps: 2\n",
        "app/conf/hydra/quiet.yaml": "defaults: [override job_logging: colorlog]\n",
        "app/conf/task/pad.yaml": "size: ${steps}\nwide: ${..steps}\n",
    }
    _lint(tmp_path, files)  # writes them
    assert list(lint(["app/conf/task/pad.yaml"]).findings) == []
    (found,) = lint(["app/conf/train.yaml"]).findings
    assert (found.code, found.severity) == ("HYD014", Severity.INFO)
    assert found.message.endswith("comes from a plugin that is not here; install hydra-colorlog")
    assert found.span is not None
    assert found.span.file == str(tmp_path / "app/conf/hydra/quiet.yaml")
