"""A new standard checks clean, and a slip in one of its lines never changes silently what it asks."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from stdspec import clock
from stdspec.cli.main import run as stdspec
from stdspec.errors import InputError
from stdspec.finding import Severity
from stdspec.lint import catalog, files
from stdspec.lint.checks import rule_check
from stdspec.settings import Settings
from stdspec.standard import load, selftest
from stdspec.standard.draft import draft

PARENT = "stdspec/manufacturing-quality@1"
NAME = "acme/x@1"


def made(parents, name="acme/x"):
    return draft(name, [load.load(parent, Settings(root=Path("nowhere"))) for parent in parents])


@pytest.fixture
def project(tmp_path):
    (tmp_path / "standards").mkdir()
    return Settings(root=tmp_path)


def written(project, text):
    path = project.root / "standards" / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def meaning(standard):
    """What a standard asks of whom: nothing of its words, its tests, and how its clauses are called and grouped."""
    asked = [
        (item.level, item.since, item.when, item.require, item.schema, item.rule, item.valid_for, item.accepts_assumed)
        for item in standard.clauses.values()
    ]
    return asked, standard.applies_to, standard.effective, standard.review_by, standard.extends, standard.drops


def outcome(project, text):
    """What the standard means to a spec that names it; None where check or loading says that something is wrong."""
    path = written(project, text)
    if any(item.severity is not Severity.INFO for item in files.check(str(path), project)):
        return None
    try:
        return meaning(load.load(NAME, project, catalog.modules().keys()))
    except load.StandardError:
        return None


@pytest.mark.parametrize(
    "parents",
    [(), ("stdspec/base@1",), (PARENT,), ("stdspec/finance-fraud@1",), ("stdspec/base@1", "stdspec/transport@1")],
)
def test_a_new_standard_checks_clean_as_it_is(parents, project):
    path = written(project, made(parents))
    assert list(files.check(str(path), project)) == []
    standard = load.load(NAME, project, catalog.modules().keys())
    assert list(selftest.run(standard, clock.today(), rule_check)) == []
    assert standard.extends == parents


def test_it_asks_more_than_its_parent_of_the_same_clause(project):
    written(project, made((PARENT,)))
    standard = load.load(NAME, project)
    parent = load.load(PARENT, project)
    own = [item for item in standard.clauses.values() if item.standard == NAME]
    assert [(item.id, item.tightens) for item in own] == [("ACME-DAT-01", None), ("ACME-MON-01", "MON004")]
    assert own[1].line == parent.clauses["MON004"].line


def test_a_parent_without_a_log_is_tightened_too(project):
    other = made(()).replace("acme/x", "acme/other")
    (project.root / "standards" / "other.yaml").write_text(other, encoding="utf-8")
    path = written(project, draft("acme/x", [load.load("acme/other@1", project)]))
    assert list(files.check(str(path), project)) == []
    own = [item for item in load.load(NAME, project).clauses.values() if item.standard == NAME]
    assert [(item.id, item.tightens) for item in own] == [("ACME-X-DAT-01", None), ("ACME-X-MON-01", "ACME-DAT-01")]


def test_every_line_that_says_something_stands_below_an_explanation():
    lines = made((PARENT,)).splitlines()
    for above, line in pairwise(lines):
        key = line.strip().partition(":")[0]
        if line and not line.strip().startswith("#") and key not in ("version", "en", "zh", "pass", "fail"):
            inside = above.strip().endswith(":") and not above.strip().startswith("#")
            assert above.strip().startswith("#") or inside, line


LINES = made((PARENT,)).splitlines()
SAYS = [number for number, line in enumerate(LINES) if line.strip() and not line.strip().startswith("#")]


def whole_line(number):
    """The text with one line gone, twice, moved, switched off, or in another order."""
    line, before, after = LINES[number], LINES[:number], LINES[number + 1 :]
    yield [*before, *after]
    yield [*before, line, line, *after]
    yield [*before, f"# {line}", *after]
    yield [*before, *after[:1], line, *after[1:]]
    for depth in (1, 2, 4):
        yield [*before, " " * depth + line, *after]
        if line.startswith(" " * depth):
            yield [*before, line[depth:], *after]
    yield [*before, "\t" + line, *after]
    yield [*before, line.lstrip("# ") if line.lstrip().startswith("#") else line.upper(), *after]
    yield [*before, re.sub(r"^( *)# ?", r"\1", line), *after]


def slips(number):
    """The text with one character of a line dropped, doubled, or in the place of its neighbour."""
    line, before, after = LINES[number], LINES[:number], LINES[number + 1 :]
    for at, sign in enumerate(line):
        if sign == " ":
            continue
        for slip in ("", sign * 2, line[at : at + 2][::-1]):
            end = at + max(1, len(slip) if slip != sign * 2 else 1)
            yield [*before, line[:at] + slip + line[end:], *after]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_whole_line_is_never_changed_silently(number, project):
    meant = outcome(project, "\n".join(LINES) + "\n")
    assert meant is not None
    for lines in whole_line(number):
        assert outcome(project, "\n".join(lines) + "\n") in (None, meant), lines[max(0, number - 2) : number + 3]


@pytest.mark.parametrize("number", SAYS)
def test_a_slip_of_a_finger_never_changes_silently_what_is_asked(number, project):
    meant = outcome(project, "\n".join(LINES) + "\n")
    for lines in slips(number):
        assert outcome(project, "\n".join(lines) + "\n") in (None, meant), lines[number]


@pytest.mark.parametrize("name", ["acme", "Acme/x", "acme/x/y", "/x", "acme/", "acme x/y", "a/b\n"])
def test_what_no_standard_can_be_called_is_refused_with_an_example(name):
    with pytest.raises(InputError, match=r"is no name of a standard; .*acme/visual-inspection"):
        draft(name, [])


def test_the_command_writes_it_where_check_finds_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert stdspec(["standard", "new", "acme/x", "--extends", PARENT]) == 0
    assert capsys.readouterr().out == "wrote standards/x.yaml; check it with: stdspec standard check standards/x.yaml\n"
    assert stdspec(["standard", "check"]) == 0
    assert "sound  acme/x@1: 2 clauses, 6 tests\n" in capsys.readouterr().out
    assert stdspec(["standard", "new", "acme/x"]) == 2
    assert "standards/x.yaml: there is something already; name another file with --out" in capsys.readouterr().err
