"""``stdspec plan`` as a user types it: what would run and why, two plans compared, no torch and nothing written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from msgspec import structs

from stdspec.cli import force as forcing
from stdspec.cli.main import run as stdspec
from stdspec.cli.masked import Mask
from stdspec.cli.plan_text import Printer
from stdspec.plan.model import Node
from stdspec.plan.why import Reason
from stdspec.run.dry_run import Fate, Step

SPEC = """\
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 2}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = "".join(f"{20 + number % 40},{number % 7},{'yes' if number % 3 else 'no'}\n" for number in range(200))
    (tmp_path / "train.csv").write_text(f"age,visits,churned\n{rows}")
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "stdspec.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_a_project_that_never_ran(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stdspec(["plan", "spec.yaml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "data      run: never ran",
        "split     run (after data): never ran",
        "train     run (after split): never ran",
        "evaluate  run (after train): never ran",
        "gate      run (after evaluate): never ran",
        "package   run (after gate): never ran",
        "",
        "6 to run, 0 from the store",
    ]
    assert sorted(path.name for path in project.iterdir()) == ["spec.yaml", "stdspec.toml", "train.csv"]


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del project
    assert stdspec(["plan", "spec.yaml", "--json", "--force=train,gate"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["name"] == "churn"
    assert said["summary"] == {"run": 6, "hit": 0}
    assert [node["id"] for node in said["nodes"] if node["forced"]] == ["train", "gate"]
    first = said["nodes"][0]
    assert (first["id"], first["action"], first["reasons"]) == ("data", "run", [{"what": "never"}])
    assert first["key"].startswith("sha256:")
    assert said["nodes"][1]["after"] == ["data"]


def test_a_refused_spec_shows_its_findings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "spec.yaml").write_text(SPEC.replace("epochs: 2", "epochz: 2"))
    assert stdspec(["plan", "spec.yaml"]) == 1
    assert "SPC001" in capsys.readouterr().out


def test_a_data_file_that_is_not_the_declared_one_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = f"{{path: train.csv, digest: {{train.csv: 'sha256:{'0' * 64}'}}}}"
    (project / "spec.yaml").write_text(SPEC.replace("{path: train.csv}", wrong))
    assert stdspec(["plan", "spec.yaml"]) == 2
    heard = capsys.readouterr().err
    assert "train.csv: the file has the digest sha256:" in heard
    assert f"and the spec declares sha256:{'0' * 64}" in heard


def test_a_data_file_that_is_not_there_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "train.csv").unlink()
    assert stdspec(["plan", "spec.yaml"]) == 2
    assert "train.csv: the data file does not exist" in capsys.readouterr().err


def test_an_unknown_node_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del project
    assert stdspec(["plan", "spec.yaml", "--force=trian"]) == 2
    assert "the plan has no node 'trian'; did you mean 'train'?" in capsys.readouterr().err


