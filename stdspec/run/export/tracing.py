"""Traces the module once with a dynamic batch; the ONNX graph and the torch.export program come from the same trace."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from stdspec.errors import RunError

# Two rows: torch.export takes a batch of one for a constant.
TRACE_ROWS = 2
_PRIVATE_META = ("stack_trace", "nn_module_stack", "source_fn_stack", "torch_fn", "from_node", "custom")


def trace(module: nn.Module, rows: Tensor, place: str) -> ExportedProgram:
    """The program of a module for any batch size, without the traces of source files that torch leaves in it.

    Args:
        module: on the CPU.
        rows: at least two raw input rows.
        place: the config path to name in an error.

    Raises:
        RunError: when torch cannot trace the module.
    """
    module = module.eval()
    try:
        with quiet(), torch.no_grad():
            program = torch.export.export(module, (rows[:TRACE_ROWS],), dynamic_shapes=({0: Dim("batch")},))
    except Exception as error:  # the module is the user's, and tracing it may raise anything
        raise refused("the model cannot be traced", error, place) from error
    for part in program.graph_module.modules():
        for step in part.graph.nodes if isinstance(part, torch.fx.GraphModule) else ():
            for key in _PRIVATE_META:
                step.meta.pop(key, None)
    return program


def refused(fact: str, error: BaseException, place: str) -> RunError:
    """The error of an export that failed: the fact, and the first line of what torch says."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = next((line for line in lines if line), type(error).__name__)
    remedy = "keep Python control flow on values out of forward, or export without this format"
    return RunError(f"{fact}: {said[:300].rstrip('.')}", place=place, remedy=remedy)


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps what torch and onnxscript say about themselves (and print, when a trace fails) off the terminal.

    What a user must know is in the error that is raised.
    """
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(disabled)
