"""HYD030: an option that another file of the same name hides, earlier on the search path."""

from __future__ import annotations

import os
from collections.abc import Iterator

from stdspec.compose.repository import installed_folder
from stdspec.lint.config_file import File, search_path
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import is_file


def check(project: Project) -> Iterator[Spot]:
    """Options that Hydra has one of its own for, and those that come second along every search path they are on."""
    own = installed_folder("hydra.conf")
    for file in project.files:
        name = _name(file, file.root)
        if own is not None and file.root and name.startswith("hydra/") and is_file(f"{own}/{name}"):
            yield Spot(file.start, f"Hydra's own {name.removesuffix('.yaml')} comes first and hides it; rename it")
    hidden: dict[str, str] = {}
    found: set[str] = set()
    for folders in _paths(project):
        for file in project.files:
            by = _first(file, folders)
            if by is not None:
                hidden.setdefault(file.path, by)
                found |= {by}
    for path, by in hidden.items():
        if path not in found:
            message = f"{_apart(by, path)} comes before it on the search path and hides it; rename one of them"
            yield Spot(project.by_path[path].start, message, note=True)


def _paths(project: Project) -> Iterator[list[str]]:
    """The folders along the search path of each primary config that names any; the first is its own."""
    primaries = {f"{entry.config_dir}/{entry.config_name}.yaml": entry.config_dir for entry, _ in project.compositions}
    for path, root in primaries.items():
        file = project.by_path.get(path)
        further = [project.folder(text) for text, _ in search_path(file)] if file else []
        if further:
            yield [root, *(folder for folder in further if folder is not None and folder not in primaries.values())]


def _first(file: File, folders: list[str]) -> str | None:
    """The file that is found in place of an option, which may be itself; None where it is on no such path."""
    for number, folder in enumerate(folders):
        name = _name(file, folder)
        if number and "/" in name:
            return next(path for path in (f"{before}/{name}" for before in folders) if is_file(path))
    return None


def _apart(path: str, other: str) -> str:
    """A path without the folders that another one has as well."""
    return os.path.relpath(path, os.path.commonpath((path, other))).replace(os.sep, "/")


def _name(file: File, folder: str) -> str:
    return file.path[len(folder) + 1 :] if folder and file.path.startswith(f"{folder}/") else ""


_PATH = "defaults: [db: a, _self_]\nhydra: {searchpath: ['pkg://acme']}"

RULE = ProjectRule(
    code="HYD030",
    slug="hidden-option",
    summary="Another file of the same name hides an option, earlier on the search path",
    why="Hydra looks for an option in its own configs first, then in the config folder, then along `hydra.searchpath`, "
    "and takes the first file it finds. The files are not merged: what the second one says is never read.",
    check=check,
    good=(
        ProjectCase(
            {"conf/config.yaml": _PATH, "conf/db/a.yaml": "x: 1", "libs/acme/db/b.yaml": "x: 2"},
            packages=(("acme", "libs/acme"),),
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [_self_, override hydra/help: ours]",
                "conf/hydra/help/ours.yaml": "app_name: acme",
            }
        ),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": _PATH, "conf/db/a.yaml": "x: 1", "libs/acme/db/a.yaml": "x: 2"},
            "libs/acme/db/a.yaml:1",
            "conf/db/a.yaml comes before it on the search path and hides it; rename one of them",
            packages=(("acme", "libs/acme"),),
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/hydra/help/default.yaml": "app_name: acme"},
            "conf/hydra/help/default.yaml:1",
            "Hydra's own hydra/help/default comes first and hides it; rename it",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [_self_, override hydra/job_logging: none]",
                "conf/hydra/job_logging/none.yaml": "root: null",
            },
            "conf/hydra/job_logging/none.yaml:1",
            "Hydra's own hydra/job_logging/none comes first and hides it; rename it",
        ),
    ),
)
