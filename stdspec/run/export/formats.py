"""The table of export formats: ONNX, safetensors, torch.export. Each writes one file, the same bytes every time."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from msgspec import Struct
from torch import Tensor, nn
from torch.export import ExportedProgram

from stdspec.errors import RunError
from stdspec.run.export.tracing import quiet, refused, trace

OPSET: Final = 18
"""The opset where the spec names none: the one that torch writes without conversion."""


class Source(Struct, frozen=True, dict=True):
    """What is exported.

    Attributes:
        module: raw inputs to scores, on the CPU.
        rows: a few raw input rows to trace with, at least two.
        weights: the trained `model.safetensors`.
        input_name: the name of the graph's input.
        output_name: the name of its output.
    """

    module: nn.Module
    rows: Tensor
    weights: Path
    input_name: str
    output_name: str

    @cached_property
    def program(self) -> ExportedProgram:
        """The traced module; every format that needs it shares the trace."""
        return trace(self.module, self.rows, "deployment.exports")


def write_onnx(source: Source, options: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Write an ONNX graph with a dynamic batch and the declared opset; gives the opset.

    Raises:
        RunError: when torch has no translation for a part of the model, or the opset cannot be reached.
    """
    place, opset = "deployment.exports.onnx", int(options.get("opset") or OPSET)
    try:
        with quiet():
            exported = torch.onnx.export(
                source.program,
                (),
                dynamo=True,
                input_names=[source.input_name],
                output_names=[source.output_name],
                opset_version=opset,
                verbose=False,
            )
    except RunError:
        raise
    except Exception as error:  # the exporter and its converter raise errors of many kinds
        raise refused("the model cannot be written as ONNX", error.__cause__ or error, place) from error
    if exported is None:
        raise RunError("torch wrote no ONNX graph", place=place)
    model = plain(exported.model_proto)
    reached = next((item.version for item in model.opset_import if item.domain in ("", "ai.onnx")), None)
    if reached != opset:
        message = f"the model cannot be written in opset {opset}; torch gave {reached}"
        raise RunError(message, place=f"{place}.opset", remedy=f"set it to {reached}")
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return {"opset": opset}


def plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph without what torch notes about its origin: source files, class names, names of intermediate shapes."""
    model.ClearField("doc_string")
    model.ClearField("metadata_props")
    for graph in (model.graph, *model.functions):
        graph.ClearField("doc_string")
        graph.ClearField("metadata_props")
        graph.ClearField("value_info")
        for step in graph.node:
            step.ClearField("doc_string")
            step.ClearField("metadata_props")
    for value in (*model.graph.input, *model.graph.output):
        value.ClearField("doc_string")
        value.ClearField("metadata_props")
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    for tensor in model.graph.initializer:
        tensor.ClearField("doc_string")
        tensor.ClearField("metadata_props")
    return model


def write_safetensors(source: Source, options: Mapping[str, Any], path: Path) -> dict[str, Any]:  # noqa: ARG001
    """Copy the trained weights: the export is the very file that training wrote."""
    shutil.copyfile(source.weights, path)
    return {}


def write_torch_export(source: Source, options: Mapping[str, Any], path: Path) -> dict[str, Any]:  # noqa: ARG001
    """Write a program of torch.export, without sample inputs, which torch would pickle."""
    program = source.program
    kept = program.example_inputs
    buffer = io.BytesIO()
    try:
        program.example_inputs = None
        with quiet():
            torch.export.save(program, buffer)
    finally:
        program.example_inputs = kept
    path.write_bytes(buffer.getvalue())
    return {}


class Format(Struct, frozen=True):
    """An export format: the file that it writes and how."""

    file: str
    write: Callable[[Source, Mapping[str, Any], Path], dict[str, Any]]


FORMATS: Final[Mapping[str, Format]] = {
    "onnx": Format("model.onnx", write_onnx),
    "safetensors": Format("model.safetensors", write_safetensors),
    "torch_export": Format("model.pt2", write_torch_export),
}
"""Key of `deployment.exports` to format."""
