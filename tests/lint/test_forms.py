"""Every code about form is found where its file says, by the functions that its file names, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.codes import SLUGS
from stdspec.domains import FORM
from stdspec.lint import catalog
from stdspec.lint.engine import lint
from stdspec.lint.form import FormCase
from stdspec.source import reader
from tests.lint.produced import producers

CODES = list(catalog.forms())


def _found(case: FormCase, code: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    for name, text in {"stdspec.toml": "", **case.files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    for name, target in case.links.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    _lock({str(root / name) for name in case.locked}, monkeypatch)
    monkeypatch.chdir(root)
    if case.today:
        monkeypatch.setenv("STDSPEC_TODAY", case.today)
    return [
        (
            f"{Path(item.span.file).relative_to(root).as_posix()}:{item.span.line}:{item.span.column}"
            if item.span
            else "-",
            item.message,
        )
        for item in lint([str(root)]).findings
        if item.code == code
    ]


def _lock(paths: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes files unreadable as the system does it, also for a user who may read everything."""
    real = reader._bytes_of

    def read(path: str) -> bytes:
        if path in paths:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(reader, "_bytes_of", read)


@pytest.mark.parametrize(
    ("code", "index"), [(code, index) for code in CODES for index in range(len(catalog.load_form(code).good))]
)
def test_a_good_case_gives_nothing(code: str, index: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _found(catalog.load_form(code).good[index], code, tmp_path, monkeypatch) == []


@pytest.mark.parametrize(
    ("code", "index"), [(code, index) for code in CODES for index in range(len(catalog.load_form(code).bad))]
)
def test_a_bad_case_gives_exactly_its_fault(
    code: str, index: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = catalog.load_form(code).bad[index]
    assert _found(case, code, tmp_path, monkeypatch) == [(case.place, case.message)]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_produced_by_the_functions_that_its_file_names_and_by_nothing_else(code: str) -> None:
    assert producers()[code] == set(catalog.load_form(code).found_by)


@pytest.mark.parametrize("code", CODES)
def test_a_form_explains_itself_and_is_known_by_its_file(code: str) -> None:
    form = catalog.load_form(code)
    *_, domain, stem = catalog.forms()[code].split(".")
    assert form.code == code
    assert stem == f"{code.lower()}_{form.slug.replace('-', '_')}"
    assert FORM[domain] == code[:3]
    assert min(len(form.good), len(form.bad)) > 1
    assert len(form.why) > 80
    assert form.why.endswith(".")
    assert not form.summary.endswith(".")
    for case in form.bad:
        assert case.message
        assert not case.message.endswith(".")


def test_every_code_has_its_file() -> None:
    assert sorted(CODES) == sorted(SLUGS)
