"""``stdspec run --json``: one JSON object a line on standard output for each event, the last one being the outcome.

Nothing else is written there: what own code and libraries print goes to standard error. The kinds and their keys are
those of ``schemas/event.schema.json``; a kind may get more keys, and none loses one.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

from stdspec.cli import faults
from stdspec.cli.formats.places import place_data
from stdspec.cli.visible import in_json
from stdspec.errors import StdspecError
from stdspec.evidence import tree
from stdspec.finding import Finding
from stdspec.paths import shown
from stdspec.run.context import Event

if TYPE_CHECKING:
    from stdspec.pipeline import Outcome

NOTHING: Final[dict[str, Any]] = {
    "passed": None,
    "name": None,
    "stage": None,
    "metrics": {},
    "verdicts": {},
    "unmet": [],
    "weights": None,
    "result_digest": None,
    "folder": None,
    "report": None,
}
"""The outcome of a run that has none."""

_KINDS: Final = {"KeyboardInterrupt": "interrupted", "UsageError": "usage"}
"""What an exception is called where its name does not say it."""

_OF_METRIC: Final = ("estimate", "lower", "upper", "level", "n", "limit", "side", "passed")


class Stream:
    """Writes events.

    Args:
        out: where they go.
        arguments: the command line; a secret in it is not repeated.
    """

    def __init__(self, out: TextIO, arguments: tuple[str, ...] = ()) -> None:
        self._out = out
        self._arguments = arguments
        self._ended = False

    def take(self, event: Event) -> None:
        """Write what a run reports."""
        self.write(event.kind, {"node": event.node, **event.data} if event.node else event.data)

    def write(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write one line."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps(plain({"event": kind, "time": now, **data}), ensure_ascii=False, allow_nan=False)
        self._out.write(in_json(line) + "\n")
        self._out.flush()

    def findings(self, found: Sequence[Finding]) -> None:
        """Write findings of lint, without the secrets that they quote."""
        from stdspec.lint import secret

        for item in secret.guarded(found):
            data = {"code": item.code, "slug": item.slug, "severity": item.severity.value, "message": item.message}
            self.write("finding", {**data, "path": item.path, **place_data(item.span)})

    def outcome(self, exit_code: int, found: Mapping[str, Any] = NOTHING) -> None:
        """Write the last line."""
        self._ended = True
        self.write("outcome", {"exit_code": exit_code, **found})

    def failed(self, error: BaseException) -> None:
        """Write what stopped the run, and that it has no outcome; nothing where the last line is written already."""
        if self._ended:
            return
        status = faults.exit_status(error)
        whole = error if isinstance(error, StdspecError) else None
        said = whole.message if whole else str(error) or type(error).__name__
        parts = {"message": said, "place": whole.place if whole else None, "remedy": whole.remedy if whole else None}
        hidden = {name: text and faults.guarded(text, self._arguments) for name, text in parts.items()}
        kind = _KINDS.get(type(error).__name__) or type(error).__name__.removesuffix("Error").lower()
        self.write("error", {"kind": kind, **hidden, "exit_code": status})
        self.outcome(status)


@contextmanager
def stream(arguments: tuple[str, ...]) -> Iterator[Stream]:
    """A stream on standard output; within the block whatever else is printed there goes to standard error."""
    sys.stdout.flush()
    mine = os.dup(sys.stdout.fileno())
    before = sys.stdout
    with os.fdopen(mine, "w", encoding="utf-8") as out:
        os.dup2(sys.stderr.fileno(), before.fileno())
        sys.stdout = sys.stderr
        written = Stream(out, arguments)
        try:
            yield written
        except BrokenPipeError:
            raise
        except BaseException as error:
            written.failed(error)
            raise
        finally:
            sys.stdout = before
            os.dup2(out.fileno(), before.fileno())


def of(outcome: Outcome) -> dict[str, Any]:
    """What the last line says of a run that came to its end."""
    evaluation = tree(outcome.records).get("run", {}).get("evaluation", {})
    metrics = evaluation.get("metrics") or {}
    report = outcome.report
    return {
        "passed": outcome.passed,
        "name": outcome.plan.name,
        "stage": outcome.plan.stage,
        "metrics": {name: {key: item.get(key) for key in _OF_METRIC} for name, item in metrics.items()},
        "verdicts": dict(report["summary"]["counts"]),
        "unmet": list(report["summary"]["unmet"]),
        "weights": outcome.weights,
        "result_digest": report["result_digest"],
        "folder": shown(outcome.folder),
        "report": shown(outcome.folder / "report.html"),
    }


def plain(value: Any) -> Any:
    """Plain data that JSON can hold: a number that is not finite is its name, as in records."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
