"""HYD033: a key below `hydra:` that Hydra does not take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from stdspec.finding import Severity
from stdspec.lint import hydra_schema
from stdspec.lint.config_file import File
from stdspec.lint.hydra_schema import Keys
from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import ConfigPath, dotted
from stdspec.source.edits import respelt
from stdspec.suggest import nearest

_HYDRA: Final = "hydra"


def check(project: Project) -> Iterator[Spot]:
    """Keys that the closed parts of Hydra's schema lack, and plain values where it has a mapping."""
    files = [file for file in project.files if file.root and _speaks_of_hydra(project, file)]
    known = hydra_schema.known() if files else None
    if known is not None:
        for file in files:
            yield from _of_file(file, known)


def _speaks_of_hydra(project: Project, file: File) -> bool:
    """Whether a file sets values below `hydra:`. Beside the groups any YAML file may have a key of that name."""
    if not file.document.readable or not (file.group or file.entries or file.path in project.composed_files):
        return False
    return file.package[:1] == (_HYDRA,) if file.package else file.package == () and _HYDRA in file.body


def _of_file(file: File, known: Keys) -> Iterator[Spot]:
    keys: Keys | None = known
    for name in (file.package or ())[1:]:
        if keys is not None and name not in keys.names:
            yield Spot(file.start, f"Hydra has no key '{_full(file, ())}'; {_remedy(str(name), keys)}", _full(file, ()))
            return
        keys = keys.names[str(name)] if keys is not None else None
    part, path = (file.body, ()) if file.package else (file.body[_HYDRA], (_HYDRA,))
    if keys is not None and isinstance(part, dict):
        yield from _of_part(file, part, path, keys)


def _of_part(file: File, part: Mapping[object, object], path: ConfigPath, keys: Keys) -> Iterator[Spot]:
    for key, value in part.items():
        if not isinstance(key, str):
            continue  # which is said of any config
        here = (*path, key)
        mark, full = file.document.marks.get(here), _full(file, here)
        below = keys.names.get(key)
        if mark is None:
            continue
        if key not in keys.names:
            meant = nearest(key, keys.names)
            fix = respelt(mark.key, key, meant) if meant not in part else ()
            yield Spot(mark.key, f"Hydra has no key '{full}'; {_remedy(key, keys)}", full, fix=fix)
        elif below is not None and isinstance(value, dict):
            yield from _of_part(file, value, here, below)
        elif below is not None and (isinstance(value, bool | int | float | list) or _plain(value)):
            words = ", ".join(sorted(below.names))
            yield Spot(mark.value, f"{full} holds keys and no plain value; write its keys: {words}", full)


def _full(file: File, path: ConfigPath) -> str:
    return dotted((*(file.package or ()), *path))


def _plain(value: object) -> bool:
    return isinstance(value, str) and "${" not in value and value != "???"


def _remedy(key: str, keys: Keys) -> str:
    meant = nearest(key, keys.names)
    return f"did you mean {meant}?" if meant else f"it has {', '.join(sorted(keys.names))}"


RULE = ProjectRule(
    code="HYD033",
    slug="unknown-hydra-key",
    summary="A key below `hydra:` is none that Hydra takes",
    why="Hydra holds what stands below `hydra:` against a schema of its own and refuses the composition for a key that "
    "it lacks. Logging, callbacks, launchers and sweepers are open, since plugins fill them in.",
    check=check,
    severity=Severity.ERROR,
    good=(
        ProjectCase(
            {
                "conf/config.yaml": "hydra:\n  run: {dir: out}\n  job: {env_set: {A: b}, config: {override_dirname: "
                "{kv_sep: '-'}}}\n  sweeper: {params: {a: 1}}\n  callbacks: {mine: {x: 1}}\n",
                "conf/hydra/default.yaml": "job_logging: {handlers: {file: {filename: x.log}}}\nsweep: ${mine}",
            }
        ),
        ProjectCase({"conf/config.yaml": "a: 1", "conf/values.yaml": "hydra: {replicas: 3}"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "a: 1\nhydra:\n  run:\n    dirs: out\n"},
            "conf/config.yaml:4",
            "Hydra has no key 'hydra.run.dirs'; did you mean dir?",
        ),
        ProjectCase(
            {
                "conf/config.yaml": "defaults: [_self_, hydra: ours]",
                "conf/hydra/ours.yaml": "run: {dir: out}\njobs:\n  chdir: true\n",
            },
            "conf/hydra/ours.yaml:2",
            "Hydra has no key 'hydra.jobs'; did you mean job?",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1", "conf/experiment/e.yaml": "# @package _global_\nhydra: {run: out}\n"},
            "conf/experiment/e.yaml:2",
            "hydra.run holds keys and no plain value; write its keys: dir",
        ),
    ),
    fixable="unsafe",
)
