"""HYD021: values that overlap with a selected config's, in a file that does not say which of both wins."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.finding import Severity
from stdspec.lint.config_file import File
from stdspec.lint.defaults_edits import self_after
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import dotted
from stdspec.source.edits import Edits


def check(project: Project) -> Iterator[Spot]:
    """Files without `_self_` whose values beat those of a config they select, and primaries; one fault for each."""
    told: set[str] = set()
    for path, new, old in project.beaten:
        file, below = project.by_path.get(new.span.file), project.by_path.get(old.span.file)
        if file is None or below is None or file is below or file.path in told or isinstance(new.value, dict):
            continue
        if _silent(file) and file.root == below.root and below.group in _selected(file) and new.value != old.value:
            told.add(file.path)
            message = (
                f"{dotted(path)} is set here and in a selected config; say with _self_ in the defaults list which wins"
            )
            yield Spot(file.document.marks["defaults",].key, message, dotted(path), fix=_stated(file))
    for file in project.with_defaults():
        if file.path in project.primaries - told and _silent(file) and _says_something(file):
            message = "Hydra warns at every run that this list has no _self_; add it where the values below it belong"
            yield Spot(file.document.marks["defaults",].key, message, "defaults", fix=_stated(file))


def _stated(file: File) -> Edits:
    """`_self_` where Hydra takes the file's own values in without it: behind all that is selected."""
    return self_after(file, max(index for index, item in enumerate(file.defaults) if not item.override))


def _says_something(file: File) -> bool:
    return any(value != "???" for value in file.body.values())


def _silent(file: File) -> bool:
    return any(not item.override for item in file.defaults) and all(item.path != "_self_" for item in file.defaults)


def _selected(file: File) -> set[str]:
    return {file.group_of(item) for item in file.defaults if not item.override}


RULE = ProjectRule(
    code="HYD021",
    slug="unstated-order",
    summary="No `_self_` says whether a file or what it selects wins",
    why="Without `_self_` the file's own values come last since Hydra 1.1, and came first before. Readers cannot see "
    "it. Write `_self_` where the values belong. Of a primary config with values of its own Hydra 1.3 warns at every "
    "run; later versions are silent.",
    check=check,
    severity=Severity.INFO,
    good=(
        ProjectCase({"conf/config.yaml": "defaults: [db: a, _self_]\ndb: {x: 2}", "conf/db/a.yaml": "x: 1"}),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: b, _self_]",
                "conf/db/base.yaml": "x: 1",
                "conf/db/b.yaml": "y: 2\ndefaults: [base]",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "a: 1\ndefaults: [db: a]", "conf/db/a.yaml": "x: 1"},
            "conf/config.yaml:2",
            "Hydra warns at every run that this list has no _self_; add it where the values below it belong",
        ),
        ProjectCase(
            {"conf/config.yaml": "defaults: [db: a]\ndb: {x: 2}", "conf/db/a.yaml": "x: 1"},
            "conf/config.yaml:1",
            "db.x is set here and in a selected config; say with _self_ in the defaults list which wins",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [db: b, _self_]",
                "conf/db/base.yaml": "x: 1",
                "conf/db/b.yaml": "x: 2\ndefaults: [base]",
            },
            "conf/db/b.yaml:2",
            "db.x is set here and in a selected config; say with _self_ in the defaults list which wins",
        ),
    ),
    fixable="safe",
)
