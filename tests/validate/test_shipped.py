"""What ships is valid, and so is every example of the language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stdspec import resources
from stdspec.compose.verify import against_hydra
from stdspec.domains import DOMAINS
from stdspec.paths import ConfigPath
from stdspec.source.reader import read
from stdspec.validate import check, check_part

from .cases import EXPERIMENTS, Compose, release, shipped

SMALLEST = """
defaults: [stdspec/base, data: csv, model: mlp, _self_]
stage: research
name: churn
data: {source: {path: train.csv}, target: {column: churned}}
training: {task: classification, epochs: 5}
"""
OWN = """
defaults: [stdspec/base, _self_]
model: {_target_: acme.nets.Net, width: 64}
data: {_target_: acme.data.Claims, root: /data/claims}
training: {max_steps: 2000, trainer: {log_every_n_steps: 10}, loggers: {tensorboard: {}}}
"""
BOUGHT = f"""
defaults: [stdspec/base, data: csv, model: onnx, override /training: none, _self_]
model: {{path: vendor/triage.onnx, digest: "sha256:{"0" * 64}"}}
data: {{source: {{path: train.csv}}, target: {{column: churned}}}}
"""
OPTIONS = sorted(
    path.relative_to(resources.conf())
    for path in resources.conf().rglob("*.yaml")
    if path.parent.name not in ("conf", "experiment", "stdspec")
)


def test_the_primary_is_valid() -> None:
    assert check(shipped()) == []


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_valid(name: str) -> None:
    assert check(shipped(f"+experiment={name}")) == []


@pytest.mark.parametrize("text", [SMALLEST, OWN, BOUGHT], ids=["smallest", "own", "bought"])
def test_the_examples_of_the_language_are_valid(write: Compose, text: str) -> None:
    assert check(write(text)) == []


@pytest.mark.parametrize("text", [SMALLEST, OWN, BOUGHT], ids=["smallest", "own", "bought"])
def test_hydra_itself_composes_the_examples_alike(write: Compose, tmp_path: Path, text: str) -> None:
    assert against_hydra(str(tmp_path), "config", [], write(text).value) is None


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_hydra_itself_composes_the_experiments_alike(name: str) -> None:
    overrides = [f"+experiment={name}", "training.epochs=2", "model.dropout=0.3"]
    assert against_hydra(str(resources.conf()), "config", overrides, shipped(*overrides).value) is None


def test_a_whole_release_is_valid() -> None:
    assert check(release()) == []


@pytest.mark.parametrize("path", OPTIONS, ids=str)
def test_every_option_is_valid_by_itself(path: Path) -> None:
    assert check_part(_options(path), path.parts[:-1], _nowhere) == []


@pytest.mark.parametrize("path", [path for path in OPTIONS if len(path.parts) == 2], ids=str)
def test_every_option_can_be_chosen(path: Path) -> None:
    """An option is valid in place of the default; what it leaves open is said, and nothing else."""
    group, option = path.parts[0], path.stem
    extra = ["training=none"] if option == "onnx" else []
    found = check(shipped(f"{group}={option}", *extra))
    assert {item.code for item in found} <= {"SPC006"}
    assert all("has no value yet (???)" in item.message for item in found)


@pytest.mark.parametrize("path", [path for path in OPTIONS if len(path.parts) == 3], ids=str)
def test_every_nested_option_leaves_nothing_of_another_kind(path: Path) -> None:
    composed = shipped(f"{'/'.join(path.parts[:-1])}={path.stem}")
    assert {item.code for item in check(composed)} <= {"SPC006"}
    assert set(composed.get(path.parts[:-1])) == set(_options(path))


def test_overrides_of_identifier_keys_need_no_plus(write: Compose) -> None:
    composed = write(SMALLEST, "model.hidden=[8]", "training.optimizer.lr=0.5", "training.max_steps=3", "seed=1")
    assert check(composed) == []
    assert composed.get(("training", "optimizer", "lr")) == 0.5


def test_every_domain_group_offers_a_choice() -> None:
    for domain in DOMAINS:
        assert len(list((resources.conf() / domain).glob("*.yaml"))) >= 2, domain


def _nowhere(path: ConfigPath, key: bool) -> None:
    """Where a file is checked by itself, only whether something is found matters here."""


def _options(path: Path) -> Any:
    document = read(resources.conf() / path)
    assert document.ok
    return {key: value for key, value in document.value.items() if key != "defaults"}
