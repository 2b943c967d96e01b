"""One look at a batch: finds the run, its reference and its model, reads the batch, compares."""

from __future__ import annotations

import json
from pathlib import Path

from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run import artifacts, folder, seal
from stdspec.run.monitor import batch as batches
from stdspec.run.monitor import scorer
from stdspec.run.monitor.compare import Comparison, compare
from stdspec.run.monitor.kept import FILE, VERSION, Reference
from stdspec.settings import Settings


def monitor(run: str, file: Path, settings: Settings, delimiter: str = ",") -> Comparison:
    """Compare a batch with what a run kept.

    Args:
        run: a run folder, or ``latest``.
        file: the batch.
        settings: the project's settings; they say where runs lie.
        delimiter: between two cells of a CSV.

    Raises:
        InputError: when there is no such run, something in it was changed after it ended, it kept no reference, or the
            file is no batch for it.
    """
    place = folder.find(run, settings)
    if (doubt := seal.doubt(place)) is not None:  # an edited reference, or another model, would say keep
        raise InputError(doubt.words, shown(place), seal.REMEDY)
    kept = place / artifacts.FOLDER
    reference = load(kept)
    return compare(batches.read(file, reference, delimiter), reference, scorer.load(kept, settings))


def load(kept: Path) -> Reference:
    """The reference among the artefacts of a run.

    Raises:
        InputError: when there is none, or it is not one that this version reads.
    """
    path = kept / FILE
    if not path.is_file():
        raise InputError(
            "the run kept no reference to compare with",
            place=shown(kept.parent),
            remedy="set monitoring.reference, such as train, and run again",
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.get("stdspec_reference") == VERSION:
            return Reference.from_json(data)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass  # damaged or foreign: said below
    raise InputError("this is no reference that this version reads", place=shown(path), remedy="run the spec again")
