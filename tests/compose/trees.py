"""Small config trees for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stdspec.compose import compose
from stdspec.compose.hydra_adapter import ReferenceRefusedError, reference
from stdspec.compose.verify import first_difference
from stdspec.errors import ComposeError

TREE = {
    "config": """
        defaults:
          - db: mysql
          - server: apache
          - _self_
        name: app
        port: 80
        flags: [a, b]
        nothing: null
        open: ???
        text: ${name}-${db.host}
        db: {timeout: 5}
    """,
    "self_first": """
        defaults:
          - _self_
          - db: mysql
        db: {host: mine, own: 1}
    """,
    "no_defaults": """
        a: {b: {c: 1}}
        l: [{x: 1}, 2]
    """,
    "packages": """
        defaults:
          - db@first: mysql
          - db@second.inner: postgres
          - db@_global_: sqlite
          - server@_here_: nginx
          - _self_
        second: {own: true}
    """,
    "lists": """
        defaults:
          - db: [mysql, sqlite]
          - optional extra: none_such
          - server: null
          - _self_
    """,
    "overriding": """
        defaults:
          - server: apache
          - override server/log: verbose
          - _self_
    """,
    "computed": """
        defaults:
          - db: mysql
          - server: nginx
          - pair: ${db}_${server}
          - _self_
    """,
    "global_file": """
        defaults:
          - config
          - override db: postgres
          - _self_
    """,
    "must_choose": """
        defaults:
          - db: ???
          - _self_
    """,
    "through_interpolation": """
        defaults:
          - _self_
          - db: sqlite
        base: {host: shared, deep: {x: 1}}
        db: ${base}
    """,
    "db/mysql": """
        host: localhost
        port: 3306
        user: {name: root, roles: [admin]}
        timeout: 1
    """,
    "db/postgres": """
        host: pg
        port: 5432
        user: {name: postgres}
    """,
    "db/sqlite": """
        file: ${..name}.db
        host: null
    """,
    "db/missing": """
        host: ???
        port: ???
    """,
    "server/apache": """
        defaults:
          - log: short
          - /db@backup: sqlite
          - _self_
        root: /srv
        log: {level: info}
    """,
    "server/nginx": """
        root: ${oc.env:HOME}
        workers: 1e1
    """,
    "server/log/short": "format: short\nlevel: warn",
    "server/log/verbose": "format: verbose\ncolor: on",
    "pair/mysql_nginx": "tuned: true",
    "pair/postgres_nginx": "tuned: false",
    "experiment/fast": """
        # @package _global_
        defaults:
          - override /db: postgres
          - override /server: nginx
        port: 8080
        db: {pool: 4}
    """,
    "experiment/nested/slow": """
        # @package _global_
        defaults:
          - /experiment/fast
          - _self_
        port: 1
    """,
    "experiment/packaged": """
        # @package some.place
        value: 1
    """,
}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes config files, their common indentation removed."""
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").split("\n")
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        path.write_text("\n".join(line[indent:] for line in lines).rstrip() + "\n", encoding="utf-8")
    return folder


def disagreement(folder: Path, name: str | None, overrides: Sequence[str], version_base: str = "1.3") -> str | None:
    """What Hydra and stdspec do differently with a composition; None when both refuse or both give the same."""
    ours: Any
    try:
        ours = compose(str(folder), name, overrides, version_base)
    except ComposeError as error:
        ours = error
    try:
        expected = reference(str(folder), name, overrides, None, version_base)
    except ReferenceRefusedError as error:
        return None if isinstance(ours, ComposeError) else f"Hydra refuses and stdspec gives {ours}: {error}"
    if isinstance(ours, ComposeError):
        return f"stdspec refuses ({ours}) and Hydra gives {expected}"
    if first_difference(expected, ours, ()) is None and list(expected) != list(ours):
        return f"the keys are {list(expected)} for Hydra and {list(ours)} for stdspec"
    return first_difference(expected, ours, ())


SMALL = {"db/a": "x: 1", "db/b": "y: 2", "s/a": "w: 1", "s/b": "w: 2"}
"""Two groups of two options, for tests that care about the defaults list only."""


def differs(
    folder: Path,
    text: str,
    *overrides: str,
    files: Mapping[str, str] | None = None,
    name: str | None = "config",
    base: str = "1.3",
) -> str | None:
    """What Hydra and stdspec do differently with a primary config of that text beside `SMALL` and more files."""
    write(folder, {**SMALL, "config": text, **(files or {})})
    return disagreement(folder, name, overrides, base)
