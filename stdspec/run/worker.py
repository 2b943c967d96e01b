"""``python -m stdspec.run.worker plan.json --node train``: execute one node of a plan, as every engine does.

The inputs come from the store, which must hold the results of the nodes before it, and the result goes there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from stdspec import settings as project
from stdspec.errors import InputError, StdspecError
from stdspec.paths import shown
from stdspec.plan.model import Plan
from stdspec.run.context import Context, Event
from stdspec.run.executor import execute_node
from stdspec.run.store import Store


def load_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises:
        InputError: when the file cannot be read or holds no plan.
    """
    try:
        return Plan.from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"the plan cannot be read: {error.strerror}", shown(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError("this is no plan", shown(path), "write one with: stdspec compile -o plan.json") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute one node and print its action key and the digest of its output; the exit status is returned."""
    parser = argparse.ArgumentParser(prog="python -m stdspec.run.worker", description="Execute one node of a plan.")
    parser.add_argument("plan", type=Path, help="a plan that stdspec compile wrote")
    parser.add_argument("--node", required=True, help="the id of the node")
    parser.add_argument("--store", help="the store's folder; otherwise as for stdspec run")
    parser.add_argument("--project", type=Path, help="the project's folder; otherwise the working directory")
    given = parser.parse_args(arguments)
    try:
        settings = project.load(given.project)
        plan = load_plan(given.plan)
        if given.node not in {node.id for node in plan.nodes}:
            listed = ", ".join(node.id for node in plan.nodes)
            raise InputError(f"the plan has no node '{given.node}'", shown(given.plan), f"its nodes are {listed}")
        store = Store(settings.store_path(given.store), _say)
        with store.in_use():
            entry = execute_node(plan, given.node, Context(plan, settings, _report), store)
    except StdspecError as error:
        _say(str(error))
        return error.exit_code
    sys.stdout.write(f"{given.node}  {entry.key}  {entry.digest}\n")
    return 0


def _report(event: Event) -> None:
    said = " ".join(f"{key}={value}" for key, value in event.data.items())
    _say(f"{event.node} {event.kind} {said}".rstrip())


def _say(text: str) -> None:
    sys.stderr.write(f"stdspec: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