def test_torch_is_not_loaded(project: Path) -> None:
    code = (
        "import sys\nfrom stdspec.cli.main import run\nstatus = run(['plan', 'spec.yaml'])\n"
        "heavy = {'torch', 'lightning', 'sklearn', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else status)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.run
def test_after_a_run_what_changed_is_named_with_its_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    assert stdspec(["run", "spec.yaml"]) in (0, 1)
    capsys.readouterr()
    stdspec(["plan", "spec.yaml"])
    assert capsys.readouterr().out.splitlines()[-1] == "nothing to run, all 6 from the store"
    (project / "spec.yaml").write_text(SPEC.replace("epochs: 2", "epochs: 3"))
    stdspec(["plan", "spec.yaml", "training.batch.global=16"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "data      hit",
        "split     hit",
        "train     run",
        "    training.batch.global: 64 → 16  <command line> training.batch.global=16",
        "    training.epochs: 2 → 3  spec.yaml:5:42",
    ]
    assert lines[-1] == "1 to run, 3 more if the result before them changes, 2 from the store"
    with (project / "train.csv").open("a") as stream:
        stream.write("30,2,yes\n")
    stdspec(["plan", "spec.yaml"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["data      run", "    input data changed: train.csv"]
    assert lines[-1] == "2 to run, 4 more if the result before them changes, 0 from the store"


def reason(name: str, node: str, kind: str = "train") -> Step:
    made = Node(node, kind, "fake:run", {}, "model", {}, {}, {})
    return Step(made, Fate.RUN, reasons=(Reason("config", name, [1], [2], "conf/a.yaml:1:1"),))


def printed(*steps: Step, width: int = 80) -> list[str]:
    return list(Printer(color=False, width=width, mask=Mask(), overrides=()).lines(steps))


def test_what_holds_for_several_folds_is_said_once() -> None:
    assert printed(reason("seed", "train-1"), reason("seed", "train-2"), reason("lr", "train-3")) == [
        "train-1  run",
        "    seed: [1] → [2]  conf/a.yaml:1:1",
        "train-2  run",
        "    as train-1",
        "train-3  run",
        "    lr: [1] → [2]  conf/a.yaml:1:1",
        "",
        "3 to run, 0 from the store",
    ]


def test_a_place_that_does_not_fit_has_a_line_of_its_own_and_many_sources_are_counted() -> None:
    many = tuple(Reason("code", f"acme/net{number}.py") for number in range(9))
    step = structs.replace(reason("training.schedule.warmup", "train"), reasons=many)
    assert printed(step)[1] == "    acme/net0.py, acme/net1.py and 7 more sources changed"
    assert printed(reason("training.schedule.warmup", "train"), width=48)[1:3] == [
        "    training.schedule.warmup: [1] → [2]",
        "      conf/a.yaml:1:1",
    ]


def test_a_damaged_entry_is_said_on_the_line_of_its_node() -> None:
    step = structs.replace(reason("seed", "train"), reasons=(), damaged="model.json is gone")
    assert printed(step)[0] == "train  run (entry damaged: model.json is gone)"
    assert Printer(color=False, width=80, mask=Mask(), overrides=()).data(step)["damaged"] == "model.json is gone"


def test_a_secret_is_masked() -> None:
    old, new = "hunter2-is-the-old-one", "hunter2-is-the-new-one"
    step = structs.replace(reason("x", "train"), reasons=(Reason("config", "model.api_key", old, new),))
    text = "\n".join(printed(step))
    assert "model.api_key: hu… → hu…" in text
    assert json.dumps(Printer(color=False, width=80, mask=Mask(), overrides=()).data(step)).count("hunter2") == 0


@pytest.mark.run
def test_memory_reads_the_data_and_keeps_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    assert stdspec(["plan", "spec.yaml", "--memory", "--json", "compute.limits.memory=1MiB"]) == 0
    said = json.loads(capsys.readouterr().out)
    memory = said["memory"]
    parts = ("parameters", "gradients", "optimizer", "average", "activations")
    assert memory["total"] == sum(memory[name] for name in parts)
    assert memory["parameters"] > 0
    assert "compute.limits.memory allows 1MiB" in memory["warnings"][0]
    assert said["summary"]["hit"] == 0
    assert not (project / ".stdspec").exists()


@pytest.fixture
def two(project: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Two plans: another number of epochs, no evaluation, a secret."""
    assert stdspec(["compile", "spec.yaml", "-o", "a.json"]) == 0
    assert stdspec(["compile", "spec.yaml", "training.epochs=7", "training.ema=0.9", "-o", "b.json"]) == 0
    capsys.readouterr()
    return project


def test_two_plans_are_compared(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del two
    assert stdspec(["plan", "--diff", "a.json", "b.json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("training.epochs: 2 → 7")
    assert "~ node train: config" in lines
    assert lines[-1].startswith("spec ")
    assert all(len(line) <= 80 for line in lines)
    assert stdspec(["plan", "--diff", "a.json", "a.json"]) == 0
    assert capsys.readouterr().out == "the plans are the same\n"


def test_two_plans_are_compared_as_json(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del two
    assert stdspec(["plan", "--diff", "a.json", "b.json", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert not said["same"]
    assert said["nodes"] == {"added": [], "removed": [], "changed": {"train": ["config"]}}
    epochs = next(item for item in said["config"] if item["path"] == "training.epochs")
    assert (epochs["old"]["value"], epochs["new"]["value"]) == (2, 7)
    assert epochs["old"]["place"] == "spec.yaml:5:42"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--diff", "a.json", "spec.yaml"], "this is no plan"),
        (["--diff", "a.json", "none.json"], "the plan cannot be read"),
        (["--diff", "a.json", "latest"], "there is no latest run"),
        (["--diff", "a.json", "a.json", "seed=1"], "leave the rest out"),
    ],
)
def test_what_cannot_be_compared_is_said(
    two: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    del two
    assert stdspec(["plan", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "force", "spec"),
    [
        ([], False, ()),
        (["--force"], True, ()),
        (["--force", "+experiment=digits"], True, ("+experiment=digits",)),
        (["+experiment=digits", "--force"], True, ("+experiment=digits",)),
        (["--force=train"], ("train",), ()),
        (["--force=train,gate", "a=1", "--force=data"], ("train", "gate", "data"), ("a=1",)),
        (["--force=train", "--force"], True, ()),
        (["--", "--force"], False, ("--force",)),
    ],
)
def test_force_alone_or_with_nodes(words: list[str], force: forcing.Force, spec: tuple[str, ...]) -> None:
    @click.command(cls=forcing.Command)
    @click.argument("spec", nargs=-1)
    @forcing.option
    def command(spec: tuple[str, ...], force: forcing.Force) -> tuple[forcing.Force, tuple[str, ...]]:
        return force, spec

    assert command.main(words, standalone_mode=False) == (force, spec)
