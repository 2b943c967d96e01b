"""Run folders: ``outputs/<name>/<plan digest, 12>/``, written aside and renamed, and the pointer ``outputs/latest``.

Nobody ever sees half a run folder. One that a run replaces is moved away first and removed last.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Final

from stdspec.digest import PREFIX, digest, short
from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.plan.model import Plan
from stdspec.run import named_folder
from stdspec.run.durable import flush, flush_folder
from stdspec.run.locks import locked
from stdspec.settings import Settings

LATEST: Final = "latest"
SWEEPS: Final = "multirun"
"""Where Hydra puts the points of a sweep, unless it is told otherwise."""

REPORT: Final = "report.json"
PLAN: Final = "plan.json"
LOG: Final = "log.txt"
LOGS: Final = "logs"

_NAMED: Final = 12
"""Digits of a plan's digest that name its run folder."""
_DIGEST: Final = rf"({PREFIX})?[0-9a-f]{{4,64}}"

_OLD: Final = ".old"
"""What is added to the name of a staged folder for the run that it replaces."""


def place(plan: Plan, outputs: Path, *, debug: bool = False, named: str | None = None) -> Path:
    """The run folder of a plan: the one that the user named, or its own; a debug run has another one of its own."""
    if named is not None:
        return named_folder.check(named)
    return outputs / _safe(plan.name) / (short(plan.digest) + ("-debug" if debug else ""))


@contextmanager
def staged(final: Path, outputs: Path) -> Iterator[Path]:
    """A folder beside `final` to write a run into; it is gone after the block unless `publish` renamed it.

    What a killed run left beside it is cleared away, as nobody holds its lock any more.
    """
    with locked(lock_file(final, outputs)):
        final.parent.mkdir(parents=True, exist_ok=True)
        for remnant in sorted(final.parent.glob(f".{escape(final.name)}.*.partial*")):
            if remnant.name.endswith(_OLD) and not final.exists():
                remnant.rename(final)  # killed while it was about to be replaced
            else:
                if (remnant / LOG).is_file():
                    keep_log(remnant, final)
                shutil.rmtree(remnant, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent))
        aside.chmod(0o755)
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            with suppress(OSError):  # it holds other runs
                final.parent.rmdir()


def lock_file(final: Path, outputs: Path) -> Path:
    """The lock that a run holds while it writes its folder."""
    own = final.is_relative_to(outputs)
    name = f"{final.parent.name}-{final.name}" if own else f"{final.name}-{short(digest(str(final)))}"
    return outputs / ".locks" / f"{name}.lock"


def write_plan(plan: Plan, aside: Path) -> None:
    """Write `plan.json` into a staged folder."""
    (aside / PLAN).write_bytes(plan.to_bytes())


def write_spec(plan: Plan, aside: Path) -> None:
    """Write `spec.yaml` into a staged folder."""
    import yaml

    spec = yaml.safe_dump(dict(plan.spec), sort_keys=False, allow_unicode=True, width=120)
    (aside / "spec.yaml").write_text(spec, encoding="utf-8")


def publish(aside: Path, final: Path, outputs: Path, *, latest: bool = True) -> None:
    """Make a staged folder the run folder, and the latest one unless told not to."""
    named_folder.carry(final, aside)
    flush(aside)
    old = aside.with_name(aside.name + _OLD)
    if final.exists():
        final.rename(old)
    aside.rename(final)
    flush_folder(final.parent)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(failure(final), ignore_errors=True)
    if latest:
        _point(outputs, final)


def renew(aside: Path, final: Path, outputs: Path) -> None:
    """Leave a run folder as it is but for the log, which is that of the newest run, and make it the latest one."""
    (aside / LOG).replace(final / LOG)
    _point(outputs, final)


def failure(final: Path) -> Path:
    """Where the log of a run that could not be finished is kept: a folder that cannot be taken for a run."""
    return final.with_name(final.name + ".failed")


def keep_log(aside: Path, final: Path) -> Path:
    """Keep the log of a run that did not come to its end, what it was to be and its training logs; say where."""
    folder = failure(final)
    folder.mkdir(parents=True, exist_ok=True)
    _merge(aside / LOGS, folder / LOGS)
    for name in (PLAN, LOG):
        if (aside / name).is_file():
            (aside / name).replace(folder / name)
    return folder / LOG


def carry_logs(final: Path, aside: Path) -> None:
    """Take over the training logs of nodes that this run did not train anew, of earlier runs of the same plan."""
    new = aside / LOGS
    for old in (failure(final), final):
        _merge(old / LOGS, new)
    if new.is_dir() and not any(new.iterdir()):
        new.rmdir()


def _merge(old: Path, new: Path) -> None:
    """Copy what each logger wrote of each node, where there is nothing of it: ``logs/csv/train``."""
    for folder in sorted(old.glob("*/*")):
        if folder.is_dir() and not (new / folder.relative_to(old)).exists():
            shutil.copytree(folder, new / folder.relative_to(old))


def find(run: str, settings: Settings) -> Path:
    """The run folder that a user means: a path, ``latest``, or the beginning of a plan's digest.

    Raises:
        InputError: when there is none, or there are several.
    """
    outputs = settings.root / settings.outputs
    folder = latest(outputs) if run == LATEST else Path(run)
    if folder is None:
        raise InputError("there is no latest run", shown(outputs), "run a spec first: stdspec run")
    if not folder.is_dir() and re.fullmatch(_DIGEST, run):
        folder = _of_digest(run, outputs) or folder
    if not (folder / REPORT).is_file():
        fact = "this folder holds no finished run" if folder.is_dir() else "there is no such run folder"
        raise InputError(fact, shown(folder), f"name a folder that holds {REPORT}, or {LATEST}; see stdspec runs")
    return folder


def _of_digest(run: str, outputs: Path) -> Path | None:
    """The run folder whose name begins with a digest's beginning, or is the beginning of a whole digest."""
    said = run.removeprefix(PREFIX)[:_NAMED]
    places = (report.parent for report in sorted(outputs.glob(f"*/{said}*/{REPORT}")))
    found = [place for place in places if not place.name.endswith("-debug")]
    if len(found) > 1:
        named = ", ".join(shown(place) for place in found[:3])
        raise InputError(f"several runs begin with '{run}': {named}", remedy="name more of its digits")
    return found[0] if found else None


def latest(outputs: Path) -> Path | None:
    """The folder of the latest run, or None."""
    pointer = outputs / LATEST
    if pointer.is_dir():
        return pointer.resolve()
    return outputs / pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def _point(outputs: Path, final: Path) -> None:
    """Let ``latest`` mean `final`: a relative link, or a file with the path where links are not to be had."""
    target = Path(os.path.relpath(final, outputs)).as_posix()
    aside = outputs / f".{LATEST}.{os.getpid()}"
    aside.unlink(missing_ok=True)
    try:
        aside.symlink_to(target, target_is_directory=True)
    except (OSError, NotImplementedError):
        aside.write_text(target + "\n", encoding="utf-8")
    aside.replace(outputs / LATEST)


def _safe(name: str) -> str:
    """A spec's name as a folder name."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100] or "unnamed"
