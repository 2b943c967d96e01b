"""HYD017: a `# @package` comment that Hydra does not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdspec.lint.config_file import File
from stdspec.lint.defaults_edits import header_first, header_instead
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.suggest import distance

_LINE = re.compile(r"#+\s*(@?)([A-Za-z_]+)(\s*:\s*|\s+)([\w.]+)\s*$")


def check(project: Project) -> Iterator[Spot]:
    """Comments that are meant as a header and stand too late, or are not written as one."""
    for file in project.files:
        if file.root and file.document.readable and "package" not in file.document.header:
            yield from _of_file(file)


def _of_file(file: File) -> Iterator[Spot]:
    for number, line in enumerate(file.document.text.splitlines(), start=1):
        found = _LINE.match(line)
        if found is None:
            continue
        at, word, colon, package = found.groups()
        if at and word == "package" and not colon.strip():
            harmless = not file.group and package == "_global_"  # where a file at the top goes anyway
            message = "this header is not read; move it to the first line of the file"
            yield Spot(file.line(number, line), message, note=harmless, fix=header_first(file, number, package))
        elif distance(word, "package", 2) <= 2 and (at or package in ("_global_", "_group_")):
            fix = header_instead(file, number, package)
            yield Spot(file.line(number, line), f"this is no header for Hydra; write '# @package {package}'", fix=fix)


RULE = ProjectRule(
    code="HYD017",
    slug="unread-package-header",
    summary="A `# @package` comment is not read",
    why="Hydra reads headers from the first lines alone and stops at the first line that is none, a plain comment "
    "included. A header below it, or a misspelt one, does nothing: the file goes where its folder says.",
    check=check,
    good=(
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/experiment/e.yaml": "# @package _global_\n# why: a test\na: 2\n"}
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/experiment/e.yaml": "\n# @package _global_\na: 2 # package of two\n"}
        ),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/experiment/e.yaml": "# A larger net\n# @package _global_\na: 2\n"},
            "conf/experiment/e.yaml:2",
            "this header is not read; move it to the first line of the file",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/experiment/e.yaml": "# @pacakge _global_\na: 2\n"},
            "conf/experiment/e.yaml:1",
            "this is no header for Hydra; write '# @package _global_'",
        ),
    ),
    fixable="safe",
)
