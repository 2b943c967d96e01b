"""Every rule accepts its good cases and says of its bad ones exactly what it promises."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.domains import DOMAINS, FORM
from stdspec.lint import catalog
from stdspec.lint.rule import Case, Rule
from stdspec.paths import dotted
from stdspec.settings import Settings
from tests.lint.specs import spec

CODES = list(catalog.modules())


def _check(rule: Rule, case: Case, root: Path) -> list[tuple[str, str]]:
    for name, text in case.files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    settings = Settings(root=root, allow_targets=case.allow)
    return [
        (dotted(fault.path), fault.message)
        for fault in rule.check(spec(case.spec, case.assumed), settings)
        if not fault.note
    ]


@pytest.mark.parametrize(
    ("code", "index"), [(code, index) for code in CODES for index in range(len(catalog.load(code).good))]
)
def test_a_good_case_gives_nothing(code: str, index: int, tmp_path: Path) -> None:
    rule = catalog.load(code)
    assert _check(rule, rule.good[index], tmp_path) == []


@pytest.mark.parametrize(
    ("code", "index"), [(code, index) for code in CODES for index in range(len(catalog.load(code).bad))]
)
def test_a_bad_case_gives_exactly_its_fault(code: str, index: int, tmp_path: Path) -> None:
    rule = catalog.load(code)
    case = rule.bad[index]
    assert _check(rule, case, tmp_path) == [(case.path, case.message)]


@pytest.mark.parametrize("code", CODES)
def test_a_rule_is_known_by_its_file(code: str) -> None:
    rule = catalog.load(code)
    module = inspect.getmodule(rule.check)
    assert module is not None
    stem = module.__name__.rsplit(".", 1)[1]
    assert stem == f"{code.lower()}_{rule.slug.replace('-', '_')}"
    domain = module.__name__.split(".")[-2]
    assert {**DOMAINS, **FORM}[domain] == code[:3]


@pytest.mark.parametrize("code", CODES)
def test_a_rule_explains_itself_and_shows_both_sides(code: str) -> None:
    rule = catalog.load(code)
    assert rule.code == code
    assert min(len(rule.good), len(rule.bad)) > 1
    assert len(rule.why) > 80
    assert rule.why.endswith(".")
    assert not rule.summary.endswith(".")
    for case in rule.bad:
        fact, mark, remedy = case.message.partition("; ")
        assert fact
        assert mark, f"{case.message!r} names no remedy"
        assert remedy
        assert not case.message.endswith(".")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        (
            "{data: 3, compute: [], model: x, training: null, evaluation: 1.5, deployment: y, monitoring: [1], "
            "governance: z}"
        ),
        (
            "{data: {source: [], columns: [a], splits: 3, target: x, quality: y}, compute: {limits: 3, secrets: [], "
            "devices: x},"
            " model: {signature: 3, base: x}, training: {batch: 64, checkpoint: x, stop: [], trainer: 3, task: 7},"
            " evaluation: {metrics: [a], method: x}, deployment: {exports: x, serving: 3, runtime: x, previous: y},"
            " monitoring: {metrics: 3, log: x}, governance: {risks: [x], fairness: 3}, stage: 9, seed: x, version: 3}"
        ),
        (
            "{data: {columns: {a: 3, b: null}, splits: {shares: {train: x}}}, model: {signature: {inputs: 3, outputs: "
            "{y: "
            "3}}},"
            " evaluation: {metrics: {accuracy: 3, f1: null}}, monitoring: {metrics: {a: 3}}, governance: {risks: {a: "
            "3},"
            " fairness: {groups: x, metric: []}}, deployment: {serving: {replicas: 3}, exports: {onnx: 3}}, stage: "
            "release}"
        ),
    ],
)
def test_a_rule_survives_any_value_at_any_place(code: str, text: str, tmp_path: Path) -> None:
    for fault in catalog.load(code).check(spec(text), Settings(root=tmp_path)):
        assert fault.message


def test_a_shape_of_the_project_is_in_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "conf" / "compute").mkdir(parents=True)
    (tmp_path / "conf" / "compute" / "warehouse.yaml").write_text("shape: warehouse\n", encoding="utf-8")
    check = catalog.load("CMP002").check
    assert list(check(spec("compute: {shape: warehouse}"), Settings(root=tmp_path))) == []
    assert (resources.conf() / "compute" / "local.yaml").is_file()
