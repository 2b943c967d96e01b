"""A process that has imported everything a run needs and forks a child for each run it is asked for.

It reads jobs from standard input, one JSON object a line: {"root": folder, "overrides": [...]}. For each it writes the
child's process id and, when the child has ended, its exit status. Imports take seconds and a run must not: a kill
would otherwise mostly land in them.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

NEEDED = (
    *("torch", "lightning.pytorch", "sklearn.linear_model", "sklearn.datasets", "scipy.stats"),
    *("onnx", "onnxruntime", "onnxscript", "torch.onnx", "torch._dynamo", "torch.export"),
    *("stdspec.run.data.node", "stdspec.run.data.split_node", "stdspec.run.train.node", "stdspec.run.evaluate.node"),
    *("stdspec.run.evaluate.gate", "stdspec.run.export.node", "stdspec.run.export.parity", "stdspec.run.executor"),
    *("stdspec.report.build", "stdspec.report.html", "hydra.core.config_search_path", "filelock"),
)
RESULT = "result.json"


def main() -> None:
    for name in NEEDED:
        importlib.import_module(name)
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(json.loads(line))
        say(child)
        say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def serve(job: dict[str, Any]) -> None:
    """One run in a child; it never returns."""
    root, status = Path(job["root"]), 1
    said = os.open(root / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (0, 1, 2):
        os.dup2(said, stream)
    os.chdir(root)
    try:
        run(root, job["overrides"])
        status = 0
    except BaseException:  # noqa: BLE001 - a child must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def run(root: Path, overrides: list[str]) -> None:
    from stdspec import pipeline
    from stdspec.settings import Settings

    settings = Settings(root=root, allow_targets=("acme_kept",))
    outcome = pipeline.run(None, None, overrides, settings=settings, report=lambda event: None)
    measured = {record.path: record.value for record in outcome.records if record.path.startswith("run.evaluation.")}
    found = {"weights": outcome.weights, "metrics": measured, "result_digest": outcome.report["result_digest"]}
    (root / RESULT).write_text(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    main()
