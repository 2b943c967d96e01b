"""A Hydra project that was never written for stdspec, judged through the map in its settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stdspec import clock
from stdspec.cli.main import run
from stdspec.errors import InputError
from stdspec.finding import Severity
from stdspec.lint import named
from stdspec.lint.against import forecast, sentence, specs, why_unsaid
from stdspec.lint.engine import lint
from stdspec.settings import load
from stdspec.standard.load import load as load_standard

MAP = """\
[tool.stdspec]
conf = "configs"

[tool.stdspec.map]
only = ["configs/experiment/"]
stage = {value = "candidate"}
seed = "seed"
"data.license" = {value = "CC-BY-SA-3.0"}
"model.base" = {none = true}
"training.optimizer.kind" = {from = "model.optimizer._target_", words = {"torch.optim.Adam" = "adam"}}
"training.optimizer.lr" = "model.optimizer.lr"
"training.determinism" = {from = "trainer.deterministic", words = {true = "exact", false = "off"}}
"training.batch.global" = "data.batch_size"
"training.batch.micro" = {none = true}
"compute.devices" = "trainer.devices"
"compute.nodes" = {value = 1}
"""
FILES = {
    "pyproject.toml": MAP,
    "configs/train.yaml": "defaults:\n  - _self_\n  - data: mnist\n  - model: mnist\n  - trainer: default\n"
    "  - experiment: null\nseed: null\n",
    "configs/data/mnist.yaml": "_target_: src.data.MNIST\nbatch_size: 128\n",
    "configs/model/mnist.yaml": "_target_: src.net.Net\noptimizer:\n  _target_: torch.optim.Adam\n  lr: 0.001\n",
    "configs/trainer/default.yaml": "devices: 1\ndeterministic: false\n",
    "configs/experiment/seeded.yaml": "# @package _global_\nseed: 1\n",
    "configs/experiment/unseeded.yaml": "# @package _global_\nmodel: {optimizer: {lr: 0.1}}\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _said(root: Path, *paths: str) -> list[tuple[str, str, str]]:
    """Place, code and message of what is found through the map."""
    found = lint(list(paths or ("configs",)), load(root)).findings
    return [
        (
            f"{Path(item.span.file).relative_to(root).as_posix()}:{item.span.line}:{item.span.column}",
            item.code,
            item.message,
        )
        for item in found
        if item.span is not None and item.code[:3] not in ("HYD", "YML")
    ]


def test_a_clause_falls_on_the_line_of_the_project_that_decided_it(project: Path) -> None:
    message = "no seed is set, so two runs differ; write seed: and a whole number"
    assert _said(project) == [("configs/train.yaml:7:7", "TRN001", message)]


def test_a_finding_names_the_line_of_the_map_and_mends_nothing(project: Path) -> None:
    (item,) = (item for item in lint(["configs"], load(project)).findings if item.code == "TRN001")
    assert item.severity is Severity.ERROR
    assert item.path == "seed"
    assert item.fix == ()
    assert [(one.message, one.span.line) for one in item.related] == [("the map reads seed from seed", 7)]


def test_a_fault_in_a_shared_file_is_one_finding(project: Path) -> None:
    _write(project, {"configs/trainer/default.yaml": "devices: 3\ndeterministic: true\n"})
    found = [item for item in _said(project) if item[1] == "CMP003"]
    assert [(place, message.endswith("(in 2 specs)")) for place, _, message in found] == [
        ("configs/data/mnist.yaml:2:13", True)
    ]


def test_a_value_that_the_language_has_no_word_for_is_said_and_not_judged(project: Path) -> None:
    text = FILES["configs/model/mnist.yaml"].replace("Adam", "RMSprop")
    _write(project, {"configs/model/mnist.yaml": text})
    (found,) = (item for item in _said(project) if item[1] == "MAP002")
    assert found[0] == "configs/model/mnist.yaml:3:13"
    assert found[2] == (
        "unknown kind 'torch.optim.RMSprop', read as training.optimizer.kind; give it a word in the map, or it is not "
        "judged (in 2 specs)"
    )
    assert not any(item[1] == "TRN003" for item in _said(project))


def test_a_line_that_reads_nothing_is_said_where_all_experiments_are_looked_at(project: Path) -> None:
    _write(project, {"pyproject.toml": MAP.replace("trainer.devices", "trainer.gpus")})
    idle = (
        "pyproject.toml:15:1",
        "MAP001",
        "no experiment has trainer.gpus, from which the map reads compute.devices; correct it, or leave the line out",
    )
    assert idle in _said(project)
    assert idle in _said(project, ".")
    assert idle not in _said(project, "configs/experiment")
    assert idle not in _said(project, "configs/experiment/seeded.yaml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"training.optimzer.lr" = "x"', "which the map gives; did you mean 'training.optimizer.lr'?"),
        ('"training.learning_rate" = "x"', "the language has no 'training.learning_rate', which the map gives; "),
        ('sead = "x"', "the language has no 'sead', which the map gives; did you mean 'seed'?"),
        ('"evaluation.metrics[0]" = "x"', "'evaluation.metrics[0]' in the map is a part of a list; give the table"),
    ],
)  # fmt: skip
def test_a_path_that_the_language_does_not_have_is_refused_at_its_line(project: Path, line: str, said: str) -> None:
    _write(project, {"pyproject.toml": f"{MAP}{line}\n"})
    with pytest.raises(InputError) as caught:
        lint(["configs"], load(project))
    assert str(caught.value).startswith("pyproject.toml:17: ")
    assert said in str(caught.value)


def test_names_of_columns_metrics_and_risks_are_free(project: Path) -> None:
    more = '"data.columns.age.type" = "seed"\n"governance.risks.miss.level" = {value = "high"}\n'
    _write(project, {"pyproject.toml": MAP + more})
    assert "MAP002" in {code for _, code, _ in _said(project)}  # a seed is no type of a column, and is read as one


def test_a_spec_of_ours_is_judged_by_itself(project: Path) -> None:
    _write(project, {"configs/experiment/ours.yaml": "# @package _global_\nstdspec: '1'\nseed: 1\nnmae: x\n"})
    assert any(
        code.startswith("SPC") and place.startswith("configs/experiment/ours") for place, code, _ in _said(project)
    )


def test_without_a_map_nothing_is_judged(project: Path) -> None:
    _write(project, {"pyproject.toml": '[tool.stdspec]\nconf = "configs"\n'})
    assert _said(project) == []
    assert specs("configs").composed == ()


def test_the_stage_and_the_standards_are_those_of_a_spec_where_the_map_names_none(project: Path) -> None:
    _write(project, {"pyproject.toml": '[tool.stdspec]\nconf = "configs"\n[tool.stdspec.map]\nseed = "seed"\n'})
    found = dict(specs("configs").composed)["configs/experiment/seeded.yaml"]
    assert (found.get(("stage",)), found.get(("standards",))) == ("research", ["stdspec/base@1"])
    assert [item.label for item in named.standards(["configs"], load(project))] == ["stdspec/base@1"]


@pytest.mark.parametrize(
    ("lines", "says", "column", "said"),
    [
        ('stage = "env"\n', "env: prod\n", 6, "'stage' is 'prod' and must be one of"),
        (
            'stage = "env"\n',
            "env: ${oc.env:STAGE}\n",
            6,
            "stage is left to the run; it decides",
        ),
        (
            'standards = "stds"\n',
            "stds: [null]\n",
            7,
            "'standards[0]' is null and must be text",
        ),
    ],
)
def test_an_experiment_of_which_it_is_open_what_is_asked_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, says: str, column: int, said: str
) -> None:
    _write(tmp_path, {"stdspec.toml": f'conf = "configs"\n[map]\n{lines}', "configs/config.yaml": says})
    monkeypatch.chdir(tmp_path)
    (found,) = [item for item in lint(["configs"], load(tmp_path)).findings if item.code == "MAP003"]
    assert found.severity is Severity.ERROR
    assert found.message.startswith(said)
    assert found.span is not None
    assert (Path(found.span.file).name, found.span.line, found.span.column) == ("config.yaml", 1, column)
    ((_, fault),) = specs("configs").uncomposed
    assert fault == found.message


@pytest.mark.parametrize("says", ["stds: null\n", "stds: []\n", "other: 1\n"])
def test_where_an_experiment_names_no_standards_the_base_judges_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    lines = 'standards = "stds"\nseed = {none = true}\nstage = {value = "candidate"}\n'
    _write(tmp_path, {"stdspec.toml": f'conf = "configs"\n[map]\n{lines}', "configs/config.yaml": says})
    monkeypatch.chdir(tmp_path)
    assert "TRN001" in [item.code for item in lint(["configs"], load(tmp_path)).findings]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('"" = "seed"\n', "'' in the map is no path"),
        ('"." = {value = 3}\n', "'.' in the map is no path"),
        ('"seed." = "seed"\n', "'seed.' in the map is no path"),
        ('"training.epochs" = "a"\n[map.training]\nepochs = "b"\n', "the map gives 'training.epochs' twice"),
    ],
)
def test_a_line_that_gives_no_path_or_one_given_already_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    _write(tmp_path, {"stdspec.toml": f"[map]\n{lines}"})
    with pytest.raises(InputError) as refused:
        load(tmp_path)
    assert refused.value.message == said


def test_a_standard_that_does_not_exist_is_said_at_the_map(project: Path) -> None:
    _write(project, {"pyproject.toml": f'{MAP}standards = {{value = ["stdspec/bas@1"]}}\n'})
    (found,) = (item for item in _said(project) if item[1] == "STD010")
    assert found[0] == "pyproject.toml:17:1"


def test_a_file_outside_the_project_shows_nothing(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("deterministic: hunter2\ndevices: 1\n", encoding="utf-8")
    (project / "configs/trainer/default.yaml").unlink()
    (project / "configs/trainer/default.yaml").symlink_to(outside)
    report = lint(["configs"], load(project))
    assert "hunter2" not in "".join(item.message for item in report.findings)
    assert {item.code for item in report.findings} >= {"HYD006"}
    assert not any(item.code in ("MAP002", "TRN001") for item in report.findings)


def test_a_standard_says_beforehand_whom_it_would_fail_and_what_the_map_does_not_say(project: Path) -> None:
    found = forecast(load_standard("stdspec/base@1", load(project)), specs("configs"), clock.today())
    assert sentence(found) == "1 of 2 experiments would fail"
    assert [item.name for item in found.failing] == ["configs/experiment/unseeded.yaml"]
    unsaid = {clause.id: why_unsaid(found, clause) for clause, _ in found.unsaid()}
    assert (
        unsaid["DAT007"] == "the map does not reach data.origin.collected, data.origin.method, data.origin.preparation"
    )
    assert unsaid["DAT001"] == "the map does not reach data.source, which decides whether this is asked"
    assert not unsaid.keys() & {clause.id for clause, _ in found.by_clause()}


def test_the_command_shows_both(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["standard", "check", "stdspec/base@1", "--against", "configs"]) == 0
    text = capsys.readouterr().out
    assert "1 of 2 experiments would fail" in text
    assert "of which the map of the project does not say enough" in text
    assert max(map(len, text.splitlines())) <= 80
    assert run(["standard", "check", "stdspec/base@1", "--against", "configs", "--format", "json"]) == 0
    (against,) = json.loads(capsys.readouterr().out)["against"]
    assert against["failing"] == ["configs/experiment/unseeded.yaml"]
    assert {
        "id": "CMP002",
        "standard": "stdspec/base@1",
        "number": 2,
        "reason": "the map does not reach compute.shape",
    } in (against["not_said"])


def test_what_is_not_said_closes_no_hook(project: Path) -> None:
    assert run(["lint", "configs/experiment/seeded.yaml"]) == 0
    assert run(["lint", "configs/experiment/unseeded.yaml"]) == 1


def test_a_project_setting_puts_a_clause_aside_as_ever(project: Path) -> None:
    aside = '[tool.stdspec.lint.per-path."configs/train.yaml"]\nignore = ["TRN001"]\n'
    _write(project, {"pyproject.toml": MAP.replace("[tool.stdspec.map]", f"{aside}\n[tool.stdspec.map]")})
    assert _said(project) == []


def test_many_experiments_are_judged_alike_with_and_without_a_cache(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STDSPEC_CACHE", str(tmp_path_factory.mktemp("cache")))
    for number in range(80):
        seed = f"seed: {number}\n" if number % 4 else ""
        text = f"# @package _global_\n{seed}model: {{optimizer: {{lr: 0.00{number + 1:02}}}}}\n"
        _write(project, {f"configs/experiment/e{number:02}.yaml": text})
    first = lint(["configs"], load(project), cached=True, jobs=None).findings
    assert lint(["configs"], load(project), cached=True, jobs=None).findings == first
    assert lint(["configs"], load(project)).findings == first
    (unseeded,) = (item for item in first if item.code == "TRN001")
    assert unseeded.message.endswith("(in 21 specs)")
    _write(project, {"pyproject.toml": MAP.replace('seed = "seed"', "seed = {value = 7}")})
    assert not any(item.code == "TRN001" for item in lint(["configs"], load(project), cached=True, jobs=None).findings)
