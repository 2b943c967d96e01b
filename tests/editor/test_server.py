"""The exported schemas in the language server that editors use for YAML, in both drafts: what a user sees who types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stdspec.cli.main import run
from stdspec.cli.schema import write

from .client import NAME, Editor, command

START = command()
pytestmark = pytest.mark.skipif(START is None, reason=f"needs node and {NAME}: npm ci in tests/editor")
FILES = {
    "config": "conf/config.yaml",
    "experiment": "conf/experiment/*.yaml",
    "group/data": "conf/data/*.yaml",
    "group/model": "conf/model/*.yaml",
    "group/training/optimizer": "conf/training/optimizer/*.yaml",
}
EXPERIMENT = """\
# @package _global_
defaults:
  - override /data: digits
training:
  epochs: 5
  optimizer: {lr: 1e-3}
compute:
  limits: {time: 10min}
model:
  hidden: [8]
  
seed: ${oc.env:SEED}
"""  # noqa: W293 - keys are offered on the line that holds blanks alone


@pytest.fixture(scope="module", params=["draft-07", "2020-12"])
def editor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    assert START is not None
    root = tmp_path_factory.mktemp("project")
    write(root / "schemas")
    folder = root / "schemas" / request.param
    settings = {"schemas": {(folder / f"{name}.schema.json").as_uri(): files for name, files in FILES.items()}}
    with Editor(START, root, settings) as opened:
        yield opened


def seen(diagnostics: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    places = [(item["range"]["start"], item["message"]) for item in diagnostics]
    return sorted((start["line"], start["character"], message) for start, message in places)


def test_a_file_without_a_fault_shows_none(editor: Editor) -> None:
    assert seen(editor.open("conf/experiment/good.yaml", EXPERIMENT)) == []


def test_a_misspelt_key_is_shown_at_its_place(editor: Editor) -> None:
    found = editor.open("conf/experiment/bad.yaml", EXPERIMENT.replace("epochs", "epcohs"))
    assert seen(found) == [(4, 2, "Property epcohs is not allowed.")]


def test_a_bad_value_is_shown_with_what_it_must_be(editor: Editor) -> None:
    text = EXPERIMENT.replace("1e-3", "fast").replace("10min", "10 minutes")
    (_, _, rate), (_, _, time) = seen(editor.open("conf/experiment/values.yaml", text))
    assert rate == "Must be a number; or an interpolation such as ${seed}."
    assert time.startswith("Must be time of all trainings of the run")
    assert "such as 20ms or 180d; or an interpolation" in time


def test_a_key_of_another_kind_is_shown(editor: Editor) -> None:
    found = editor.open("conf/training/optimizer/other.yaml", "kind: adamw\nlr: 1e-3\nmomentum: 0.9\n")
    assert seen(found) == [(2, 0, "Property momentum is not allowed.")]


def test_the_kinds_are_offered_with_what_each_is(editor: Editor) -> None:
    editor.open("conf/training/optimizer/new.yaml", "kind: \n")
    offered = editor.completions("conf/training/optimizer/new.yaml", 0, 6)
    assert list(offered) == ["adamw", "adam", "sgd"]
    assert offered["sgd"]["documentation"] == "Stochastic gradient descent."


def test_the_keys_of_the_chosen_kind_are_offered_with_what_each_means(editor: Editor) -> None:
    editor.open("conf/training/optimizer/sgd.yaml", "kind: sgd\nlr: 0.1\n\n")
    offered = editor.completions("conf/training/optimizer/sgd.yaml", 2, 0)
    assert {"momentum", "nesterov", "weight_decay"} <= offered.keys()
    assert not {"betas", "eps", "lr"} & offered.keys()
    assert "momentum, from 0 up to" in offered["momentum"]["documentation"]


def test_an_experiment_offers_the_keys_of_every_kind_where_it_names_none(editor: Editor) -> None:
    editor.open("conf/experiment/keys.yaml", EXPERIMENT)
    offered = editor.completions("conf/experiment/keys.yaml", 10, 2)
    assert {"kind", "activation", "channels", "card"} <= offered.keys()


def test_the_groups_are_offered_in_a_defaults_list(editor: Editor) -> None:
    editor.open("conf/experiment/list.yaml", "# @package _global_\ndefaults:\n  - \n")
    offered = editor.completions("conf/experiment/list.yaml", 2, 4)
    assert {"override /data", "override /training/optimizer", "_self_"} <= offered.keys()


def test_the_industries_are_offered_and_another_is_accepted(editor: Editor) -> None:
    editor.open("conf/config.yaml", "industry: \n")
    assert {"healthcare", "smart-city"} <= editor.completions("conf/config.yaml", 0, 10).keys()
    assert seen(editor.open("conf/config.yaml", "industry: aviation\n")) == []


def test_hover_says_what_a_key_means_with_its_unit(editor: Editor) -> None:
    editor.open("conf/experiment/hover.yaml", EXPERIMENT)
    assert "The learning rate" in editor.hover("conf/experiment/hover.yaml", 5, 14)
    time = editor.hover("conf/experiment/hover.yaml", 7, 12)
    assert "Time of all trainings of the run" in time
    assert "a number and one of ms, s, min, h, d" in time


def test_hover_says_what_the_kinds_are(editor: Editor) -> None:
    editor.open("conf/training/optimizer/kind.yaml", "kind: adamw\n")
    assert "AdamW (decoupled weight decay)" in editor.hover("conf/training/optimizer/kind.yaml", 0, 2)


def test_own_code_takes_any_argument(editor: Editor) -> None:
    assert seen(editor.open("conf/model/own.yaml", "_target_: acme.nets.Net\nwidth: 3\n")) == []


def test_a_new_project_needs_no_settings_of_the_editor(tmp_path: Path) -> None:
    """The line at the head of each file names its schema."""
    assert START is not None
    assert run(["init", str(tmp_path / "project")]) == 0
    with Editor(START, tmp_path / "project", {}) as opened:
        for file in sorted((tmp_path / "project" / "conf").rglob("*.yaml")):
            text = file.read_text(encoding="utf-8")
            assert seen(opened.open(str(file), text)) == [], file
            found = seen(opened.open(str(file.with_name("bad.yaml")), f"{text}\nsede: 1\n"))
            marked = any("sede" in message for _, _, message in found)
            assert marked or file.parent.name == "model", file  # an option of the model may be for own code


def test_feedback_lies_beside_standards_and_is_none(tmp_path: Path) -> None:
    """Both files lie in one folder, and the settings that `init` writes tell them apart."""
    assert START is not None
    root = tmp_path / "project"
    assert run(["init", str(root)]) == 0
    told = json.loads((root / ".vscode" / "settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    schemas = {(root / name).as_uri(): pattern for name, pattern in told.items()}
    said = '{date: "2026-11-23", standard: stdspec/base@1, version: 1.0.0, clause: DAT002, kind: unclear, says: Why}'
    with Editor(START, root, {"schemas": schemas}) as opened:
        assert seen(opened.open(str(root / "standards/feedback.yaml"), f"feedback:\n- {said}\n")) == []
        assert seen(opened.open(str(root / "standards/acme.yaml"), f"feedback:\n- {said}\n")) != []
