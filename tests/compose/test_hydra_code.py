"""What below `hydra:` could have code run: from a file, from an experiment, from the command line."""

from __future__ import annotations

import pytest

from stdspec.compose import compose_with_origins, hydra_code
from stdspec.settings import Settings

from .trees import write

CALLS = [
    ({"job_logging": {"version": 1}}, "hydra.job_logging"),
    ({"hydra_logging": {"root": {}}}, "hydra.hydra_logging"),
    ({"callbacks": {"mine": {"_target_": "os.system"}}}, "hydra.callbacks"),
    ({"launcher": {"_target_": "acme.Launcher"}}, "hydra.launcher._target_"),
    ({"launcher": "${mine}"}, "hydra.launcher"),
    ({"launcher": {"initializer": [{"_target_": "os.system"}]}}, "hydra.launcher.initializer.0._target_"),
    ({"sweeper": {"_target_": "${mine}"}}, "hydra.sweeper._target_"),
    ({"sweeper": {"sampler": {"_target_": "optuna.samplers.GPSampler"}}}, "hydra.sweeper.sampler._target_"),
    ({"sweeper": {"custom_search_space": "acme.space"}}, "hydra.sweeper.custom_search_space"),
    ({"sweeper": {"storage": "redis://somewhere"}}, "hydra.sweeper.storage"),
    ({"sweeper": {"storage": {"_target_": "optuna.storages.RedisStorage"}}}, "hydra.sweeper.storage"),
    ({"job": {"env_set": {"LD_PRELOAD": "mine.so"}}}, "hydra.job.env_set"),
    ({"job": {"env_copy": ["TOKEN"]}}, "hydra.job.env_copy"),
    ("${mine}", "hydra"),
]
HARMLESS = [
    None,
    {"run": {"dir": "here"}, "sweep": {"dir": "there"}, "callbacks": None, "job_logging": {}},
    {"launcher": {"_target_": hydra_code.LAUNCHERS["joblib"], "n_jobs": 2}},
    {"sweeper": {"n_trials": 3, "direction": "maximize", "sampler": {"seed": 1}, "params": {"a.b": "choice(1,2)"}}},
    {"sweeper": {"sampler": {"_target_": "optuna.samplers.TPESampler"}, "storage": "sqlite:///study.db"}},
    {"job": {"name": "x", "chdir": True}},
]


@pytest.mark.parametrize(("hydra", "path"), CALLS)
def test_what_could_have_code_run_is_named(hydra, path):
    assert [".".join(map(str, found)) for found, _ in hydra_code.of_values(hydra)] == [path]


@pytest.mark.parametrize("hydra", HARMLESS)
def test_what_runs_nothing_may_stand_there(hydra):
    assert list(hydra_code.of_values(hydra)) == []


def found(tmp_path, files, overrides=(), name="config"):
    conf = write(tmp_path / "conf", files)
    settings = Settings(root=tmp_path)
    composed = compose_with_origins(str(conf), name, overrides, append_shipped=False, settings=settings)
    return [(item.code, item.path, item.span.file.rpartition("/")[2]) for item in composed.findings]


def test_a_config_file_is_refused_at_its_key(tmp_path):
    files = {"config": "hydra: {sweeper: {sampler: {_target_: os.system}}}\na: 1"}
    assert found(tmp_path, files) == [("HYD005", "hydra.sweeper.sampler._target_", "config.yaml")]


def test_an_experiment_is_refused_at_its_key(tmp_path):
    experiment = "# @package _global_\nhydra: {callbacks: {mine: {_target_: os.system}}}\n"
    files = {"config": "a: 1", "experiment/x": experiment}
    assert found(tmp_path, files, ["+experiment=x"]) == [("HYD005", "hydra.callbacks", "x.yaml")]


def test_a_group_file_with_a_package_of_hydra_is_refused(tmp_path):
    files = {"config": "defaults: [mine: x]", "mine/x": "# @package hydra.callbacks\nmine: {_target_: os.system}\n"}
    assert found(tmp_path, files) == [("HYD005", "hydra.callbacks", "x.yaml")]


def test_an_option_of_ones_own_for_a_group_of_hydra_is_refused(tmp_path):
    files = {
        "config": "defaults: [{override hydra/job_logging: mine}, _self_]\na: 1",
        "hydra/job_logging/mine": "version: 1\nroot: {'()': os.system}\n",
    }
    assert found(tmp_path, files) == [("HYD005", "hydra.job_logging", "mine.yaml")]


@pytest.mark.parametrize(
    "override",
    [
        "hydra.callbacks.x._target_=os.system",
        "+hydra.callbacks.x._target_=os.system",
        "++hydra.callbacks={x: {_target_: os.system}}",
        "hydra.job_logging.version=1",
        "hydra/job_logging=none",
        "hydra/hydra_logging=disabled",
        "hydra.launcher._target_=acme.Launcher",
        "hydra.sweeper.custom_search_space=acme.space",
        "hydra.sweeper.storage=redis://somewhere",
    ],
)
def test_the_command_line_is_refused_as_well(tmp_path, override):
    codes = [(code, place) for code, _, place in found(tmp_path, {"config": "a: 1"}, [override])]
    assert codes == [("HYD005", "<command line>")]


@pytest.mark.parametrize(
    "overrides",
    [
        ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"],
        ["hydra/sweeper=optuna", "hydra/sweeper/sampler=random", "hydra.sweeper.n_trials=3"],
        ["hydra.job.env_set.A=1", "hydra.sweep.dir=here"],
    ],
)
def test_known_launchers_and_sweepers_may_be_chosen_whether_installed_or_not(tmp_path, overrides):
    assert found(tmp_path, {"config": "a: 1"}, overrides) == []


def test_an_experiment_may_choose_its_sweeper_and_what_it_sweeps_over(tmp_path):
    experiment = (
        "# @package _global_\ndefaults: [{override /hydra/sweeper: optuna}]\n"
        "hydra: {sweeper: {n_trials: 3, params: {a: 'choice(1, 2)'}}}\n"
    )
    assert found(tmp_path, {"config": "a: 1", "experiment/x": experiment}, ["+experiment=x"]) == []
