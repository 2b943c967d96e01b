"""A sample of the benchmark's seeded faults: a misspelt word is mended to the very text it was made from."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stdspec.lint.fix import Mended, mend

BENCH = Path(__file__).parents[1] / "bench"
SPELLING = ("misspelt key", "misspelt kind", "misspelt value", "misspelt option", "misspelt class")
"""How the names of the faults begin of which the text is known that they were made from."""
FEW = 5
"""One in so many of the generated faults."""
EACH = 31
"""One in so many of those is tried."""


@pytest.fixture(scope="module")
def faults() -> Any:
    sys.path.insert(0, str(BENCH))
    try:
        return importlib.import_module("faults")
    finally:
        sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def folder(faults: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the benchmark."""
    path: Path = tmp_path_factory.mktemp("workspace").resolve()
    faults.workspace(path)
    return path


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STDSPEC_TODAY", "2026-01-01")


def _tried(faults: Any, folder: Path) -> Iterator[tuple[Any, bytes, Mended, Mended]]:
    """Each fault, the text it was made from, and what is made of it: what is certain, and what is likely, too."""
    for mutant in list(faults.mutants(faults.texts(folder), FEW))[::EACH]:
        path = folder / mutant.file
        before, where = path.read_bytes(), faults._scope(folder, mutant.file)
        path.write_text(mutant.text, encoding="utf-8")
        yield mutant, before, mend([where]), mend([where], unsafe=True)
        path.write_bytes(before)


def _texts(found: Mended) -> dict[str, bytes]:
    return {change.path: change.after for change in found.changes}


def test_seeded_faults_are_mended_to_what_they_were_made_from(faults: Any, folder: Path) -> None:
    missed, misspelt = [], 0
    for mutant, clean, certain, likely in _tried(faults, folder):
        path = str(folder / mutant.file)
        assert set(_texts(certain)) <= set(_texts(likely)) <= {path}, mutant.where
        if mutant.kind.startswith(SPELLING):
            misspelt += 1
            assert certain.changes == (), f"{mutant.kind} {mutant.where}: what was meant is not certain"
            if _texts(likely).get(path) != clean:
                missed.append(f"{mutant.kind} {mutant.where}")
    assert misspelt > 10
    assert len(missed) <= misspelt // 50, missed
