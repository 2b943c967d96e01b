"""CODEOWNERS as GitHub documents it, and the commit that is checked out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from stdspec.scorecard.repository import by_owner, commit, owners, top

DOCUMENTED = """\
# a comment
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment. @nobody
*.go docs@example.com
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @logger
/apps/ @octocat
/apps/github
!/never @nobody
[a-z]* @nobody
"""


@pytest.mark.parametrize(
    ("file", "owned_by"),
    [
        ("conf/a.yaml", ("@global-owner1", "@global-owner2")),
        ("x/y.js", ("@js-owner",)),
        ("x.go", ("docs@example.com",)),
        ("docs/deep/a.yaml", ("@doctocat",)),
        ("sub/docs/a.yaml", ("@global-owner1", "@global-owner2")),
        ("scripts/a.yaml", ("@doctocat", "@octocat")),
        ("build/logs/a.yaml", ("@logger",)),
        ("deep/apps/a.yaml", ("@octocat",)),
        ("apps/github", ()),
        ("never", ("@global-owner1", "@global-owner2")),
    ],
)
def test_the_last_line_that_matches_decides(tmp_path, file, owned_by):
    (tmp_path / ".git").mkdir()
    (tmp_path / "CODEOWNERS").write_text(DOCUMENTED)
    assert owners(tmp_path)(tmp_path / file) == owned_by


def test_a_star_behind_a_folder_reaches_its_own_files_alone(tmp_path):
    (tmp_path / "CODEOWNERS").write_text("docs/* @docs\n")
    of = owners(tmp_path)
    assert of(tmp_path / "docs" / "a.yaml") == ("@docs",)
    assert of(tmp_path / "docs" / "deep" / "a.yaml") == ()


def test_the_first_of_three_places_counts_and_the_top_of_the_repository_is_where_it_lies(tmp_path):
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")  # as in a work tree
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "CODEOWNERS").write_text("* @third\n")
    (tmp_path / "CODEOWNERS").write_text("/project/a.yaml @second\n")
    project = tmp_path / "project"
    project.mkdir()
    assert top(project) == tmp_path
    assert owners(project)(project / "a.yaml") == ("@second",)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "CODEOWNERS").write_text("* @first\n")
    assert owners(project)(project / "a.yaml") == ("@first",)


def test_a_repository_without_the_file_has_no_owners(tmp_path):
    assert owners(tmp_path) is None


def test_who_is_outside_the_repository_is_owned_by_nobody(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "CODEOWNERS").write_text("* @a\n")
    assert owners(tmp_path / "in")(tmp_path / "out.yaml") == ()


def test_what_nobody_owns_comes_last():
    assert by_owner([("@b",), (), ("@a", "@b")]) == {"@a": [2], "@b": [0, 2], "": [1]}


def git(root: Path, *words: str) -> str:
    asked = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(root), *words]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_the_one_that_is_checked_out(tmp_path):
    git(tmp_path, "init", "-q")
    assert commit(tmp_path) is None
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    assert commit(tmp_path) == git(tmp_path, "rev-parse", "HEAD")


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) is None


def test_a_line_with_a_range_behind_an_escaped_space_counts_for_nothing(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "CODEOWNERS").write_text("* @all\na\\ [b @ana\na\\ b.yaml @blue\n")
    of = owners(tmp_path)
    assert of(tmp_path / "a [b") == ("@all",)
    assert of(tmp_path / "a b.yaml") == ("@blue",)
