"""A run folder that the user names: a run replaces its folder, so nothing else may be in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose.run_dir import filled, taken
from stdspec.errors import InputError
from stdspec.run import folder, named_folder

HYDRAS = ("config.yaml", "hydra.yaml", "overrides.yaml")


def hydras(place: Path, name: str = ".hydra") -> None:
    (place / name).mkdir(parents=True)
    for file in HYDRAS:
        (place / name / file).write_text(f"{file}\n")


def test_a_new_an_empty_and_an_earlier_run_may_be_named(tmp_path: Path) -> None:
    assert named_folder.check(str(tmp_path / "new" / "one")) == tmp_path / "new" / "one"
    (tmp_path / "empty").mkdir()
    assert named_folder.check(str(tmp_path / "empty")) == tmp_path / "empty"
    hydras(tmp_path / "point")
    assert named_folder.check(str(tmp_path / "point")) == tmp_path / "point"
    (tmp_path / "run").mkdir()
    for name in ("report.json", "plan.json", "notes.txt"):
        (tmp_path / "run" / name).touch()
    assert named_folder.check(str(tmp_path / "run")) == tmp_path / "run"


def test_a_folder_with_anything_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    (tmp_path / "file").touch()
    hydras(tmp_path / "mixed")
    (tmp_path / "mixed" / "data.csv").touch()
    for name in ("mine", "mixed"):
        with pytest.raises(InputError, match="this folder holds other files, and a run replaces its folder whole"):
            named_folder.check(str(tmp_path / name))
    with pytest.raises(InputError, match="this is a file"):
        named_folder.check(str(tmp_path / "file"))
    (tmp_path / "work" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "inner")
    for name in (".", ".."):
        with pytest.raises(InputError, match="the folder that the command works in"):
            named_folder.check(name)


def test_what_hydra_wrote_there_stays(tmp_path: Path) -> None:
    final, outputs = tmp_path / "sweep" / "0", tmp_path / "outputs"
    hydras(final, "of_hydra")
    for text in ("old", "new"):
        with folder.staged(final, outputs) as aside:
            (aside / "report.json").write_text(text)
            (aside / "plan.json").write_text(text)
            folder.publish(aside, final, outputs)
    assert {path.name for path in final.iterdir()} == {"report.json", "plan.json", "of_hydra"}
    assert (final / "report.json").read_text() == "new"
    assert {path.name for path in (final / "of_hydra").iterdir()} == set(HYDRAS)
    assert (outputs / "latest").resolve() == final
    assert {path.name for path in (tmp_path / "sweep").iterdir()} == {"0"}  # no lock and no remnant beside it


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (("a=1",), (None, ("a=1",))),
        (("hydra.run.dir=out/one", "a=1"), ("out/one", ("a=1",))),
        (("hydra.run.dir='/tmp/a=b, c'",), ("/tmp/a=b, c", ())),
        (("hydra.run.dir=one", "++hydra.run.dir=two", "hydra.verbose=true"), ("two", ("hydra.verbose=true",))),
    ],
)
def test_the_folder_is_taken_out_of_the_overrides(overrides, expected) -> None:
    assert taken(overrides) == expected


@pytest.mark.parametrize("override", ["hydra.run.dir=null", "hydra.run.dir=3", "~hydra.run.dir", "hydra.run.dir="])
def test_what_is_no_folder_is_refused(override: str) -> None:
    with pytest.raises(InputError, match=r"write hydra\.run\.dir=FOLDER"):
        taken([override])


def test_references_are_filled_in_by_hydra(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("name: x\n")
    assert filled("out/plain", str(tmp_path), "config", (), None) == "out/plain"
    text = "out/${name}-${hydra:job.config_name}-${now:%Y}"
    found = filled(text, str(tmp_path), "config", ("name=y",), None)
    assert found.rpartition("-")[0] == "out/y-config"
    with pytest.raises(InputError, match=r"hydra\.run\.dir cannot be filled in"):
        filled("${nope}", str(tmp_path), "config", (), None)
