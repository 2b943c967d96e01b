"""What Lightning's logging holds between two batches and no checkpoint of its own does: sums of metrics, last values.

Without them, what an own module logs over an epoch would be the mean of the batches after the resume.
"""

from __future__ import annotations

import builtins
from operator import attrgetter
from typing import Any, Final

import torch
from lightning.pytorch import Trainer
from lightning.pytorch.trainer.connectors.logger_connector.result import _Metadata, _ResultMetric, _Sync
from torch import Tensor

_LAST: Final = ("_callback_metrics", "_logged_metrics", "_progress_bar_metrics")
_PLAIN: Final = (
    "fx",
    "name",
    "prog_bar",
    "logger",
    "on_step",
    "on_epoch",
    "enable_graph",
    "add_dataloader_idx",
    "dataloader_idx",
    "metric_attribute",
)
_REDUCTIONS: Final = {
    f"{library.__name__}.{name}": getattr(library, name)
    for library, names in ((torch, ("mean", "sum", "max", "min")), (builtins, ("sum", "max", "min")))
    for name in names
}
_SUMS: Final = ("value", "cumulated_batch_size", "_forward_cache", "_computed", "_update_count", "has_reset")


def capture(trainer: Trainer) -> dict[str, Any]:
    """The running metrics of the epoch, as plain data and tensors."""
    connector, results = trainer._logger_connector, trainer.fit_loop.epoch_loop._results
    return {
        "last": {name: dict(getattr(connector, name)) for name in _LAST},
        "first": connector._first_loop_iter,
        "hook": connector._current_fx,
        "results": {key: _written(item) for key, item in results.items()},
    }


def _written(metric: _ResultMetric) -> dict[str, Any]:
    meta = metric.meta
    # a metric object is an attribute of the module and is kept there
    names = _SUMS if metric.is_tensor else ("_update_count", "has_reset")
    return {
        "tensor": metric.is_tensor,
        "meta": {name: getattr(meta, name) for name in _PLAIN},
        "reduction": next(name for name, function in _REDUCTIONS.items() if function is meta.reduce_fx),
        "sync": {"_should": meta.sync.should, "_op": meta.sync.op, "rank_zero_only": meta.sync.rank_zero_only},
        "sums": {name: getattr(metric, name) for name in names if hasattr(metric, name)},
    }


def restore(trainer: Trainer, captured: dict[str, Any]) -> None:
    """Set the running metrics as `capture` found them."""
    connector, results = trainer._logger_connector, trainer.fit_loop.epoch_loop._results
    for name, values in captured["last"].items():
        setattr(connector, name, {key: _there(value, trainer) for key, value in values.items()})
    connector._first_loop_iter, connector._current_fx = captured["first"], captured["hook"]
    for key, written in captured["results"].items():
        meta = _Metadata(**written["meta"], reduce_fx=_REDUCTIONS[written["reduction"]])
        meta.sync = _Sync(fn=trainer.strategy.reduce, **written["sync"])
        metric = results[key] = _ResultMetric(meta, written["tensor"])
        metric.to(trainer.strategy.root_device)
        for name, value in written["sums"].items():
            setattr(metric, name, _there(value, trainer))
        if not metric.is_tensor:
            metric.value = attrgetter(str(meta.metric_attribute))(trainer.lightning_module)


def _there(value: Any, trainer: Trainer) -> Any:
    return value.to(trainer.strategy.root_device) if isinstance(value, Tensor) else value
