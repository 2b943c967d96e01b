"""`training.loggers.mlflow`: one run of MLflow for each training, resumed as the same run.

Without an address it is a SQLite file among the outputs: MLflow no longer writes plain folders of files. Its messages
go to the log of the run, and its telemetry is switched off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lightning.pytorch.loggers import MLFlowLogger
from typing_extensions import override

from stdspec.compose import variables
from stdspec.errors import RunError
from stdspec.paths import dotted
from stdspec.run.context import Event

if TYPE_CHECKING:
    from stdspec.run.train.loggers import Place

_KEY: Final = ("training", "loggers", "mlflow")
_DATABASE: Final = "mlflow.db"
_EXTRA: Final = 'install the mlflow extra: pip install "stdspec[mlflow]"'
_QUIET: Final = {"MLFLOW_CONFIGURE_LOGGING": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
_PARAMETERS: Final = ("seed", "model", "training")
"""Parts of the spec that MLflow shows as parameters."""


def open_run(place: Place) -> MLFlowLogger:
    """The logger of one training.

    Raises:
        RunError: when MLflow is not installed, or its store cannot be used.
    """
    for name, value in {**_QUIET, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3"}.items():
        os.environ.setdefault(name, value)
    settings, plan = place.context.settings, place.context.plan
    uri = variables.fill(dict(place.options), settings.allow_env, _KEY).get("uri")
    if not uri:
        database = settings.root / settings.outputs / _DATABASE
        database.parent.mkdir(parents=True, exist_ok=True)
        uri = f"sqlite:///{database}"
    tags = {"plan": plan.digest, "spec": plan.spec_digest, "stage": plan.stage, "node": place.node.id}
    with _told():
        return Flow(
            place.folder / "run",
            parameters={name: plan.spec[name] for name in _PARAMETERS if name in plan.spec},
            warn=lambda text: place.context.report(Event("warning", place.node.id, {"text": text})),
            experiment_name=plan.name,
            run_name=place.node.id,
            tracking_uri=uri,
            tags={f"stdspec.{name}": value for name, value in tags.items()},
        )


class Flow(MLFlowLogger):
    """Lightning's MLflow logger, which finds its run again.

    Args:
        file: keeps the id of the run while the training is unfinished.
        parameters: what MLflow shows as parameters.
        warn: takes what is amiss while the training goes on.
        options: those of Lightning's logger.
    """

    def __init__(self, file: Path, parameters: Mapping[str, Any], warn: Callable[[str], None], **options: Any) -> None:
        super().__init__(**options)
        self._file, self._warn = file, warn
        self._parameters = dict(parameters)
        self._earlier = file.read_text(encoding="utf-8").strip() if file.is_file() else None
        self._run_id = self._earlier
        self._last: dict[str, int] = {}
        self._down = False

    def begin(self, step: int) -> None:
        """Go on with the run, whose steps cannot be taken back: what it has is not logged again.

        Raises:
            RunError: when the store cannot be used.
        """
        with _told():
            client, goes_on = self._mlflow_client, self._earlier is not None and step > 0
            if self._earlier is not None and not goes_on:  # there was nothing to go on from
                client.set_terminated(self._earlier, "KILLED")
                self._run_id, self._initialized = None, False
            run = str(self.run_id)
            if not goes_on:
                self.log_hyperparams(self._parameters)
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(run, encoding="utf-8")
                return
            client.update_run(run, status="RUNNING")
            for name in client.get_run(run).data.metrics:
                self._last[name] = max(item.step for item in client.get_metric_history(run, name))

    @override
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log what the run does not have. A server that fails costs the curves, not the training."""
        at = step or 0
        fresh = {name: value for name, value in metrics.items() if at > self._last.get(name, -1)}
        if fresh:
            self._tried(lambda: super(Flow, self).log_metrics(fresh, at))

    @override
    def finalize(self, status: str = "success") -> None:
        """Say how it ended."""
        self._tried(lambda: super(Flow, self).finalize(status))

    def _tried(self, act: Callable[[], None]) -> None:
        from mlflow.exceptions import MlflowException

        if self._down:
            return
        try:
            act()
        except MlflowException as error:
            self._down = True
            self._warn(f"MLflow is not written any more: {_first_line(error)}")


@contextmanager
def _told() -> Iterator[None]:
    """Turn what MLflow raises inside the block into one sentence.

    Raises:
        RunError: when a package is missing, or the store refuses.
    """
    place = dotted(_KEY)
    try:
        from mlflow.exceptions import MlflowException
    except ModuleNotFoundError as error:
        raise _missing(error, place) from None
    try:
        yield
    except ModuleNotFoundError as error:
        raise _missing(error, place) from None
    except MlflowException as error:
        remedy = "see that its address is right, or write mlflow: null"
        raise RunError(f"MLflow cannot be used: {_first_line(error)}", place, remedy) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


def _missing(error: ModuleNotFoundError, place: str) -> RunError:
    package = (error.name or "mlflow").partition(".")[0]
    return RunError(f"the logger needs the package '{package}', which is not installed", place, _EXTRA)
