"""What a clean run of lint loads: rules one by one, and never the manual of what other layers find."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stdspec.lint import catalog
from stdspec.lint.engine import lint
from stdspec.lint.project import ProjectCase
from stdspec.settings import Settings

ROOT = Path(__file__).parents[2]
CODE = """
import json, sys
from stdspec.lint.engine import lint
report = lint(["conf"])
print(json.dumps([len(report.findings), sorted(name for name in sys.modules if name.startswith("stdspec."))]))
"""


def test_a_clean_lint_loads_no_page_of_the_manual() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, check=True, capture_output=True, text=True)
    count, loaded = json.loads(done.stdout)
    assert count == 0
    assert "stdspec.lint.engine" in loaded
    assert set(catalog.forms().values()).isdisjoint(loaded)
    assert {"stdspec.lint.form", "stdspec.lint.manual"}.isdisjoint(loaded)


ONE = """
import json, sys
from stdspec.lint.engine import lint
report = lint([sys.argv[1]])
print(json.dumps([[item.code for item in report.findings], sorted(name for name in sys.modules)]))
"""


def test_a_spec_of_its_own_loads_no_rule_that_has_nothing_to_look_at(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("stdspec: 1\nname: alone\nstage: research\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", ONE, str(spec)], check=True, capture_output=True, text=True)
    loaded = set(json.loads(done.stdout)[1])
    about_projects = {code for code, name in catalog.project_modules().items() if name in loaded}
    assert about_projects.isdisjoint(catalog.NEEDS)
    assert "stdspec.lint.rules.hydra.project.hyd026_plain_secret" in loaded
    assert not any(name.startswith("stdspec.lint.rules.hydra.hyd01") for name in loaded)
    assert loaded.isdisjoint({"stdspec.compose.grammar", "shutil", "stdspec.lint.target"})


CASES = [
    (code, case)
    for code in catalog.project_modules()
    for case in (*catalog.load_project(code).good, *catalog.load_project(code).bad)
]


@pytest.mark.parametrize(("code", "case"), CASES, ids=[f"{code}-{index}" for index, (code, _) in enumerate(CASES)])
def test_what_is_not_asked_would_have_said_nothing(
    code: str, case: ProjectCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in case.files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    settings = Settings(root=tmp_path, packages=case.packages)
    found = lint([str(tmp_path)], settings).findings
    monkeypatch.setattr(catalog, "NEEDS", {})
    monkeypatch.setattr(catalog, "_CONCERNS", {})
    assert lint([str(tmp_path)], settings).findings == found
    assert any(item.code == code for item in found) is bool(case.message)
