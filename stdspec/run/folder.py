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
from pathlib import Path
from typing import Final

from filelock import FileLock

from stdspec.digest import short
from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.plan.model import Plan
from stdspec.run.store import flush
from stdspec.settings import Settings

LATEST: Final = "latest"
REPORT: Final = "report.json"
LOG: Final = "log.txt"
LOGS: Final = "logs"


def place(plan: Plan, outputs: Path, *, debug: bool = False) -> Path:
    """The run folder of a plan; a debug run has one of its own."""
    return outputs / _safe(plan.name) / (short(plan.digest) + ("-debug" if debug else ""))


@contextmanager
def staged(final: Path) -> Iterator[Path]:
    """A folder beside `final` to write a run into; it is gone after the block unless `publish` renamed it.

    What a killed run left beside it is cleared away, as nobody holds its lock any more.
    """
    locks = final.parent.parent / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / f"{final.parent.name}-{final.name}.lock"):
        final.parent.mkdir(exist_ok=True)
        for remnant in final.parent.glob(f".{final.name}.*.partial"):
            shutil.rmtree(remnant, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".partial", dir=final.parent))
        aside.chmod(0o755)
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            with suppress(OSError):  # it holds other runs
                final.parent.rmdir()


def write_plan(plan: Plan, aside: Path) -> None:
    """Write `spec.yaml` and `plan.json` into a staged folder."""
    import yaml

    spec = yaml.safe_dump(dict(plan.spec), sort_keys=False, allow_unicode=True, width=120)
    (aside / "spec.yaml").write_text(spec, encoding="utf-8")
    (aside / "plan.json").write_bytes(plan.to_bytes())


def publish(aside: Path, final: Path, outputs: Path, *, latest: bool = True) -> None:
    """Make a staged folder the run folder, and the latest one unless told not to."""
    flush(aside)
    old = aside.with_name(aside.name + ".old")
    if final.exists():
        final.rename(old)
    aside.rename(final)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(failure(final), ignore_errors=True)
    if latest:
        _point(outputs, final)


def failure(final: Path) -> Path:
    """Where the log of a run that could not be finished is kept: a folder that cannot be taken for a run."""
    return final.with_name(final.name + ".failed")


def keep_log(aside: Path, final: Path) -> Path:
    """Keep the log of a run that failed, and say where."""
    folder = failure(final)
    folder.mkdir(parents=True, exist_ok=True)
    (aside / LOG).replace(folder / LOG)
    return folder / LOG


def carry_logs(final: Path, aside: Path) -> None:
    """Take over the training logs of the run that is replaced, when this one trained nothing anew."""
    old, new = final / LOGS, aside / LOGS
    if new.is_dir() and not any(new.iterdir()):
        new.rmdir()
    if old.is_dir() and not new.exists():
        shutil.copytree(old, new)


def find(run: str, settings: Settings) -> Path:
    """The run folder that a user means: a path, or ``latest``.

    Raises:
        InputError: when there is none.
    """
    outputs = settings.root / settings.outputs
    folder = _latest(outputs) if run == LATEST else Path(run)
    if folder is None:
        raise InputError("there is no latest run", shown(outputs), "run a spec first: stdspec run")
    if not (folder / REPORT).is_file():
        fact = "this folder holds no finished run" if folder.is_dir() else "there is no such run folder"
        raise InputError(fact, shown(folder), f"name a folder that holds {REPORT}, or {LATEST}")
    return folder


def _latest(outputs: Path) -> Path | None:
    pointer = outputs / LATEST
    if pointer.is_dir():
        return pointer.resolve()
    return outputs / pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def _point(outputs: Path, final: Path) -> None:
    """Let ``latest`` mean `final`: a relative link, or a file with the path where links are not to be had."""
    target = final.relative_to(outputs).as_posix()
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
