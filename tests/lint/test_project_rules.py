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
        for item in lint([str(root)], Settings(root=root)).findings
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
