"""The hook, the action and the CI jobs: what they are made of is what GitHub, GitLab and pre-commit accept and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from stdspec.cli.main import run

ROOT: Final = Path(__file__).parents[2]
INSTALLED: Final = ("stdspec", "schemas", "conf", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
GOOD: Final = """\
defaults: [stdspec/base, data: digits, model: mlp, _self_]
name: digits
"""
WORKFLOW: Final = ROOT / "stdspec/templates/project/dot_github/workflows/stdspec.yml"
JOB: Final = ROOT / "stdspec/templates/project/dot_gitlab-ci.yml"
SERVICES: Final = [
    (ROOT / "action.yml", "vendor.github-actions"),
    (WORKFLOW, "vendor.github-workflows"),
    (JOB, "vendor.gitlab-ci"),
    (ROOT / "docs/ci/gitlab.yml", "vendor.gitlab-ci"),
]


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    ended = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return ended.stdout.strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds what is installed from this one."""
    if shutil.which("git") is None:
        pytest.skip("needs git, from which pre-commit takes its hooks")
    repository = tmp_path_factory.mktemp("stdspec")
    for name in INSTALLED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, repository / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, repository / name)
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "as it is")
    return repository


def test_pre_commit_blocks_a_bad_spec_and_passes_a_good_one(hook_repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="needs pre-commit, of the dev extra")
    wheels = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(tmp_path / "w"),
        "hatchling",
    ]
    if subprocess.run(wheels, capture_output=True, timeout=120).returncode:
        pytest.skip("needs a package index: pre-commit installs a hook from its source")
    project = tmp_path / "project"
    (project / "conf").mkdir(parents=True)
    hooks = [{"id": "stdspec-lint"}]
    listed = {"repo": str(hook_repository), "rev": git(hook_repository, "rev-parse", "HEAD"), "hooks": hooks}
    (project / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [listed]}), encoding="utf-8")
    git(project, "init", "--quiet")

    def committed(spec: str) -> subprocess.CompletedProcess[str]:
        (project / "conf" / "config.yaml").write_text(spec, encoding="utf-8")
        (project / "notes.yaml").write_text(
            "epcohs: 5\n", encoding="utf-8"
        )  # outside conf/: none of the hook's business
        git(project, "add", "--all")
        command = [sys.executable, "-m", "pre_commit", "run", "--color", "never"]
        env = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "environments"), "NO_COLOR": "1"}
        return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=300)

    bad = committed(GOOD + "training: {epcohs: 5}\n")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "conf/config.yaml:3:12: SPC001 unknown-key unknown key 'epcohs'; did you mean 'epochs'?" in " ".join(
        bad.stdout.split()
    )
    good = committed(GOOD + "training: {epochs: 5}\n")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    (environment,) = (tmp_path / "environments").glob("*/py_env-*")
    assert list(environment.glob("lib/python*/site-packages/stdspec"))
    assert not list(environment.glob("lib/python*/site-packages/torch"))
    begin_and_lint(environment / "bin" / "stdspec", tmp_path)


def begin_and_lint(stdspec: Path, folder: Path) -> None:
    """What is installed from a wheel, without torch, has all that a new project needs."""
    for arguments in (["init", "new"], ["lint", "new/conf", "--fail-on", "warning"]):
        ended = subprocess.run([stdspec, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (folder / "new" / ".github" / "workflows" / "stdspec.yml").is_file()


@pytest.mark.parametrize(("file", "schema"), SERVICES, ids=lambda item: item.name if isinstance(item, Path) else item)
def test_the_service_accepts_the_file_by_its_own_schema(file: Path, schema: str) -> None:
    pytest.importorskip("check_jsonschema", reason="needs check-jsonschema, of the dev extra")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, "-v"]
    if schema == "vendor.gitlab-ci":
        command += ["--data-transform", "gitlab-ci"]
    ended = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout


def test_the_hook_is_one_that_pre_commit_reads() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib", reason="needs pre-commit, of the dev extra")
    hooks = clientlib.load_manifest(ROOT / ".pre-commit-hooks.yaml")
    assert [(hook["id"], hook["entry"], hook["additional_dependencies"]) for hook in hooks] == [
        ("stdspec-lint", "stdspec lint --changed", [])
    ]


def steps() -> list[dict[str, Any]]:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = action["runs"]["steps"]
    return found


@pytest.mark.parametrize(
    ("spec", "fail_on", "status"), [(GOOD, "", 0), (GOOD + "sede: 1\n", "", 1), (GOOD + "sede: 1\n", "never", 0)]
)
def test_the_script_of_the_action_lints(tmp_path: Path, spec: str, fail_on: str, status: int) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash, in which GitHub runs the steps of an action")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text(spec, encoding="utf-8")
    (tmp_path / "more; exit 9").mkdir()
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = os.environ | {"PATH": places, "PATHS": "conf/config.yaml conf", "FAIL_ON": fail_on}
    script = [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", steps()[-1]["run"]]
    ended = subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert ("::error file=conf/config.yaml,line=3," in ended.stdout) == ("sede" in spec)


def test_no_script_of_the_action_holds_an_input() -> None:
    assert [step["run"] for step in steps() if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("file", [WORKFLOW, JOB, ROOT / "docs/ci/gitlab.yml"], ids=lambda path: path.name)
def test_what_a_job_runs_is_understood(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = [line.strip(" -") for line in file.read_text(encoding="utf-8").splitlines()]
    commands = [
        line.removeprefix("run: ").split() for line in lines if "stdspec lint -" in line or "stdspec lint conf" in line
    ]
    assert commands
    for command in commands:
        assert run(["conf" if word == "$STDSPEC_PATHS" else word for word in command[1:]]) == 0
    if "--output" in commands[0]:
        assert json.loads((tmp_path / commands[0][commands[0].index("--output") + 1]).read_text(encoding="utf-8")) == []
