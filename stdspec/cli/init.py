"""``stdspec init``: a project that lints clean and runs, to be changed from there. It never writes over a file."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from stdspec import __version__, resources
from stdspec.errors import InputError
from stdspec.paths import is_dir, shown

SCHEMAS: Final = "schemas"
"""The folder of a project's editor schemas."""
_DRAFT: Final = "7"
_DOT: Final = "dot_"
_LONGEST_LIST: Final = 8


@click.command("init", short_help="Begin a project that lints clean and runs.")
@click.argument("folder", metavar="[DIR]", default=".")
@click.option("--industry", metavar="NAME", help="The industry that the specs serve, such as healthcare.")
@click.option("--keep", is_flag=True, help="Leave files that exist as they are, and write the others.")
def command(folder: str, industry: str | None, *, keep: bool) -> int:
    """Write a project to DIR: config groups, an experiment, settings, a hook, CI jobs and what editors need.

    No file is ever replaced: where one exists that says something else, nothing is written, unless --keep is given.

    \b
    stdspec init my-project
    cd my-project && stdspec run +experiment=first
    """  # noqa: D301 - click reads the escape
    root = Path(folder)
    if not is_dir(root) and (root.exists() or root.is_symlink()):
        raise InputError("this is a file and no folder", shown(root), "name a folder, or one that is yet to be made")
    files = contents(_name(root), _industry(industry))
    _refuse_files_in_the_way(root, files)
    present = [path for path in files if (root / path).exists()]
    others = [path for path in present if _text(root / path) != files[path]]
    if others and not keep:
        fact = f"{_listed(others)} {'exists' if len(others) == 1 else 'exist'} already, and nothing was written"
        raise InputError(fact, shown(root), "--keep leaves files that exist as they are and writes the others")
    new = {path: text for path, text in files.items() if path not in present}
    _write(root, new)
    _say(root, new, others)
    return 0


def contents(name: str, industry: str | None) -> dict[str, str]:
    """Every file of a new project, by its path in the project's folder.

    Args:
        name: of the system, in the form that a spec asks for.
        industry: as the spec says it; None for none.
    """
    said = {"title": name, "name": json.dumps(name) if _reads_otherwise(name) else name}
    said |= {"industry": industry or "null", "version": __version__}
    source = resources.project()
    files = {
        path.relative_to(source).as_posix().replace(_DOT, "."): _filled(path.read_text(encoding="utf-8"), said)
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    files |= _schemas() | {".vscode/settings.json": json.dumps(_editor(), indent=2) + "\n"}
    return dict(sorted(files.items()))


def _schemas() -> dict[str, str]:
    from stdspec.cli.schema import as_text
    from stdspec.validate.export import DRAFTS, documents

    where = f"{SCHEMAS}/{DRAFTS[_DRAFT][0]}"
    return {f"{where}/{name}.schema.json": as_text(document) for name, document in documents(_DRAFT).items()}


def _editor() -> dict[str, object]:
    """Which schema is for which files, as the YAML extension of VS Code reads it."""
    from stdspec.validate.export import DRAFTS, documents

    files: dict[str, object] = {"config": "conf/config*.yaml", "experiment": "conf/experiment/*.yaml"}
    files |= {"standard": ["standards/*.yaml", "!standards/feedback.yaml"], "feedback": "standards/feedback.yaml"}
    files |= {"spec": "outputs/**/spec.yaml", "waivers": "waivers.yaml", "approvals": "approvals.yaml"}
    files |= {name: f"conf/{name.partition('/')[2]}/*.yaml" for name in documents(_DRAFT) if name.startswith("group/")}
    where = f"./{SCHEMAS}/{DRAFTS[_DRAFT][0]}"
    return {"yaml.schemas": {f"{where}/{name}.schema.json": pattern for name, pattern in files.items()}}


def _filled(text: str, said: Mapping[str, str]) -> str:
    return re.sub(r"<<(\w+)>>", lambda place: said[place[1]], text)


def _name(root: Path) -> str:
    """The folder's name in the form of a system's name: small letters, digits, hyphens, underscores and dots."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", root.absolute().resolve().name.lower()).strip("-._")
    return plain[:100] or "first"


def _reads_otherwise(name: str) -> bool:
    """Whether YAML may read a name as something else than a text, such as 2024, 1e-3 or on."""
    import yaml

    return not name[0].isalpha() or not isinstance(yaml.safe_load(name), str)


def _industry(given: str | None) -> str | None:
    """The industry, if it is one that the language names.

    Raises:
        InputError: for another word, with the one that was meant where one is near.
    """
    from stdspec.suggest import nearest
    from stdspec.validate import schemas

    known: list[str] = schemas.load("spec")["properties"]["industry"]["examples"]
    if given is None or given in known:
        return given
    near = nearest(given, known)
    hint = f"did you mean '{near}'?" if near else f"the industries are {', '.join(known)}"
    raise InputError(f"there is no industry '{given}'", "--industry", hint)


def _refuse_files_in_the_way(root: Path, files: Mapping[str, str]) -> None:
    folders = {folder for path in files for folder in Path(path).parents}
    for folder in sorted(folders):
        if (root / folder).exists() and not is_dir(root / folder):
            fact = "this is a file where the project needs a folder, and nothing was written"
            raise InputError(fact, shown(root / folder), "give it another name, or begin the project elsewhere")


def _text(path: Path) -> str | None:
    """What a file says; None for what is no text file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:  # "x": a file made meanwhile is not written over either
                file.write(text)
        except OSError as error:
            fact = f"this file cannot be written: {error.strerror}"
            raise InputError(fact, shown(path), "name a folder that you may write to") from None


def _listed(paths: list[str]) -> str:
    shown_paths = paths[:_LONGEST_LIST]
    rest = f" and {len(paths) - _LONGEST_LIST} more" if len(paths) > _LONGEST_LIST else ""
    return ", ".join(shown_paths) + rest


def _say(root: Path, new: Mapping[str, str], kept: list[str]) -> None:
    own = [path for path in new if not path.startswith(f"{SCHEMAS}/")]
    for path in own:
        sys.stdout.write(f"{shown(root / path)}\n")
    if len(own) < len(new):
        sys.stdout.write(f"{shown(root / SCHEMAS)}/ ({len(new) - len(own)} schemas for editors)\n")
    if kept:
        sys.stderr.write(f"stdspec: left as they were: {_listed(kept)}\n")
    enter = "" if root.absolute() == Path.cwd() else f"cd {shlex.quote(shown(root))} && "
    sys.stderr.write(f"stdspec: next, {enter}stdspec lint conf && stdspec run +experiment=first\n")
