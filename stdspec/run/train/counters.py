"""Sets Lightning's loops to their counters as if they had run so far.

Its own restart skips validations, steps of `plateau` and running metrics.
"""

from __future__ import annotations

from typing import Any

from lightning.pytorch import Trainer
from lightning.pytorch.loops.fit_loop import RestartStage
from lightning.pytorch.loops.progress import _ProcessedTracker


def set_loops(trainer: Trainer, counters: dict[str, Any]) -> bool:
    """Set the loops; tells whether the training goes on within an epoch.

    Args:
        trainer: its `epoch_loop` is ours.
        counters: of the fit loop, as Lightning's checkpoint holds them.
    """
    fit, epoch = trainer.fit_loop, trainer.fit_loop.epoch_loop
    fit.load_state_dict(counters)
    for loop in (fit, epoch, epoch.automatic_optimization, epoch.manual_optimization, epoch.val_loop):
        loop.on_iteration_done()  # takes back that it is to restart
    if fit._combined_loader is not None and fit._combined_loader_states_to_load:  # of loaders that have a state
        fit._combined_loader._load_state_dicts(fit._combined_loader_states_to_load)
    progress = fit.epoch_progress
    trackers = [item for item in (progress.total, progress.current) if isinstance(item, _ProcessedTracker)]
    within = trackers[1].started != trackers[1].processed
    if within:
        epoch.resumed = True
        fit._restart_stage = RestartStage.RESTARTED_MID_EPOCH  # the hooks of the epoch's start have been called
    else:
        for tracker in trackers:
            tracker.completed = tracker.processed
            tracker.reset_on_restart()
    return within
