"""A small part of the benchmark's seeded faults: each is found once, at its very span, with the word that was meant."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from stdspec.lint.engine import lint
from stdspec.settings import Settings

BENCH = Path(__file__).parents[1] / "bench"
FEW = 89
"""One in so many of the generated faults; a prime, so that every kind of fault and every file has its turn."""

CHOICES = ("misspelt option", "misspelt group")
"""Faults in a defaults list, of which Hydra's own terms give the item and not the word."""

FOLLOWED = ("drop seed", "put seed null")
"""Faults after which something else is missing, too: an interpolation elsewhere refers to what is taken out."""


@pytest.fixture(scope="module")
def faults() -> Any:
    """The benchmark's module; the files of `tests/bench` are scripts that find each other beside them."""
    sys.path.insert(0, str(BENCH))
    try:
        return importlib.import_module("faults")
    finally:
        sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def measured(faults: Any) -> tuple[list[Any], int]:
    found: tuple[list[Any], int] = faults.measured(FEW)
    return found


def _told(item: Any) -> str:
    found = [f"{one.code} {one.span} {one.message}" for one in item.found]
    return f"{item.mutant.kind}, {item.mutant.file}, {item.mutant.where} at {item.mutant.span}: {found}"


def test_the_specs_without_a_fault_are_quiet(measured: tuple[list[Any], int]) -> None:
    assert measured[1] == 0


def test_a_fault_is_found_at_its_very_span(measured: tuple[list[Any], int]) -> None:
    assert [_told(item) for item in measured[0] if item.exact is None and item.mutant.kind not in CHOICES] == []


def test_a_misspelt_choice_is_found_on_its_line(measured: tuple[list[Any], int]) -> None:
    choices = [item for item in measured[0] if item.mutant.kind in CHOICES]
    assert choices
    for item in choices:
        (found,) = item.found
        assert (found.code in item.mutant.codes, found.span.line) == (True, item.mutant.span[0]), _told(item)


def test_one_fault_is_one_finding(measured: tuple[list[Any], int]) -> None:
    assert [_told(item) for item in measured[0] if item.loud > 1 and item.mutant.where not in FOLLOWED] == []


def test_the_word_that_was_meant_is_suggested_and_none_for_a_random_one(measured: tuple[list[Any], int]) -> None:
    named = [item for item in measured[0] if item.exact is not None and item.mutant.meant is not None]
    assert {bool(item.mutant.meant) for item in named} == {True, False}
    assert [_told(item) for item in named if item.suggested is not bool(item.mutant.meant)] == []


def test_the_fault_is_where_the_mutation_says(faults: Any, tmp_path: Path) -> None:
    """The table itself: what stands at the place that it expects is what it wrote."""
    faults.workspace(tmp_path)
    for mutant in faults.mutants(faults.texts(tmp_path), FEW):
        at = mutant.text[slice(*mutant.at)]
        if mutant.kind.startswith("misspelt key") or mutant.kind in ("unknown value", "null"):
            assert at in ("zygomorph", "null") or mutant.where.endswith(f"> {at}"), mutant.where


def _shared(faults: Any, root: Path, before: str, after: str) -> list[tuple[str, str, int, str]]:
    faults.workspace(root)
    file = root / "conf" / "data" / "digits.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    report = lint([str(root / "conf")], Settings(root=root))
    return [
        (item.code, Path(item.span.file).name, item.span.line, item.message) for item in report.findings if item.span
    ]


def test_a_fault_in_a_shared_file_is_said_once_with_the_specs_it_reaches(faults: Any, tmp_path: Path) -> None:
    found = _shared(faults, tmp_path, "modality:", "modalty:")
    assert found == [
        ("SPC001", "digits.yaml", 16, "unknown key 'modalty'; did you mean 'modality'? (in 3 specs)"),
    ]


def test_a_faulty_value_is_found_though_every_spec_writes_over_it(faults: Any, tmp_path: Path) -> None:
    faults.workspace(tmp_path)
    file = tmp_path / "conf" / "data" / "breast_cancer.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("kind: standardize", "kind: standardise"), encoding="utf-8"
    )
    (found,) = lint([str(tmp_path / "conf")], Settings(root=tmp_path)).findings
    assert found.span is not None
    assert (found.code, Path(found.span.file).name) == ("SPC007", "breast_cancer.yaml")
    assert found.message == "unknown kind 'standardise'; did you mean 'standardize'?"


def test_a_list_where_others_write_a_mapping_is_one_fault_at_the_list(faults: Any, tmp_path: Path) -> None:
    (found,) = _shared(faults, tmp_path, "privacy: {scan: false}", "privacy: [1]")
    assert found[:2] == ("SPC002", "digits.yaml")
    assert found[3].startswith("'privacy' is a list and must be a mapping or null")
