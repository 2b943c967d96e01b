"""Which files are entry points."""

from pathlib import Path

import pytest

from stdspec import resources
from stdspec.compose.entries import Entry, find, yaml_files
from stdspec.errors import InputError
from stdspec.settings import Settings, load

from .trees import write

PROJECT = {
    "conf/config": "defaults: [stdspec/base, data: mine, model: mlp, _self_]",
    "conf/config_release": "defaults: [config, _self_]",
    "conf/nightly": "defaults: [config, _self_]\nname: nightly",
    "conf/shared": "# @package _global_\nname: shared",
    "conf/notes": "a: 1",
    "conf/data/mine": "defaults: [splits: random]",
    "conf/experiment/first": "# @package _global_\nname: first",
    "conf/experiment/deep/second": "# @package _global_\nname: second",
    "examples/churn/spec": "defaults: [stdspec/base, data: csv, model: mlp, _self_]",
    "examples/whole/spec": 'stdspec: "1"',
    "examples/other": "services: {}",
    "outputs/churn/spec": 'stdspec: "1"',
    ".hidden/spec": 'stdspec: "1"',
}


@pytest.fixture
def project(tmp_path) -> Settings:
    write(tmp_path, PROJECT)
    (tmp_path / "pyproject.toml").write_text("[tool.stdspec]\n", encoding="utf-8")
    return load(tmp_path)


def told(settings: Settings, path: str) -> list[str]:
    """The entry points as commands: the primary from the project's root, then the overrides."""
    found = find(settings.root / path, settings)
    return [
        " ".join((f"{Path(entry.config_dir).relative_to(settings.root)}/{entry.config_name}", *entry.overrides))
        for entry in found
    ]


PRIMARIES = ["conf/config", "conf/config_release", "conf/nightly"]
EXPERIMENTS = ["conf/config +experiment=first", "conf/config +experiment=deep/second"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", [*PRIMARIES, *EXPERIMENTS, "examples/churn/spec", "examples/whole/spec"]),
        ("conf", [*PRIMARIES, *EXPERIMENTS]),
        ("conf/experiment", EXPERIMENTS),
        ("conf/experiment/deep", EXPERIMENTS[1:]),
        ("conf/data", []),
        ("examples", ["examples/churn/spec", "examples/whole/spec"]),
        ("conf/config.yaml", ["conf/config"]),
        ("conf/nightly.yaml", ["conf/nightly"]),
        ("conf/shared.yaml", []),
        ("conf/notes.yaml", []),
        ("conf/data/mine.yaml", []),
        ("conf/experiment/deep/second.yaml", EXPERIMENTS[1:]),
        ("examples/churn/spec.yaml", ["examples/churn/spec"]),
        ("examples/other.yaml", ["examples/other"]),
        ("pyproject.toml", []),
    ],
)
def test_entry_points(project, path, expected):
    assert sorted(told(project, path)) == sorted(expected)


def test_an_entry_knows_the_file_to_edit(project):
    conf, file = project.root / "conf", project.root / "conf" / "experiment" / "first.yaml"
    assert find(file, project) == [Entry(str(conf), "config", ("+experiment=first",), str(file))]


def test_a_primary_that_chooses_an_experiment_needs_no_plus(project):
    write(project.root, {"conf/config": "defaults: [optional experiment: null, _self_]"})
    (entry,) = find(project.root / "conf" / "experiment" / "first.yaml", project)
    assert entry.overrides == ("experiment=first",)


def test_experiments_without_a_primary_stand_upon_the_shipped_one(tmp_path):
    write(tmp_path, {"conf/experiment/only": "# @package _global_\nname: only"})
    (entry,) = find(tmp_path, Settings(root=tmp_path))
    assert (entry.config_name, entry.overrides) == ("config", ("+experiment=only",))


def test_a_lone_file_is_an_entry_point_even_when_it_is_broken(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("a: [", encoding="utf-8")
    assert [entry.file for entry in find(path, Settings(root=tmp_path))] == [str(path)]


def test_nothing_at_the_path(tmp_path):
    with pytest.raises(InputError, match="there is no such file or folder"):
        find(tmp_path / "none", Settings(root=tmp_path))


def test_files_below_a_folder_leave_out_what_runs_wrote(project):
    found = [Path(file).relative_to(project.root).as_posix() for file in yaml_files(project.root, project)]
    assert sorted(found) == sorted(f"{name}.yaml" for name in PROJECT if not name.startswith(("outputs", ".hidden")))


def test_the_shipped_experiments_are_entry_points():
    settings = load(resources.conf())
    names = {entry.overrides for entry in find(resources.conf(), settings)}
    assert {("+experiment=digits",), ("+experiment=breast_cancer",), ("+experiment=lepton_mlp",), ()} <= names


RECIPES = {
    "recipes/train_a": "defaults: [optional data: one, override /net@model: two, _self_]",
    "recipes/train_b": "defaults: [train_a, _self_]",
    "recipes/data/one": "defaults: [common, _self_]",
    "recipes/data/common": "edge: 1",
    "recipes/net/two": "defaults: [act: relu, _self_]",
    "recipes/net/act/relu": "defaults: [_self_]",
    "recipes/other/config": "a: 1",
    "recipes/other/more/alone": "defaults: [_self_]",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", ["recipes/other/config", "recipes/train_b"]),
        ("recipes", ["recipes/other/config", "recipes/train_b"]),
        ("recipes/data", []),
        ("recipes/net/act", []),
        ("recipes/net/two.yaml", []),
        ("recipes/net/act/relu.yaml", []),
    ],
)
def test_folders_that_a_primary_chooses_from_are_groups(tmp_path, path, expected):
    write(tmp_path, RECIPES)
    (tmp_path / "pyproject.toml").write_text("[tool.stdspec]\n", encoding="utf-8")
    assert sorted(told(load(tmp_path), path)) == expected
