"""What lint says is the same with the cache and without it, whatever changed since; and the cache spares the work."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.compose import policy
from stdspec.lint import checks, database, engine, plain

SPEC = """\
# @package _global_
defaults:
  - override /data: digits
  - override /model: mlp
  - _self_
name: digits-{number}
seed: {number}
standards: [stdspec/base@1]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "conf" / "experiment").mkdir(parents=True)
    (root / "stdspec.toml").write_text("", encoding="utf-8")
    shutil.copy(resources.conf() / "config.yaml", root / "conf" / "config.yaml")
    (root / "conf" / "model").mkdir()
    (root / "conf" / "model" / "own.yaml").write_text("kind: mlp\nhidden: [8]\n", encoding="utf-8")
    for number in range(4):
        (root / "conf" / "experiment" / f"e{number}.yaml").write_text(SPEC.format(number=number), encoding="utf-8")
    monkeypatch.setattr(engine, "CACHED_FROM", 1)
    monkeypatch.setenv("STDSPEC_CACHE", str(tmp_path / "cache"))
    return root


def both(root: Path) -> engine.Report:
    """The report with the cache, after a look that it is the one without."""
    plain = engine.lint([str(root)])
    assert engine.lint([str(root)], cached=True) == plain
    return plain


def spared(root: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of the five entry points the cache spares."""
    anew: list[str] = []
    real = engine._entry

    def counted(entry, name, settings, plains):  # type: ignore[no-untyped-def]
        anew.append(name)
        return real(entry, name, settings, plains)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "_entry", counted)
        report = engine.lint([str(root)], cached=True)
    return len(report.entries) - len(anew)


def test_a_second_run_finds_nothing_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    assert spared(project, monkeypatch) == 5


def test_only_what_reads_a_changed_file_is_looked_at(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    changed = project / "conf" / "experiment" / "e2.yaml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("seed: 2", "sede: 2"), encoding="utf-8")
    assert spared(project, monkeypatch) == 4
    assert "sede" in " ".join(item.message for item in both(project).findings)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("conf/config.yaml", "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nname: x\n"),
        ("conf/data/digits.yaml", "kind: none\n"),
        ("stdspec.toml", "allow-targets = ['acme']\n"),
        ("standards/own.yaml", "standard: a/b\n"),
    ],
)
def test_all_that_a_spec_rests_on_counts(project: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str) -> None:
    both(project)
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text(text, encoding="utf-8")
    checks._settings_of.cache_clear()  # a process of its own reads them anew
    assert spared(project, monkeypatch) == 0
    both(project)


def test_another_day_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    monkeypatch.setenv("STDSPEC_TODAY", "2031-01-01")
    assert spared(project, monkeypatch) == 0


def test_own_code_counts_where_a_spec_names_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "stdspec.toml").write_text("allow-targets = ['acme']\n", encoding="utf-8")
    checks._settings_of.cache_clear()
    (project / "acme.py").write_text("class Net:\n    def __init__(self, width): ...\n", encoding="utf-8")
    own = SPEC.format(number=1) + "model: {_target_: acme.Net, width: 3}\n"
    (project / "conf" / "experiment" / "e1.yaml").write_text(own, encoding="utf-8")
    both(project)
    os.utime(project / "acme.py", ns=(1, 1))
    assert spared(project, monkeypatch) == 4


def test_a_link_is_never_taken_for_what_it_led_to(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    file = project / "conf" / "experiment" / "e0.yaml"
    outside = project.parent / "outside.yaml"
    shutil.move(file, outside)
    file.symlink_to(outside)
    policy._lies_inside.cache_clear()  # as in a process of its own
    assert {item.code for item in both(project).findings} >= {"HYD006"}


@pytest.mark.parametrize("bytes_", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_broken_database_is_no_fault_and_is_replaced(
    project: Path, monkeypatch: pytest.MonkeyPatch, bytes_: bytes
) -> None:
    both(project)
    (database,) = (project.parent / "cache").glob("*.db")
    database.write_bytes(bytes_)
    both(project)
    assert spared(project, monkeypatch) == 5


def test_nobody_else_may_read_what_is_kept(project: Path) -> None:
    both(project)
    (database,) = (project.parent / "cache").glob("*.db")
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700


def test_broken_rows_are_found_anew(project: Path) -> None:
    expected = both(project)
    (database,) = (project.parent / "cache").glob("*.db")
    with sqlite3.connect(database) as opened:
        opened.execute("UPDATE known SET packed = x'00ff'")
        opened.execute("UPDATE documents SET packed = x'93'")
    assert engine.lint([str(project)], cached=True) == expected


def test_another_version_of_stdspec_begins_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    monkeypatch.setattr(database, "__version__", "999.0.0")
    assert spared(project, monkeypatch) == 0


def test_random_edits_never_show(project: Path) -> None:
    random.seed(11)
    files = sorted((project / "conf").rglob("*.yaml"))
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    for _ in range(40):
        file = random.choice(files)
        lines = texts[file].splitlines()
        at = random.randrange(len(lines))
        lines[at] = random.choice(["", lines[at][:-1], lines[at] + "x", f"# {lines[at]}", "seed: ???", "a: ${nowhere}"])
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        both(project)
        if random.random() < 0.6:
            file.write_text(texts[file], encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_no_fault(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.parent / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("STDSPEC_CACHE", str(project.parent / "file" / "cache"))
    both(project)


def test_rules_about_the_project_see_a_spec_that_is_known(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unread = project / "conf" / "model" / "unread.yaml"
    unread.write_text("# @package _group_\nkind: mlp\nhidden: [8]\n", encoding="utf-8")
    assert "HYD038" in [item.code for item in both(project).findings]
    assert spared(project, monkeypatch) == 5
    assert "HYD038" in [item.code for item in both(project).findings]


def test_a_file_that_changes_while_it_is_composed_is_not_known(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = project / "conf" / "experiment" / "e2.yaml"
    real = engine._entry

    def disturbed(entry, name, settings, plains):  # type: ignore[no-untyped-def]
        found = real(entry, name, settings, plains)
        if entry.file == str(spec):
            spec.write_text(spec.read_text(encoding="utf-8").replace("seed: 2", "sede: 2"), encoding="utf-8")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(engine, "_entry", disturbed)
        assert "SPC001" not in [item.code for item in engine.lint([str(project)], cached=True).findings]
    assert "SPC001" in [item.code for item in both(project).findings]


def looked_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that a run with the cache shows to the rules about whole projects."""
    shown: list[str] = []
    real = plain.of_rules

    def noted(project, codes=None):  # type: ignore[no-untyped-def]
        shown.extend(Path(file.path).name for file in project.files)
        return real(project, codes)

    with monkeypatch.context() as patched:
        patched.setattr(plain, "of_rules", noted)
        engine.lint([str(root)], cached=True)
    return sorted(shown)


def test_rules_about_projects_look_only_at_what_changed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    assert looked_at(project, monkeypatch) == []
    changed = project / "conf" / "experiment" / "e2.yaml"
    changed.write_text(f"{changed.read_text(encoding='utf-8')}# again\n", encoding="utf-8")
    assert looked_at(project, monkeypatch) == ["e2.yaml"]
    assert looked_at(project, monkeypatch) == []


def test_a_new_file_has_rules_look_at_all_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both(project)
    (project / "conf" / "model" / "wide.yaml").write_text("kind: mlp\nhidden: [9]\n", encoding="utf-8")
    assert len(looked_at(project, monkeypatch)) == 7
    both(project)


def test_a_file_with_a_comment_for_lint_is_never_passed_over(project: Path) -> None:
    file = project / "conf" / "model" / "own.yaml"
    file.write_text("kind: mlp\nhidden: [8]  # stdspec: ignore[SPC001] why\n", encoding="utf-8")
    for _ in range(2):
        assert "LNT003" in [item.code for item in both(project).findings]


def test_a_choice_that_makes_folders_groups_counts_for_every_file(project: Path) -> None:
    for file in (project / "conf" / "experiment").iterdir():
        file.unlink()
    (project / "conf" / "model" / "own.yaml").rename(project / "conf" / "model" / "1e3.yaml")
    primary = project / "conf" / "config.yaml"
    primary.write_text("stdspec: 1\nname: x\n", encoding="utf-8")
    for _ in range(2):
        assert "HYD032" not in [item.code for item in both(project).findings]
    primary.write_text("defaults:\n- model: '1e3'\n- _self_\nstdspec: 1\nname: x\n", encoding="utf-8")
    for _ in range(2):
        assert "HYD032" in [item.code for item in both(project).findings]


def test_a_search_path_counts_for_every_file(project: Path) -> None:
    experiment = project / "conf" / "experiment" / "e1.yaml"
    experiment.write_text("# @package _global_\ndefaults: [/model: wdie, _self_]\nname: x\n", encoding="utf-8")
    (project / "conf" / "model" / "wide.yaml").write_text("kind: mlp\nhidden: [9]\n", encoding="utf-8")
    both(project)
    other = project / "conf" / "experiment" / "e2.yaml"
    text = other.read_text(encoding="utf-8")
    for more in ("hydra: {searchpath: ['file://more']}\n", "# none\n", "hydra: {searchpath: []}\n", ""):
        other.write_text(text + more, encoding="utf-8")
        both(project)
        both(project)


def test_a_file_of_another_group_than_its_own_is_named_each_time(project: Path) -> None:
    (project / "conf" / "model" / "lost.yml").write_text("kind: mlp\n", encoding="utf-8")
    for _ in range(3):
        assert "HYD025" in [item.code for item in both(project).findings]


def test_an_option_that_comes_later_counts_where_its_group_is_called_env(project: Path) -> None:
    experiment = project / "conf" / "experiment" / "e1.yaml"
    text = experiment.read_text(encoding="utf-8")
    experiment.write_text(text.replace("  - _self_", "  - optional /env: local\n  - _self_"), encoding="utf-8")
    both(project)
    (project / "conf" / "env").mkdir()
    (project / "conf" / "env" / "local.yaml").write_text("# @package _global_\nsede: 4\n", encoding="utf-8")
    assert "sede" in " ".join(item.message for item in both(project).findings)


def test_what_other_lists_make_a_fault_is_one_where_they_are_known(project: Path) -> None:
    (project / "conf" / "1 bad").mkdir()
    (project / "conf" / "1 bad" / "o7.yaml").write_text("kind: mlp\n", encoding="utf-8")
    for _ in range(3):
        assert "HYD032" in [item.code for item in both(project).findings]
