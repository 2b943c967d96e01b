"""Exports the trained model to every format that `deployment.exports` names: raw inputs in, scores out.

Preprocessing is part of what is exported, so that nobody has to repeat it where the model is served.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from stdspec.digest import digest_file
from stdspec.errors import RunError
from stdspec.evidence import Record
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.evaluate import material
from stdspec.run.export import stored
from stdspec.run.export.formats import FORMATS, Source
from stdspec.run.export.tracing import TRACE_ROWS
from stdspec.run.train import predictor
from stdspec.run.train.exported import HANDED_OUT, OUTPUT_NAME


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Write one file a format, and `exports.json`.

    Raises:
        RunError: when the model cannot be exported; the message says what torch says.
    """
    model = predictor.load(inputs["model"], context.settings)
    if model.module is None:
        raise RunError("a bought model is handed out as it is", place="deployment.exports", remedy="remove the exports")
    dataset = material.rows(inputs, model.classes, context)
    rows = np.resize(dataset.inputs, (TRACE_ROWS, *dataset.inputs.shape[1:]))
    source = Source(
        module=model.module.cpu().eval(),
        rows=torch.from_numpy(np.ascontiguousarray(rows)),
        weights=inputs["model"] / "model.safetensors",
        input_name=model.input_name,
        output_name=OUTPUT_NAME,
    )
    return write_all(declared(node.config), source, out)


def declared(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The formats of `deployment.exports`; null takes one away.

    Raises:
        RunError: for a format that is not known.
    """
    exports = (config.get("deployment") or {}).get("exports") or {}
    for name in exports:
        if name not in FORMATS:
            remedy = f"the formats are {', '.join(FORMATS)}"
            raise RunError(f"there is no export format '{name}'", place="deployment.exports", remedy=remedy)
    return {name: options for name, options in exports.items() if options is not None}


def write_all(exports: Mapping[str, Mapping[str, Any]], source: Source, out: Path) -> list[Record]:
    """Write the declared formats and their list; gives the records of each."""
    found: dict[str, dict[str, Any]] = {}
    for name, options in exports.items():
        path = out / FORMATS[name].file
        extra = FORMATS[name].write(source, options, path)
        found[name] = {"file": path.name, "digest": digest_file(path), "bytes": path.stat().st_size, **extra}
    (out / "exports.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    facts = [
        Record(f"run.deployment.exports.{name}", {key: value for key, value in item.items() if key != "file"})
        for name, item in found.items()
    ]
    return [*facts, *_dtypes({name: out / item["file"] for name, item in found.items()})]


def _dtypes(files: Mapping[str, Path]) -> Iterator[Record]:
    """The number formats of the weights as they lie in the files, beside the one that a model is handed out in."""
    for name, path in files.items():
        seen = stored.floats(path)
        if seen:
            yield Record(f"run.deployment.dtypes.{name}", seen, declared=[HANDED_OUT], observed=seen)
