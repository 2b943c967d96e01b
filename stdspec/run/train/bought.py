"""A bought model: an ONNX file that is checked, opened and described; nothing is trained."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from stdspec.compose import variables
from stdspec.digest import digest_file
from stdspec.errors import InputError, RunError
from stdspec.evidence import Record
from stdspec.paths import shown
from stdspec.plan.model import Node
from stdspec.run.context import Context
from stdspec.run.train import bought_scores
from stdspec.run.train.bought_scores import FILE
from stdspec.run.train.exported import OUTPUT_NAME

Array = npt.NDArray[Any]

_TYPES: Final = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16"}


def execute(node: Node, inputs: Mapping[str, Path], out: Path, context: Context) -> list[Record]:
    """Check and describe a bought model.

    Args:
        node: its config holds model, training.task and data (the target's name, the categories of columns).
        inputs: none.
        out: where `model.onnx` and `model.json` are written.
        context: its settings say where a relative path starts.

    Raises:
        StdspecError: when the file is absent, or is no model of one input and one score.
    """
    del inputs
    config = node.config
    options = config["model"]
    path = variables.fill(str(options["path"]), context.settings.allow_env, ("model", "path"))
    source = context.settings.root / path
    if not source.is_file():
        raise InputError(f"there is no file {shown(source)}", "model.path", "name the ONNX file of the bought model")
    digest = digest_file(source)
    _no_outside_data(source)
    shutil.copyfile(source, out / FILE)
    described = _describe(out / FILE, source, config)
    text = json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (out / "model.json").write_text(text, encoding="utf-8")
    return [
        Record("run.model.parameters", described["parameters"]),
        Record("run.model.signature", described["signature"]),
        Record("run.weights", digest),
    ]


def _no_outside_data(source: Path) -> None:
    """Refuse a file whose weights lie in other files: its digest would not cover them."""
    try:
        graph = onnx.load(source, load_external_data=False).graph
    except Exception as error:  # the parser's own exceptions are many, and all mean that the bytes are no model
        raise RunError(f"{shown(source)} is no ONNX model", "model.path", "name an ONNX file") from error
    if any(item.external_data for item in graph.initializer):
        raise RunError(f"{shown(source)} keeps its weights in other files", "model.path", "save the model as one file")


def _describe(path: Path, source: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    graph = onnx.load(path).graph
    session = bought_scores.session(path, source)
    row, output = _only_input(session, source), _scores(session, source)
    classes = _classes(config)
    task = str((config.get("training") or {}).get("task", "classification"))
    shape = [size if isinstance(size, int) else None for size in row.shape[1:]]
    batch = row.shape[0] if isinstance(row.shape[0], int) else None
    described: dict[str, Any] = {
        "kind": "onnx",
        "task": task,
        "input": {"name": row.name, "shape": shape, "dtype": _TYPES[row.type]},
        "output": output.name,
        "batch": batch,
        "classes": list(classes),
        "features": [],
        "head": None,
        "parameters": sum(int(np.prod(item.dims)) for item in graph.initializer),
        "opset": max(
            (item.version for item in onnx.load(path).opset_import if item.domain in ("", "ai.onnx")), default=None
        ),
    }
    described["head"] = "value" if task == "regression" else _kind_of_output(path, source, described)
    found = _width(output)
    if classes and isinstance(found, int) and found != len(classes) and (found, len(classes)) != (1, 2):
        raise RunError(
            f"{shown(source)} gives {found} scores a row, and the target has {len(classes)} categories",
            "model.path",
            "declare the categories that the model was made for, in its order",
        )
    width = [] if task == "regression" else [len(classes) or found]
    described["signature"] = {
        "inputs": {row.name: {"dtype": _TYPES[row.type], "shape": ["batch", *(size or "any" for size in shape)]}},
        "outputs": {OUTPUT_NAME: {"dtype": "float32", "shape": ["batch", *width]}},
    }
    return described


def _only_input(session: onnxruntime.InferenceSession, source: Path) -> Any:
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type not in _TYPES or not inputs[0].shape:
        listed = ", ".join(f"{item.name} {item.type}" for item in inputs)
        raise RunError(f"{shown(source)} takes {listed}, and one input of floating numbers is needed", "model.path")
    return inputs[0]


def _scores(session: onnxruntime.InferenceSession, source: Path) -> Any:
    """The output that holds the scores: the only floating one, else the one that is called so."""
    floats = [item for item in session.get_outputs() if item.type in _TYPES]
    named = [item for item in floats if item.name in (OUTPUT_NAME, "probabilities", "logits")]
    for chosen in (floats, named):
        if len(chosen) == 1:
            return chosen[0]
    listed = ", ".join(f"{item.name} {item.type}" for item in session.get_outputs())
    raise RunError(
        f"{shown(source)} gives {listed}, and it is not clear which are the scores",
        "model.path",
        f"call one '{OUTPUT_NAME}'",
    )


def _width(output: Any) -> Any:
    return output.shape[-1] if len(output.shape) > 1 and isinstance(output.shape[-1], int) else "classes"


def _classes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The declared categories of the target, in order; empty where none are declared."""
    data = config.get("data") or {}
    column = (data.get("columns") or {}).get((data.get("target") or {}).get("column")) or {}
    return tuple(str(name) for name in column.get("categories") or ())


def _kind_of_output(path: Path, source: Path, described: Mapping[str, Any]) -> str:
    """Whether outputs are probabilities or logits, from what it says to fixed inputs; one column means two classes.

    Raises:
        RunError: when they are neither: shares that do not sum to 1.
    """
    shape = [size or 1 for size in described["input"]["shape"]]
    rng = np.random.default_rng(0)
    rows = np.concatenate([np.zeros((1, *shape)), rng.normal(size=(31, *shape)), 100 * rng.normal(size=(32, *shape))])
    raw = _tried(path, source, described, rows.astype(np.float32)).reshape(len(rows), -1)
    inside = bool((raw >= -1e-6).all() and (raw <= 1 + 1e-6).all())
    if raw.shape[1] == 1:
        return "one-probability" if inside else "sigmoid"
    if inside and np.allclose(raw.sum(axis=1), 1, atol=1e-3):
        return "probabilities"
    if inside and raw.any():
        raise RunError(
            f"{shown(source)} gives numbers from 0 to 1 that do not sum to 1 in a row, so they are neither the"
            " probabilities of one class nor logits",
            "model.path",
            "end the model with a softmax, or let it give logits",
        )
    return "softmax"


def _tried(path: Path, source: Path, described: Mapping[str, Any], rows: Array) -> Array:
    """What the file says to made-up rows.

    Raises:
        RunError: when it does not run on them.
    """
    try:
        return bought_scores.raw(path, described)(rows)
    except Exception as error:  # ONNX Runtime raises its own classes, one a status
        said = str(error).strip().splitlines()[0][:300]
        raise RunError(
            f"{shown(source)} does not run on rows of shape {list(rows.shape[1:])}: {said}",
            "model.path",
            "state the sizes of its input in the file, all but the batch",
        ) from error
