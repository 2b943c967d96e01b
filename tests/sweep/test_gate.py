"""Every point is linted before the first one starts, and nothing starts when one is at fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.pipeline import RefusedError
from stdspec.settings import Settings
from stdspec.sweep import gate
from stdspec.sweep.run import refuse_code

from .conftest import stdspec


def refused(project: Path, *points: tuple[str, ...]) -> list[tuple[str, str]]:
    with pytest.raises(RefusedError) as caught:
        gate.check(points, str(project), "spec", Settings(root=project))
    return [(item.code, item.message) for item in caught.value.findings if item.severity == "error"]


def test_a_bad_point_is_named_by_its_overrides(project: Path) -> None:
    found = refused(project, ("training.epochs=0",), ("training.epochs=2",))
    assert found == [("SPC003", "'epochs' is 0 and must be at least 1 (in point 1 of 2: training.epochs=0)")]


def test_points_with_different_faults_are_one_list(project: Path) -> None:
    found = refused(project, ("training.epochs=1",), ("model=nope",), ("training.epochs=x",), ("training.epochs=x",))
    assert [code for code, _ in found] == ["HYD008", "SPC002"]
    assert "(in point 2 of 4: model=nope)" in found[0][1]
    assert "(in point 3 of 4: training.epochs=x, and 1 more)" in found[1][1]


def test_a_fault_of_all_points_is_one(project: Path) -> None:
    (project / "spec.yaml").write_text((project / "spec.yaml").read_text().replace("epochs: 2", "epochs: -1"))
    found = refused(project, ("model.dropout=0.1",), ("model.dropout=0.2",))
    assert [message for _, message in found] == ["'epochs' is -1 and must be at least 1 (in all 2 points)"]


def test_good_points_give_a_composed_one_and_the_warnings(project: Path) -> None:
    composed, warnings = gate.check(
        [("training.epochs=3",), ("training.epochs=4",)], str(project), "spec", Settings(root=project)
    )
    assert composed.get(("training", "epochs")) == 3
    assert all(item.severity != "error" for item in warnings)


@pytest.mark.parametrize("sweep", [("training.epochs=0,2",), ("training.epochs=2,0",), ("model=mlp,nope",)])
def test_nothing_starts(project: Path, sweep: tuple[str, ...]) -> None:
    ended = stdspec(project, "run", "spec.yaml", "-m", *sweep)
    assert ended.returncode == 1
    assert "of 2" in ended.stdout
    assert ended.stderr == "stdspec: the sweep has 1 error, so no point is run\n"
    assert not (project / "multirun").exists()
    assert not (project / ".stdspec").exists()


@pytest.mark.parametrize(
    "override",
    ["hydra.callbacks.x._target_=os.system", "hydra/launcher=submitit_slurm", "+hydra.job_logging.root=null"],
)
def test_the_command_line_may_not_have_code_run(override: str) -> None:
    with pytest.raises(RefusedError) as caught:
        refuse_code(["training.epochs=1,2", override])
    assert [(item.code, item.span.line) for item in caught.value.findings if item.span] == [("HYD005", 1)]


def test_plugins_in_the_working_folder_are_not_imported(project: Path) -> None:
    (project / "hydra_plugins").mkdir()
    (project / "hydra_plugins" / "mine.py").write_text("from pathlib import Path\nPath('imported').touch()\n")
    ended = stdspec(project, "run", "spec.yaml", "-m", "model.dropout=interval(0,0.1)")
    assert "has no single values, which the basic sweeper needs" in ended.stderr  # so Hydra was asked
    assert not (project / "imported").exists()


def test_a_sweep_that_cannot_be_read_is_one_sentence(project: Path) -> None:
    ended = stdspec(project, "run", "spec.yaml", "-m", "training.epochs=1,,2")
    assert ended.returncode == 2
    assert ended.stderr.startswith("stdspec: an override cannot be read: training.epochs=1,,2: ")
