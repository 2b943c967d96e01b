"""The loop over the validation batches: Lightning's own, or one tight loop where nothing has to see each batch.

Both compute the same in the same order, call the same hooks of a whole validation, and leave the same counters.
"""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import Trainer
from lightning.pytorch.loops.evaluation_loop import _EvaluationLoop
from lightning.pytorch.trainer import call
from lightning.pytorch.trainer.states import RunningStage, TrainerFn
from typing_extensions import override

from stdspec.run.train.lightning_module import Fit
from stdspec.run.train.loader import TensorLoader


class ValidationLoop(_EvaluationLoop):
    """The validation of a fit.

    Attributes:
        at_once: whether a shipped module takes batches in memory, with no hook of Lightning's in between.
    """

    def __init__(self, trainer: Trainer, *, at_once: bool) -> None:
        super().__init__(trainer, TrainerFn.FITTING, RunningStage.VALIDATING, verbose=False, inference_mode=False)
        self.at_once = at_once

    @override
    def run(self) -> list[Any]:
        """Validate; nothing is given back, because a shipped module logs by the epoch alone."""
        if not self.at_once:
            found: list[Any] = super().run()
            return found
        self.setup_data()
        if not self.skip:
            with torch.no_grad():
                self._at_once()
        return []

    def _at_once(self) -> None:
        trainer, (batches,) = self.trainer, self.max_batches
        module, (loader,) = trainer.lightning_module, self._combined_loader.flattened  # type: ignore[union-attr]
        assert isinstance(module, Fit)
        assert isinstance(loader, TensorLoader)
        self.batch_progress.reset_on_run()
        self._module_mode.capture(module)
        module.eval()
        call._call_callback_hooks(trainer, "on_validation_start")
        call._call_callback_hooks(trainer, "on_validation_epoch_start")
        module.on_validation_epoch_start()
        for index, batch in zip(range(int(batches)), loader, strict=False):
            with trainer.precision_plugin.val_step_context():
                module.validation_step(batch, index)
        self.batch_progress.increment_by(int(batches), is_last_batch=True)
        call._call_callback_hooks(trainer, "on_validation_epoch_end")
        module.on_validation_epoch_end()
        call._call_callback_hooks(trainer, "on_validation_end")
        self._module_mode.restore(module)
        self._has_run = True
