"""What Hydra makes of a sweep's command line, and what it must not make of it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser

from stdspec.compose import hydra_sweep
from stdspec.errors import ComposeError, InputError


def config(tmp_path: Path, text: str = "a: 1\nb: 2\nc: {d: x}\n", **files: str) -> str:
    for name, body in {"config": text, **files}.items():
        file = tmp_path / "conf" / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body)
    return str(tmp_path / "conf")


def prepared(folder: str, *overrides: str):
    return hydra_sweep.prepared(folder, "config", overrides, None, "1.3")


@pytest.mark.parametrize(
    "overrides",
    [
        ("a=1,2", "b=3"),
        ("a=choice(1,2)", "b=range(1,4)", "c.d=x,'y z'"),
        ("+e=1,2", "++f=3,4", "~b"),
        ("c={d: y},{d: z}",),
        ("a=1",),
    ],
)
def test_the_points_are_those_of_the_basic_sweeper(tmp_path, overrides) -> None:
    with prepared(config(tmp_path), *overrides) as sweep:
        points = [list(point) for point in sweep.tried]
    parsed = OverridesParser.create().parse_overrides(list(overrides))
    assert points == BasicSweeper.split_arguments(parsed, None)[0]
    assert sweep.total == len(points)
    assert sweep.directions == ()
    assert sweep.in_process


def test_what_a_file_sweeps_over_counts_and_the_command_line_beats_it(tmp_path) -> None:
    folder = config(tmp_path, "a: 1\nb: 2\nhydra: {sweeper: {params: {a: '1,2', b: '3,4'}}, sweep: {dir: there}}\n")
    with prepared(folder, "b=5") as sweep:
        assert [set(point) for point in sweep.tried] == [{"a=1", "b=5"}, {"a=2", "b=5"}]
        assert sweep.folder == Path.cwd() / "there"


def test_options_that_a_glob_lists(tmp_path) -> None:
    with prepared(config(tmp_path, m__one="x: 1", m__two="x: 2"), "+m=glob(*)") as sweep:
        assert sweep.tried == (("+m=one",), ("+m=two",))


def test_an_interval_is_for_sweepers_that_choose(tmp_path) -> None:
    with (
        pytest.raises(InputError, match=r"a=interval\(0,1\) has no single values"),
        prepared(config(tmp_path), "a=interval(0,1)"),
    ):
        pass


def test_too_many_points_are_refused_before_they_are_listed(tmp_path) -> None:
    with pytest.raises(InputError, match="more than 100000 values"), prepared(config(tmp_path), "a=range(0,1e9)"):
        pass
    with (
        pytest.raises(InputError, match="these are 4000000 points"),
        prepared(config(tmp_path), "a=range(0,2000)", "b=range(0,2000)"),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nhydra: {callbacks: {x: {_target_: subprocess.run, args: [touch, ran]}}}", "hydra.callbacks"),
        ("a: 1\nhydra: {launcher: {_target_: acme.Launcher}}", "hydra.launcher._target_ names acme.Launcher"),
        ("a: 1\nt: acme.L\nhydra: {launcher: {_target_: '${t}'}}", "hydra.launcher._target_ names acme.L"),
        ("a: 1\nhydra: {sweeper: {params: {_target_: os.system}}}", "hydra.sweeper.params._target_ names os.system"),
        ("a: 1\nhydra: {job: {env_set: {LD_PRELOAD: x}}}", "hydra.job.env_set"),
        ("a: 1\nhydra: {output_subdir: ../x}", "../x leads out of the folder of the sweep"),
        ("a: 1\nhydra: {sweep: {subdir: /tmp/x}}", "/tmp/x leads out of the folder of the sweep"),
    ],
)
def test_what_hydra_composed_is_judged_before_it_acts_on_it(tmp_path, text, words) -> None:
    with pytest.raises(ComposeError) as caught, prepared(config(tmp_path, text), "a=1,2"):
        pass
    assert words in str(caught.value)


def test_a_point_that_brings_callbacks_is_refused_when_its_turn_comes(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    evil = "# @package _global_\nhydra: {callbacks: {x: {_target_: subprocess.run, args: [touch, ran]}}}"
    folder = config(tmp_path, m__good="x: 1", m__evil=evil)
    ran = []
    with pytest.raises(ComposeError, match=r"hydra\.callbacks"), prepared(folder, "+m=good,evil") as sweep:
        sweep.run(lambda number, overrides, place: ran.append(overrides))
    assert ran == [("+m=good",)]
    assert not (tmp_path / "ran").exists()


def test_logging_that_a_file_configures_is_not_taken(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    logging = "hydra: {job_logging: {version: 1, root: {handlers: [f]}, handlers: {f: {'()': subprocess.run}}}}"
    ran = []
    with prepared(config(tmp_path, f"a: 1\n{logging}"), "a=1,2") as sweep:
        sweep.run(lambda number, overrides, place: ran.append((number, overrides, place.name)))
    assert ran == [(0, ("a=1",), "0"), (1, ("a=2",), "1")]


def test_a_sweep_leaves_what_hydra_leaves_and_no_state(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with prepared(config(tmp_path), "a=1,2", "hydra.sweep.dir=out", "hydra.sweep.subdir=n${hydra.job.num}") as sweep:
        sweep.run(lambda number, overrides, place: None)
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    of_hydra = {f"n{number}/.hydra/{name}.yaml" for number in (0, 1) for name in ("config", "hydra", "overrides")}
    assert files == {"multirun.yaml", *of_hydra}
    assert not GlobalHydra.instance().is_initialized()


def test_what_hydra_refuses_is_one_sentence(tmp_path) -> None:
    with (
        pytest.raises(ComposeError, match="Hydra refuses this sweep: Could not override 'zz'"),
        prepared(config(tmp_path), "a=1,2", "zz=1"),
    ):
        pass


def test_a_sweeper_that_chooses_is_tried_at_its_ends(tmp_path) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper", reason="needs the sweep extra")
    overrides = ("a=interval(1,9)", "b=3,4", "c.d=z", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=5")
    with prepared(config(tmp_path), *overrides, "hydra.sweeper.direction=maximize") as sweep:
        ends = [("a=1.0", "a=9.0"), ("b=3", "b=4"), ("c.d=z",)]
        assert sweep.tried == tuple(itertools.product(*ends))
        assert sweep.total == 5
        assert sweep.directions == ("maximize",)


def test_of_very_many_combinations_each_value_is_tried_once(tmp_path) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper", reason="needs the sweep extra")
    with prepared(config(tmp_path), "a=range(0,100)", "b=range(0,100)", "hydra/sweeper=optuna") as sweep:
        assert len(sweep.tried) == 199
        assert {text for point in sweep.tried for text in point} == {
            f"{key}={value}" for key in "ab" for value in range(100)
        }


def test_optuna_gets_its_numbers_and_writes_its_results(tmp_path, monkeypatch) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper", reason="needs the sweep extra")
    monkeypatch.chdir(tmp_path)
    storage = "hydra.sweeper.storage=sqlite:///study.db"
    asked = ("a=range(0,6)", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=8", "hydra.sweeper.sampler.seed=1")
    seen = []

    def job(number, overrides, place):
        seen.append(overrides[0])
        return (float(overrides[0].removeprefix("a=")) - 3) ** 2

    folder = config(tmp_path)
    with prepared(folder, *asked, storage, "hydra.sweeper.study_name=s", "hydra.sweep.dir=out") as sweep:
        sweep.run(job)
    results = (tmp_path / "out" / "optimization_results.yaml").read_text()
    best = min(seen, key=lambda text: (int(text[2:]) - 3) ** 2)
    value = float((int(best[2:]) - 3) ** 2)
    assert results == f"name: optuna\nbest_params:\n  a: {best[2:]}\nbest_value: {value}\n"
    assert (tmp_path / "study.db").is_file()
    again, seen[:] = list(seen), []
    with prepared(folder, *asked, "hydra.sweep.dir=out") as sweep:
        sweep.run(job)
    assert seen == again  # a seed asks for the same points, which the store then gives
