"""Sixteen processes on one store, running the same and different plans: each result is made once, and all are sound."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from stdspec.run import housekeeping
from stdspec.run.locks import is_locked
from stdspec.run.store import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked from one that has imported")

PROCESSES = 16

NODES = """
import os, time
from stdspec.evidence import Record

def note(node, text):
    handle = os.open("made.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, f"{node.id} {node.config['rows']} {text}\\n".encode())
    os.close(handle)

def make(node, inputs, out, context):
    note(node, "begun")
    time.sleep(0.02)
    (out / "rows.txt").write_text("x" * node.config["rows"])
    (context.progress / "half.ckpt").write_text("half")
    return [Record("run.data.rows", node.config["rows"])]

def total(node, inputs, out, context):
    note(node, "begun")
    (out / "model.safetensors").write_text((inputs["rows"] / "rows.txt").read_text() * 2)
    return [Record("run.model.parameters", 2 * node.config["rows"])]
"""

CROWD = """
import json, os, pathlib, sys
from stdspec.plan.model import Input, Node, Plan
from stdspec.run import housekeeping
from stdspec.run.context import Context
from stdspec.run.executor import execute
from stdspec.run.store import Store
from stdspec.settings import Settings

def node(name, run, inputs, rows):
    return Node(name, "train", f"many_nodes:{run}", inputs, "model", {"rows": rows}, {}, {"accelerator": "cpu"})

def plan(rows):
    nodes = node("data", "make", {}, rows), node("train", "total", {"rows": Input("data", "rows")}, rows)
    return Plan(f"plan {rows}", "research", {"name": "p"}, (), nodes)

def work(number):
    said, store = [], Store(pathlib.Path("store"), lambda text: said.append(text))
    with store.in_use():
        for turn in range(4):
            which = plan(1 if turn == 0 else 1 + (number + turn) % 5)
            done = execute(which, Context(which, Settings(root=pathlib.Path.cwd()), lambda event: None), store)
            text = (done.outputs["train"] / "model.safetensors").read_text()
            assert text == "x" * 2 * which.nodes[0].config["rows"], text
            if number % 4 == 0:
                housekeeping.collect(store, 4e9, older_than=0.0, keep_size=0)
    assert said == [], said

children = []
for number in range(int(sys.argv[1])):
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work(number)
            status = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    children.append(child)
print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]))
"""


def test_each_key_is_computed_once_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "many_nodes.py").write_text(NODES)
    (tmp_path / "crowd.py").write_text(CROWD)
    command = [sys.executable, "crowd.py", str(PROCESSES)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [0] * PROCESSES, ended.stderr
    made = Counter((tmp_path / "made.txt").read_text().splitlines())
    assert made == {f"{name} {rows} begun": 1 for name in ("data", "train") for rows in range(1, 6)}
    store = Store(tmp_path / "store")
    health = housekeeping.verify(store)
    assert (health.entries, health.damaged) == (10, ())
    assert [file for file in store.root.glob("*/*.lock") if is_locked(file)] == []
    assert [*store.root.glob("users/*"), *store.root.glob("progress/*"), *store.root.rglob(".*")] == []
