"""A spec takes an industry's standard and the option with its questions, and lint asks them from their stages on."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec import resources, settings
from stdspec.lint.engine import lint
from stdspec.source.reader import read

PACKS = {path.stem: read(path).value for path in sorted(resources.packs().glob("*.yaml"))}
INDUSTRIES = {name: pack for name, pack in PACKS.items() if "industry" in pack.get("applies_to", {})}
SPEC = """\
defaults:
  - stdspec/base
  - data: digits
  - model: cnn
  - override /governance/industry: {option}
  - _self_
stage: {stage}
name: a
industry: {industry}
standards: [stdspec/{standard}@1]
"""


def _codes(root: Path, standard: str, stage: str) -> set[str]:
    (root / "stdspec.toml").write_text("", encoding="utf-8")
    file = root / "spec.yaml"
    industry = INDUSTRIES[standard]["applies_to"]["industry"]
    option = standard.replace("-", "_")
    file.write_text(SPEC.format(option=option, stage=stage, industry=industry, standard=standard), encoding="utf-8")
    return {item.code for item in lint([str(file)], settings.load(root)).findings}


@pytest.mark.parametrize("standard", INDUSTRIES)
def test_its_unanswered_questions_are_asked_of_a_release_and_its_form_is_right(standard: str, tmp_path: Path) -> None:
    clauses = INDUSTRIES[standard]["clauses"]
    found = _codes(tmp_path, standard, "release")
    assert not {code for code in found if code.startswith(("SPC", "HYD", "STD", "YML"))}
    asked = {
        name
        for name, clause in clauses.items()
        if any(path.startswith("spec.governance.industry.") for path in clause["require"]) and "when" not in clause
    }
    own = {clauses[name].get("tightens", name) for name in asked} | asked
    assert len(found & own) >= len(asked) * 0.9


@pytest.mark.parametrize("standard", INDUSTRIES)
def test_of_research_only_what_holds_from_research_is_asked(standard: str, tmp_path: Path) -> None:
    clauses = INDUSTRIES[standard]["clauses"]
    later = {name for name, clause in clauses.items() if clause["from"] != "research"}
    assert not _codes(tmp_path, standard, "research") & later
