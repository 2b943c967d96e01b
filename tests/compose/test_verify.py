"""The check against the installed Hydra, and that nothing else needs Hydra."""

import subprocess
import sys

import pytest

from stdspec.compose import compose_with_origins, hydra_adapter
from stdspec.compose.verify import against_hydra, first_difference, question
from stdspec.errors import InputError

from .trees import TREE, write


def test_equal_compositions_have_no_difference(tmp_path):
    write(tmp_path, TREE)
    composed = compose_with_origins(str(tmp_path), "config", ["+experiment=fast", "port=1"])
    assert against_hydra(str(tmp_path), "config", ["+experiment=fast", "port=1"], composed.value) is None


def test_the_shipped_groups_are_on_both_search_paths(tmp_path):
    text = "defaults: [stdspec/base, data: csv, model: mlp, override /training/optimizer: sgd, _self_]\nname: churn"
    write(tmp_path, {"churn": text})
    composed = compose_with_origins(str(tmp_path), "churn", ["data.source.path=x.csv"])
    assert against_hydra(str(tmp_path), "churn", ["data.source.path=x.csv"], composed.value) is None
    assert composed.choices["training/optimizer"] == "sgd"


def test_a_difference_is_named(tmp_path):
    write(tmp_path, TREE)
    composed = compose_with_origins(str(tmp_path), "config", [])
    assert (
        against_hydra(str(tmp_path), "config", ["port=81"], composed.value) == "port is 81 for Hydra and 80 for stdspec"
    )


def test_a_refusal_of_hydra_is_named(tmp_path):
    write(tmp_path, TREE)
    said = against_hydra(str(tmp_path), "config", ["nothing.at.all=1"], {})
    assert said is not None
    assert said.startswith("Hydra refuses what stdspec composes: Could not override 'nothing.at.all'")


@pytest.mark.parametrize(
    ("expected", "found", "sentence"),
    [
        ({"a": 1}, {"a": 1.0}, "a is 1 for Hydra and 1.0 for stdspec"),
        ({"a": True}, {"a": 1}, "a is True for Hydra and 1 for stdspec"),
        ({"a": {"b": 1}}, {"a": {}}, "a.b exists for Hydra and not for stdspec"),
        ({}, {"a": 1}, "a exists for stdspec and not for Hydra"),
        ({"a": [1, 2]}, {"a": [1]}, "a has 2 items for Hydra and 1 for stdspec"),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "a[1].b is 2 for Hydra and 3 for stdspec"),
        ({"a": float("nan")}, {"a": float("nan")}, None),
    ],
)
def test_first_difference(expected, found, sentence):
    assert first_difference(expected, found, ()) == sentence


@pytest.mark.parametrize("version", ["1.3.2", "1.4.0", "1.2.0"])
def test_other_versions_of_hydra_are_refused(monkeypatch, version):
    monkeypatch.setattr(hydra_adapter, "version", lambda _name: version)
    hydra_adapter.check_version.cache_clear()
    try:
        with pytest.raises(InputError, match=f"hydra-core {version} is installed"):
            hydra_adapter.check_version()
    finally:
        hydra_adapter.check_version.cache_clear()


def test_plain_compositions_import_neither_hydra_nor_omegaconf():
    code = """
import sys
from stdspec import resources
from stdspec.compose import compose_with_origins
for name in ("digits", "breast_cancer", "lepton_mlp"):
    compose_with_origins(str(resources.conf()), "config", [f"+experiment={name}", "training.epochs=2", "seed=3"])
print([name for name in ("hydra", "omegaconf", "antlr4", "numpy", "torch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_runs_and_sweeps_wrote_changes_no_question(tmp_path):
    (tmp_path / "config.yaml").write_text("a: 1\n")
    asked = (str(tmp_path), "config", [], {"a": 1})
    before = question(*asked)
    assert before is not None
    for place in ("outputs/x/1", "multirun/day/time", "named"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "outputs/x/1/plan.json").write_text("{}")
    (tmp_path / "outputs/x/1/spec.yaml").write_text("a: 2\n")
    (tmp_path / "multirun/day/time/multirun.yaml").write_text("hydra: {searchpath: []}\n")
    (tmp_path / "multirun/day/time/0").mkdir()
    (tmp_path / "multirun/day/time/0/spec.yaml").write_text("a: 3\n")
    assert question(*asked) == before
    (tmp_path / "named" / "option.yaml").write_text("b: 1\n")
    assert question(*asked) != before
