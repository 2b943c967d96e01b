"""``stdspec init``: the project lints clean and runs, and no file of the user's is ever written over."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from os import environ
from pathlib import Path

import jsonschema
import pytest
import yaml

from stdspec import __version__
from stdspec.cli.init import contents
from stdspec.cli.main import run
from stdspec.lint.engine import lint
from stdspec.validate import schemas
from stdspec.validate.export import documents

INDUSTRIES = schemas.load("spec")["properties"]["industry"]["examples"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run(["init", str(tmp_path / "Reads Digits")]) == 0
    monkeypatch.chdir(tmp_path / "Reads Digits")
    return tmp_path / "Reads Digits"


@pytest.mark.parametrize("where", ["conf", "."])
def test_the_project_lints_without_a_single_finding(project: Path, where: str) -> None:
    report = lint([where])
    assert report.findings == ()
    assert report.entries == ("conf/config.yaml", "conf/config.yaml +experiment=first")


@pytest.mark.run
def test_the_experiment_runs(project: Path) -> None:
    pytest.importorskip("torch", reason="needs the run extra")
    command = [sys.executable, "-m", "stdspec", "run", "+experiment=first"]
    env = environ | {"OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "metric  accuracy=" in ended.stdout
    assert len(list(project.glob("outputs/reads-digits/*/report.html"))) == 1


def test_it_holds_what_a_project_needs(project: Path) -> None:
    expected = {"README.md", "stdspec.toml", ".gitignore", ".pre-commit-config.yaml", ".gitlab-ci.yml"}
    expected |= {".github/workflows/stdspec.yml", ".vscode/settings.json", "conf/experiment/first.yaml"}
    files = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert expected <= files
    assert not [path for path in files if "<<" in (project / path).read_text(encoding="utf-8")]
    hook = yaml.safe_load((project / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"][0]
    assert hook["additional_dependencies"] == [f"stdspec=={__version__}"]


def test_each_file_names_a_schema_that_is_there_and_accepts_it(project: Path) -> None:
    for file in (project / "conf").rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        (line,) = (line for line in text.splitlines() if "$schema=" in line)
        assert line.startswith("# yaml-language-server: ")
        schema = json.loads((file.parent / line.partition("$schema=")[2]).read_text(encoding="utf-8"))
        jsonschema.Draft7Validator(schema).validate(yaml.safe_load(text))


def test_the_editor_is_told_of_schemas_and_folders_that_fit(project: Path) -> None:
    told = json.loads((project / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    for schema, pattern in told.items():
        assert (project / schema).is_file()
        group = schema.partition("/group/")[2].removesuffix(".schema.json")
        assert not group or pattern == f"conf/{group}/*.yaml"
    assert len(told) == len(documents("7")) - 1  # all but that of stdspec.toml, which is no YAML


def test_the_settings_are_read_and_name_their_schema(project: Path) -> None:
    text = (project / "stdspec.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./schemas/draft-07/settings.schema.json\n")
    jsonschema.Draft7Validator(documents("7")["settings"]).validate(tomllib.loads(text))


def test_a_file_that_says_something_else_stops_it_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    assert run(["init", str(tmp_path)]) == 2
    assert "README.md exists already, and nothing was written; --keep leaves files" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_files_that_exist_are_kept_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("mine\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_bytes(b"\xff")
    assert run(["init", "--keep", str(tmp_path)]) == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine\n"
    assert (tmp_path / ".gitignore").read_bytes() == b"\xff"
    assert (tmp_path / "conf" / "experiment" / "first.yaml").is_file()
    assert "left as they were: .gitignore, README.md" in " ".join(capsys.readouterr().err.split())


def test_it_may_be_called_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    (project / "conf" / "model" / "small.yaml").unlink()
    capsys.readouterr()
    assert run(["init"]) == 0
    assert capsys.readouterr().out == "conf/model/small.yaml\n"
    assert {path for path in project.rglob("*") if path.is_file() and path.stat().st_mtime_ns != before.get(path)} == {
        project / "conf" / "model" / "small.yaml"
    }


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_an_industry_stands_in_the_spec(industry: str) -> None:
    assert yaml.safe_load(contents("x", industry)["conf/config.yaml"])["industry"] == industry


def test_no_industry_is_null_in_the_spec() -> None:
    assert yaml.safe_load(contents("x", None)["conf/config.yaml"])["industry"] is None


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("helthcare", "did you mean 'healthcare'?"),
        ("Smart City", "did you mean 'smart-city'?"),
        ("underwater basketry", "the industries are agriculture, education, energy"),
    ],
)
def test_an_unknown_industry_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, remedy: str
) -> None:
    assert run(["init", str(tmp_path / "new"), "--industry", given]) == 2
    assert f"there is no industry '{given}'; {remedy}" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Reads Digits", "reads-digits"),
        ("2024", "2024"),
        ("on", "on"),
        ("1e-3", "1e-3"),
        ("№", "first"),
        ("x" * 120, "x" * 100),
    ],
)
def test_the_name_of_the_system_is_the_folders(tmp_path: Path, folder: str, name: str) -> None:
    assert run(["init", str(tmp_path / folder)]) == 0
    assert yaml.safe_load((tmp_path / folder / "conf/config.yaml").read_text(encoding="utf-8"))["name"] == name
    assert lint([str(tmp_path / folder / "conf")]).findings == ()


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert run(["init", str(tmp_path / "taken")]) == 2
    assert "this is a file and no folder" in capsys.readouterr().err


def test_a_file_where_a_folder_must_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "conf").write_text("", encoding="utf-8")
    assert run(["init", str(tmp_path)]) == 2
    assert "conf: this is a file where the project needs a folder, and nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["conf"]


def test_what_to_type_next_can_be_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "Reads Digits")]) == 0
    assert f"cd '{tmp_path}/Reads Digits' && stdspec lint conf" in capsys.readouterr().err
