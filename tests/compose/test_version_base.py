"""Older rules: what `version_base` 1.1 takes and 1.2 no longer does, judged by the installed Hydra."""

import pytest

from .trees import TREE, disagreement, write

OLD = {
    "header group": {"config": "defaults: [db: a]", "db/a": "# @package _group_\nx: 1"},
    "header group within": {"config": "defaults: [db: a]", "db/a": "# @package _group_.y\nx: 1"},
    "header name": {"config": "defaults: [db: a]", "db/a": "# @package _group_._name_\nx: 1"},
    "package name": {"config": "defaults: [db@here._name_: a, db@_name_: b]", "db/a": "x: 1", "db/b": "x: 2"},
    "name and override": {"config": "defaults: [db@_name_: a, override db@a: b]", "db/a": "x: 1", "db/b": "x: 2"},
    "optional beside": {"config": "defaults: [{db: none_such, optional: true}, db: a]", "db/a": "x: 1"},
    "not optional beside": {"config": "defaults: [{db: none_such, optional: false}]", "db/a": "x: 1"},
    "optional alone": {"config": "defaults: [optional: a]", "optional/a": "x: 1"},
    "three keys": {"config": "defaults: [{db: a, optional: true, more: b}]", "db/a": "x: 1"},
    "hydra without override": {"config": "defaults: [hydra/job_logging: disabled, db: a, _self_]", "db/a": "x: 1"},
    "reference to a place": {"config": "defaults: [db: a, x: '${defaults.0.db}']", "db/a": "x: 1", "x/a": "y: 1"},
}


@pytest.mark.parametrize("version_base", ["1.1", "1.2", "1.3"])
@pytest.mark.parametrize("files", OLD.values(), ids=OLD.keys())
def test_old_forms(tmp_path, files, version_base):
    write(tmp_path, files)
    assert disagreement(tmp_path, "config", [], version_base) is None


@pytest.mark.parametrize("version_base", ["1.1", "1.2"])
@pytest.mark.parametrize(
    "name", ["config", "packages", "lists", "overriding", "computed", "global_file", "must_choose"]
)
def test_the_usual_forms(tmp_path, name, version_base):
    write(tmp_path, TREE)
    for overrides in ([], ["db=postgres"], ["+experiment=fast"], ["~db"], ["+db@more._name_=sqlite"]):
        assert disagreement(tmp_path, name, overrides, version_base) is None


@pytest.mark.parametrize("version_base", ["1.1", "1.2"])
@pytest.mark.parametrize("choice", ["a.yml", "a"])
def test_files_of_the_other_ending(tmp_path, choice, version_base):
    write(tmp_path, {"config": f"defaults: [db: {choice}]"})
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "a.yml").write_text("x: 1\n")
    assert disagreement(tmp_path, "config", [], version_base) is None
