"""Every rule about whole projects accepts its good cases and says of its bad ones exactly what it promises."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from stdspec.lint import catalog
from stdspec.lint.engine import lint
from stdspec.lint.project import ProjectCase
from stdspec.settings import Settings

CODES = list(catalog.project_modules())


def _found(case: ProjectCase, code: str, root: Path) -> list[tuple[str, str]]:
    for name, text in case.files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return [
        (f"{Path(item.span.file).relative_to(root).as_posix()}:{item.span.line}", item.message)
        for item in lint([str(root)], Settings(root=root, packages=case.packages)).findings
        if item.code == code and item.span is not None
    ]


@pytest.mark.parametrize(
    ("code", "index"), [(code, index) for code in CODES for index in range(len(catalog.load_project(code).good))]
)
def test_a_good_project_gives_nothing(code: str, index: int, tmp_path: Path) -> None:
    assert _found(catalog.load_project(code).good[index], code, tmp_path) == []


@pytest.mark.parametrize(
    ("code", "index"), [(code, index) for code in CODES for index in range(len(catalog.load_project(code).bad))]
)
def test_a_bad_project_gives_exactly_its_fault(code: str, index: int, tmp_path: Path) -> None:
    case = catalog.load_project(code).bad[index]
    assert _found(case, code, tmp_path) == [(case.place, case.message)]


@pytest.mark.parametrize("code", CODES)
def test_a_rule_explains_itself_and_is_known_by_its_file(code: str) -> None:
    rule = catalog.load_project(code)
    module = inspect.getmodule(rule.check)
    assert module is not None
    assert module.__name__.rsplit(".", 1)[1] == f"{code.lower()}_{rule.slug.replace('-', '_')}"
    assert rule.code == code
    assert min(len(rule.good), len(rule.bad)) > 1
    assert len(rule.why) > 80
    assert rule.why.endswith(".")
    for case in rule.bad:
        fact, _, remedy = case.message.partition("; ")
        assert fact
        assert remedy, f"{case.message!r} names no remedy"


NONSENSE = {
    "list.yaml": "[1, {a: b}]",
    "number.yaml": "3",
    "empty.yaml": "",
    "config.yaml": "defaults: 3\nhydra: [a]",
    "config1.yaml": "defaults: [3, null, {}, [a], {1: 2}, {optional: true}, {a: 1, b: 2}, {'': x}, '', {a: [1]}]",
    "config2.yaml": "defaults: {a: b}\nhydra: {searchpath: 3, run: {dir: [1]}, job: null, mode: {a: b}}",
    "config3.yaml": "hydra: {searchpath: [1, null, '', '://', 'pkg://', 'file://', 'pkg://..', x], job: {chdir: }}",
    "config4.yaml": "x: &d [{group: a}, {override group: '${'}, {'@': b}]\ndefaults: *d\n",
    "config5.yaml": "x: &d {defaults: [group: a]}\n<<: *d\nhydra: {<<: {run: {dirs: 1}}}\n",
    "config6.yaml": "# @package _group_._name_\ndefaults: ['a\\b@_name_', 'optional override x: y/', '/', {group: /}]",
    "group/a.yaml": "# @package\n1: 2\n? [a, b]\n: c\n_target_: [functools.partial]\n",
    "group/.yaml": "a: 1",
    "group/\u00e9 '\".yaml": "a: {_target_: functools.partial}\n---\nb: 1",
    "hydra/job/x.yaml": "true: 1\nconfig: {override_dirname: 3}",
    "hydra/x.yaml": "- a",
    "\u00fc/@/b.yaml": "# @package hydra.job.nope\na: 1",
    "main.py": "from hydra import main\n",
}


@pytest.mark.parametrize("folder", ["", "conf"])
def test_rules_survive_any_project(folder: str, tmp_path: Path) -> None:
    for name, text in NONSENSE.items():
        file = tmp_path / folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for path in (tmp_path, *sorted((tmp_path / folder).glob("*.yaml"))):
        for item in lint([str(path)], Settings(root=tmp_path)).findings:
            assert item.message
            assert item.span is None or item.span.line > 0
