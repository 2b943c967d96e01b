"""What may be frozen in a spec because it is settled: the digests of the files as they are, the signature as it ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from stdspec.digest import digest_file
from stdspec.paths import ConfigPath, select
from stdspec.plan.cut import cut
from stdspec.plan.model import Plan
from stdspec.run import action, folder, records, seal
from stdspec.run.data import sources
from stdspec.run.worker import load_plan
from stdspec.settings import Settings

DATA: Final = ("data", "source", "digest")
MODEL: Final = ("model", "digest")
SIGNATURE: Final = ("model", "signature")


def facts(plan: Plan, settings: Settings) -> dict[ConfigPath, Any]:
    """Config path to the settled value: digests of data and of a bought model's file, and the signature.

    Args:
        plan: the plan of the spec.
        settings: the project's settings.

    Raises:
        StdspecError: when a file is not there.
        OSError: when it cannot be read.
    """
    found: dict[ConfigPath, Any] = {}
    source = select(plan.spec, DATA[:-1])
    if isinstance(source, Mapping):
        files = sources.files(source, settings)
        found[DATA] = {path.name: digest_file(path) for path in files}
    for node in plan.nodes:
        if node.id == "model":
            found.update((MODEL, digest_file(path)) for path in action.model_file(node, settings))
    signature = ran_signature(plan, settings)
    if signature is not None:
        found[SIGNATURE] = signature
    return found


def ran_signature(plan: Plan, settings: Settings) -> Mapping[str, Any] | None:
    """The signature that the latest run of the spec observed; None when there is no such run.

    A run counts whose spec differs in nothing but in what is frozen here.
    """
    for run in _runs(plan, settings):
        for record in records.read(run / "records.jsonl"):
            if record.path == "run.model.signature" and isinstance(record.value, Mapping):
                return dict(record.value)
    return None


def _runs(plan: Plan, settings: Settings) -> Iterator[Path]:
    """The folders of the finished runs of a spec, the latest first; an edited one settles nothing."""
    outputs = folder.place(plan, settings.root / settings.outputs).parent
    found = [path for path in outputs.glob("*/plan.json") if (path.parent / folder.REPORT).is_file()]
    for path in sorted(found, key=lambda item: item.stat().st_mtime_ns, reverse=True):
        if path.parent.name.endswith("-debug"):
            continue
        if seal.doubt(path.parent, whole=False) is None and _open(load_plan(path)) == _open(plan):
            yield path.parent


def _open(plan: Plan) -> dict[str, Any]:
    """The spec without what is frozen here."""
    return cut(plan.spec, (*plan.spec, *(f"-{'.'.join(path)}" for path in (DATA, MODEL, SIGNATURE))))
