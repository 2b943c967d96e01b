"""HYD038: `_group_` or `_name_` in a package, where Hydra takes it for the name of a key."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.config_file import File
from stdspec.lint.defaults_edits import header_instead
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot


def check(project: Project) -> Iterator[Spot]:
    """Headers with either word, and packages of defaults lists with `_name_`, or with `_group_` behind a dot."""
    for file in project.files:
        yield from _of_header(file)
        for item in file.defaults:
            words = (item.package or "").split(".")
            if item.span is not None and ("_name_" in words or "_group_" in words[1:]):
                since = "from version base 1.2 on" if "_name_" in words else "from Hydra 1.4 on"
                message = f"{since} the values go to a key named '{item.package}'; write the package out"
                yield Spot(item.span, message)


def _of_header(file: File) -> Iterator[Spot]:
    header = file.document.header.get("package")
    if not file.root or header is None or not {"_group_", "_name_"} & set(header.split(".")):
        return
    lines = enumerate(file.document.text.splitlines(), start=1)
    number, line = next((number, line) for number, line in lines if "@package" in line)
    group = file.group.replace("/", ".")
    meant = header.replace("_group_", group).replace("_name_", file.name).strip(".")
    remedy = "remove the header" if meant == group else f"write '# @package {meant}'"
    fix = header_instead(file, number, None if meant == group else meant)
    message = f"from version base 1.2 on the values go to a key named '{header}'; {remedy}"
    yield Spot(file.line(number, line), message, fix=fix)


RULE = ProjectRule(
    code="HYD038",
    slug="literal-placeholder",
    summary="A package has `_group_` or `_name_` in it, which Hydra takes for the name of a key",
    why="Up to version base 1.1 these words stood for the group and the name of the file. Since then a header with one "
    "puts the values below a key that is called so, where nothing reads them, and Hydra says nothing about it.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "defaults: [db@_global_: a, _self_]", "conf/db/a.yaml": "x: 1"}),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: a, db@_group_.copy: a, _self_]",
                "conf/db/a.yaml": "# @package db\nx: 1",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "defaults: [db: a, _self_]", "conf/db/a.yaml": "# @package _group_\nx: 1"},
            "conf/db/a.yaml:1",
            "from version base 1.2 on the values go to a key named '_group_'; remove the header",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults: [db: a, _self_]", "conf/db/a.yaml": "\n# @package _group_._name_\nx: 1"},
            "conf/db/a.yaml:2",
            "from version base 1.2 on the values go to a key named '_group_._name_'; write '# @package db.a'",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults:\n- db@store._name_: a\n- _self_\n", "conf/db/a.yaml": "x: 1"},
            "conf/config.yaml:2",
            "from version base 1.2 on the values go to a key named 'store._name_'; write the package out",
        ),
    ),
    fixable="unsafe",
)
