"""The executor, on nodes of a small package written for the test: hits, keys, faults, evidence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stdspec.errors import RunError
from stdspec.evidence import Record, tree
from stdspec.plan import keys, source_digest
from stdspec.plan.model import Input, Node, Plan
from stdspec.run import action, again, records
from stdspec.run.context import Context, Event
from stdspec.run.executor import Execution, execute
from stdspec.run.store import Store
from stdspec.settings import Settings

NODES = """
import importlib
from pathlib import Path
from stdspec.plan import loaded, source_digest
from stdspec.errors import RunError
from stdspec.evidence import Record

def make(node, inputs, out, context):
    (out / "rows.txt").write_text("x" * node.config["rows"])
    return [Record("run.data.rows", node.config["rows"])]

def total(node, inputs, out, context):
    size = sum(len((folder / "rows.txt").read_text()) for folder in inputs.values())
    (out / "model.safetensors").write_text(str(size * node.config["factor"]))
    devices = Record("run.compute.devices", 1, declared=node.config.get("devices"), observed=1)
    return [Record("run.model.parameters", size), devices]

def spoil(node, inputs, out, context):
    for folder in inputs.values():
        (folder / "rows.txt").write_text("spoilt")
    return []

def refuse(node, inputs, out, context):
    (out / "half.txt").write_text("half")
    raise RunError("the rows do not fit", "data.csv:3", "mend row 3")

def fill(node, inputs, out, context):
    raise OSError(28, "No space left on device", str(out / "rows.txt"))

def fault(node, inputs, out, context):
    raise ValueError("unforeseen")

def rewrite(node, inputs, out, context):
    (context.settings.root / "bought.onnx").write_text("other")
    return []

def away(node, inputs, out, context):
    if (left := node.config["faults"] - len(list(context.progress.iterdir()))) > 0:
        (context.progress / str(left)).touch()
        raise ConnectionError("the data server is away")
    context.cost.earlier = 100.0
    return [Record("run.training.before", context.trained)]

def load_own(node, inputs, out, context):
    (Path("acme_run") / "nets.py").write_text(node.config["before"])
    importlib.import_module("acme_run.nets")
    loaded.look(source_digest.digest_now)  # as `own.resolve` does, which needs torch
    (Path("acme_run") / "nets.py").write_text(node.config["after"])
    return []

def call_own(node, inputs, out, context):
    from acme_run.nets import Net
    Net()
    return []
"""
OWN = "class Net:\n    def __init__(self):\n        raise ValueError('width must be even')\n"


def forget_code() -> None:
    """Source files are read once in a process; a test that rewrites one begins a new process, as it were."""
    for cached in (keys._shipped, source_digest._installed, source_digest._read):
        cached.cache_clear()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with the nodes' package on the import path."""
    (tmp_path / "fake_nodes.py").write_text(NODES)
    (tmp_path / "acme_run").mkdir()
    (tmp_path / "acme_run" / "__init__.py").write_text("")
    (tmp_path / "acme_run" / "nets.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    forget_code()
    for name in [name for name in sys.modules if name.startswith(("fake_nodes", "acme_run"))]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def node(node_id: str, run: str, inputs: Mapping[str, str] | None = None, **config: Any) -> Node:
    asked = {name: Input(source, "rows") for name, source in (inputs or {}).items()}
    kind = "data" if run == "make" else "train"
    output = "dataset" if run == "make" else "model"
    return Node(node_id, kind, f"fake_nodes:{run}", asked, output, config, {}, {"accelerator": "cpu"})


def plan(*nodes: Node, **spec: Any) -> Plan:
    return Plan("p", "research", {"name": "p"} | spec, (), nodes)


SMALL = plan(node("data", "make", rows=5), node("train", "total", {"rows": "data"}, factor=2, devices=2))


class Runner:
    def __init__(self, root: Path) -> None:
        self.events: list[Event] = []
        self.notes: list[str] = []
        self.context = Context(SMALL, Settings(root=root), self.events.append)
        self.store = Store(root / "store", self.notes.append)

    def __call__(self, which: Plan = SMALL, *, force: bool = False) -> Execution:
        self.events.clear()
        return execute(which, replace(self.context, plan=which), self.store, force=force)

    def kinds(self) -> list[tuple[str, str]]:
        return [(event.kind, event.node) for event in self.events]


@pytest.fixture
def run(project: Path) -> Runner:
    return Runner(project)


def test_nodes_run_in_order_and_see_their_inputs(run: Runner) -> None:
    done = run()
    assert (done.outputs["train"] / "model.safetensors").read_text() == "10"
    assert run.kinds() == [("node-start", "data"), ("node-end", "data"), ("node-start", "train"), ("node-end", "train")]
    assert done.hits == ()


def test_records_are_tied_to_node_spec_and_inputs(run: Runner) -> None:
    found = {record.path: record for record in run().records}
    parameters = found["run.model.parameters"]
    assert (parameters.node, parameters.spec, parameters.value) == ("train", SMALL.spec_digest, 5)
    assert len(parameters.inputs) == 1
    assert parameters.inputs[0].startswith("sha256:")
    assert found["run.data.rows"].inputs == ()


def test_the_executor_observes_environment_code_config_and_cost(run: Runner) -> None:
    observed = tree(run(plan(*SMALL.nodes, compute={"cost": {"currency": "EUR", "per_hour": 3600}})).records)["run"]
    assert observed["environment"]["python"].count(".") == 2
    assert observed["environment"]["packages"]["stdspec"]
    assert observed["code"].startswith("sha256:")
    assert observed["compute"]["seconds"] >= 0
    assert observed["compute"]["peak_memory"] > 2**20
    assert observed["compute"]["cost"] == {
        "amount": pytest.approx(observed["compute"]["seconds"], abs=1e-2),
        "currency": "EUR",
    }


def test_a_fault_that_may_pass_is_tried_again_as_often_as_the_spec_allows(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "FIRST_WAIT", 0.0)
    twice = node("train", "away", faults=2)
    with pytest.raises(ConnectionError):
        run(plan(twice, compute={"limits": {"retries": 0}}))
    done = run(plan(node("train", "away", faults=4), compute={"limits": {"retries": 5}}))
    assert [event.kind for event in run.events] == ["node-start", *["note"] * 4, "node-end"]
    assert run.events[1].data["text"] == (
        "it failed for a reason that may pass (ConnectionError: the data server is away); "
        "it is tried again in 0 s, 1 of 5"
    )
    assert done.outputs.keys() == {"train"}


def test_the_time_of_trainings_adds_up_with_what_came_before_an_interruption(run: Runner) -> None:
    """A limit on the time is the whole run's, and what a node went on from cost something, too."""
    both = plan(node("train-1", "away", faults=0), node("train-2", "away", faults=0, other=1))
    for _ in range(2):  # also when the results are there already
        done = run(both)
        found = tree(done.records)["run"]
        assert 100 <= found["training"]["before"] < 105
        assert 200 <= found["compute"]["seconds"] < 210


def test_a_second_run_comes_from_the_store_with_the_same_evidence(run: Runner) -> None:
    first = run()
    second = run()
    assert run.kinds() == [("node-hit", "data"), ("node-hit", "train")]
    assert second.outputs == first.outputs
    assert second.records == first.records


def test_a_changed_config_runs_what_depends_on_it(run: Runner) -> None:
    run()
    run(plan(SMALL.nodes[0], node("train", "total", {"rows": "data"}, factor=3)))
    assert run.kinds()[0] == ("node-hit", "data")
    assert ("node-start", "train") in run.kinds()


def test_equal_output_of_a_changed_node_stops_the_change(run: Runner) -> None:
    run()
    run(plan(node("data", "make", rows=5, comment="no effect"), SMALL.nodes[1]))
    assert run.kinds() == [("node-start", "data"), ("node-end", "data"), ("node-hit", "train")]


def test_changed_code_runs_again(run: Runner, project: Path) -> None:
    run()
    (project / "fake_nodes.py").write_text(NODES + "\nEDITED = True\n")
    forget_code()
    run()
    assert [kind for kind, _ in run.kinds()] == ["node-start", "node-end"] * 2


OWN_PLAN = plan(node("train", "make", rows=1), model={"_target_": "acme_run.nets.Net"})


@pytest.mark.parametrize(
    ("file", "again"), [("acme_run/helper.py", True), ("acme_run/nets.py", True), ("acme_run/other.py", False)]
)
def test_own_code_runs_again_when_what_it_reaches_was_edited(
    run: Runner, project: Path, file: str, *, again: bool
) -> None:
    (project / "acme_run" / "nets.py").write_text("from acme_run.helper import width\nclass Net: ...\n")
    (project / "acme_run" / "helper.py").write_text("width = 1\n")
    (project / "acme_run" / "other.py").write_text("")
    run(OWN_PLAN)
    (project / file).write_text((project / file).read_text() + "\nedited = True\n")
    forget_code()
    run(OWN_PLAN)
    assert run.kinds()[0] == ("node-start" if again else "node-hit", "train")


def test_what_sources_import_is_remembered_and_believed_only_for_the_same_bytes(run: Runner, project: Path) -> None:
    source_digest._KNOWN.clear()
    run()
    kept = project / "store" / "sources.json"
    before = kept.read_text()
    kept.write_text("{nonsense")
    forget_code()
    source_digest._KNOWN.clear()
    run()
    assert run.kinds() == [("node-hit", "data"), ("node-hit", "train")]
    assert kept.read_text() == before
    stat = (project / "fake_nodes.py").stat()
    (project / "fake_nodes.py").write_text(NODES.replace("spoilt", "spoilT"))
    os.utime(project / "fake_nodes.py", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    forget_code()
    run()
    assert run.kinds()[0] == ("node-start", "data")


def test_a_flipped_bit_in_what_is_remembered_of_sources_is_found(run: Runner, project: Path) -> None:
    source_digest._KNOWN.clear()
    run()
    kept = project / "store" / "sources.json"
    sound = kept.read_bytes()
    place = len(sound) // 2
    kept.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
    forget_code()
    source_digest._KNOWN.clear()
    run()
    assert run.kinds() == [("node-hit", "data"), ("node-hit", "train")]
    assert kept.read_bytes() == sound


@pytest.mark.parametrize(
    ("name", "value"),
    [("OMP_NUM_THREADS", "2"), ("ATEN_CPU_CAPABILITY", "default")],
)
def test_another_machine_runs_again(run: Runner, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    run()
    monkeypatch.setenv(name, value)
    run()
    assert run.kinds()[0] == ("node-start", "data")


def test_another_version_of_a_package_runs_again(run: Runner, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "fake_nodes.py").write_text("import click\n" + NODES)
    run()
    monkeypatch.setattr(keys.installed, "version", lambda name: "99.0")
    run()
    assert run.kinds()[0] == ("node-start", "data")


def test_a_file_that_changes_while_it_is_read_is_noticed(
    run: Runner, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "bought.onnx").write_text("model")
    monkeypatch.setitem(action.READS, "fake_nodes:rewrite", action.model_file)
    words = "the files that node 'model' reads were changed while it ran, so its result is not kept"
    with pytest.raises(RunError, match=words):
        run(plan(node("model", "rewrite", model={"path": "bought.onnx"})))
    assert list((project / "store").rglob("entry.json")) == []


NET = "class Net: ..."


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (NET, NET, True),
        (NET, "class Other: ...", True),  # Python has loaded it by then
        (NET + "  # said otherwise", "", True),
        (NET + "\nwidth = 2", NET, False),
        (NET + "\nwidth = 2", NET + "\nwidth = 2", False),
    ],
)
def test_own_code_that_is_edited_before_it_is_loaded_is_noticed(
    run: Runner, project: Path, before: str, after: str, *, kept: bool
) -> None:
    (project / "acme_run" / "nets.py").write_text(NET)
    asked = plan(node("train", "load_own", before=before, after=after), model={"_target_": "acme_run.nets.Net"})
    if kept:
        assert run(asked).records
        return
    words = r"nets.py, which node 'train' runs, was changed while it ran, so its result is not kept"
    with pytest.raises(RunError, match=words):
        run(asked)
    assert list((project / "store").rglob("entry.json")) == []


def test_a_data_file_that_changes_while_it_is_read_is_noticed(
    run: Runner, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "bought.onnx").write_text("x,y\n1,2\n")
    monkeypatch.setitem(action.READS, "fake_nodes:rewrite", action._source_files)
    asked = plan(node("data", "rewrite", data={"source": {"kind": "csv", "path": "bought.onnx"}}))
    with pytest.raises(RunError, match="the files that node 'data' reads were changed while it ran"):
        run(asked)
    assert list((project / "store").rglob("entry.json")) == []


def test_a_variable_is_asked_for_before_the_first_node(run: Runner) -> None:
    with pytest.raises(RunError, match="the environment variable ACME_UNSET is not allowed"):
        run(plan(*SMALL.nodes, model={"_target_": "acme_run.nets.Net", "token": "${oc.env:ACME_UNSET}"}))
    assert run.kinds() == []


def test_force_runs_everything(run: Runner) -> None:
    first = run()
    second = run(force=True)
    assert ("node-hit", "data") not in run.kinds()
    assert second.outputs == first.outputs


def test_a_damaged_entry_is_made_again(run: Runner) -> None:
    first = run()
    (first.outputs["train"] / "model.safetensors").write_text("damaged")
    again = run()
    assert (again.outputs["train"] / "model.safetensors").read_text() == "10"
    assert run.kinds()[0] == ("node-hit", "data")
    assert "model.safetensors does not match its digest" in run.notes[0]


def test_a_node_must_leave_its_inputs_alone(run: Runner) -> None:
    with pytest.raises(RunError, match="the input 'rows' of node 'train' was changed in the store while it ran"):
        run(plan(SMALL.nodes[0], node("train", "spoil", {"rows": "data"})))


def test_a_refusal_passes_with_its_place_and_leaves_no_entry(run: Runner, project: Path) -> None:
    with pytest.raises(RunError) as caught:
        run(plan(node("data", "refuse")))
    assert str(caught.value) == "data.csv:3: the rows do not fit; mend row 3"
    assert [path for path in (project / "store").rglob("*") if path.name == "half.txt"] == []


def test_a_full_disk_is_one_sentence_that_names_the_store(run: Runner) -> None:
    with pytest.raises(RunError) as caught:
        run(plan(node("data", "fill")))
    assert caught.value.message == "there is no space left on the disk"
    assert caught.value.place is not None
    assert caught.value.place.startswith("store/objects/")
    assert "/." not in caught.value.place


def test_what_nobody_foresaw_is_not_dressed_up(run: Runner) -> None:
    with pytest.raises(ValueError, match="unforeseen"):
        run(plan(node("data", "fault")))


def test_own_code_that_raises_is_named_with_its_line(run: Runner) -> None:
    own = plan(node("train", "call_own"), model={"_target_": "acme_run.nets.Net"})
    with pytest.raises(RunError) as caught:
        run(own)
    assert caught.value.message == "own class acme_run.nets.Net raised ValueError: width must be even"
    assert caught.value.place == "acme_run/nets.py:3"
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_uninstalled_package_is_named(run: Runner, project: Path) -> None:
    (project / "needs_more.py").write_text("import a_package_that_nobody_has\n")
    missing = replace(node("data", "make", rows=1), run="needs_more:execute")
    with pytest.raises(RunError, match="needs the package 'a_package_that_nobody_has'"):
        run(plan(missing))


def test_mismatches_are_what_ran_otherwise_than_declared(run: Runner) -> None:
    from stdspec.run.records import mismatches

    limit = Record("run.data.quality.missing_share", 0.1, declared={"at_most": 0}, observed=0.1)
    auto = Record("run.compute.accelerator", "cpu", declared="auto", observed="cpu")
    records = [*run().records, limit, auto]
    assert mismatches(records, SMALL, lambda path: False).value == ["run.compute.devices"]
    assert mismatches(records, SMALL, lambda path: path == "compute.devices").value == []


def test_records_are_written_and_read_back(run: Runner, project: Path) -> None:
    from stdspec.run import records

    found = run().records
    records.write(found, project / "records.jsonl")
    assert records.read(project / "records.jsonl") == found


def worker(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stdspec.run.worker", "plan.json", "--store", "store", *arguments]
    paths = {"PYTHONPATH": str(project), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=project, env=os.environ | paths, capture_output=True, text=True, timeout=60)


def test_the_worker_executes_one_node_as_the_executor_does(run: Runner, project: Path) -> None:
    (project / "plan.json").write_bytes(SMALL.to_bytes())
    early = worker(project, "--node", "train")
    assert early.returncode == 2
    assert "node 'data' has no result in the store yet; execute it before 'train'" in early.stderr
    lines = [worker(project, "--node", name).stdout.split() for name in ("data", "train")]
    done = run()
    assert done.hits == ("data", "train")
    assert lines[1][0] == "train"
    again = worker(project, "--node", "train")
    assert again.stdout.split() == lines[1]
    assert "train node-hit" in again.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "the plan cannot be read"),
        ("{}", "this is no plan"),
        ("nonsense", "this is no plan"),
        (json.dumps(SMALL.as_json()), "the plan has no node 'tran'; its nodes are data, train"),
    ],
)
def test_the_worker_refuses_plainly(project: Path, text: str | None, words: str) -> None:
    if text is not None:
        (project / "plan.json").write_text(text)
    refused = worker(project, "--node", "tran")
    assert refused.returncode == 2
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_run_from_the_store_imports_nothing_heavy(run: Runner, project: Path) -> None:
    run()
    (project / "plan.json").write_bytes(SMALL.to_bytes())
    script = (
        "import sys, json, pathlib\n"
        "from stdspec.plan.model import Plan\n"
        "from stdspec.run.context import Context\n"
        "from stdspec.run.executor import execute\n"
        "from stdspec.run.store import Store\n"
        "from stdspec.settings import Settings\n"
        "plan = Plan.from_json(json.loads(pathlib.Path('plan.json').read_text()))\n"
        "context = Context(plan, Settings(root=pathlib.Path.cwd()), lambda event: None)\n"
        "done = execute(plan, context, Store(pathlib.Path('store')))\n"
        "heavy = {'torch', 'lightning', 'numpy', 'sklearn', 'fake_nodes'} & set(sys.modules)\n"
        "print(done.hits, sorted(heavy))\n"
    )
    paths = {"PYTHONPATH": str(project), "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=project, env=os.environ | paths, capture_output=True, text=True, timeout=60
    )
    assert ended.stdout.strip() == "('data', 'train') []", ended.stderr


def test_a_debug_run_says_once_what_it_leaves_out() -> None:
    ran = [
        Record("run.training.epochs", 1, declared=25, observed=1),
        Record("run.training.steps", 2, declared=100, observed=2),
        Record("run.compute.devices", 1, declared=2, observed=1),
    ]
    found = [*ran, records.mismatches(ran, plan(), lambda _: False)]
    assert [text.partition(":")[0] for text in records.differences(found)] == [
        *("run.compute.devices", "run.training.epochs", "run.training.steps")
    ]
    assert [text.partition(":")[0] for text in records.differences(found, debug=True)] == ["run.compute.devices"]
    assert records.shortened(found) == (
        "a debug run is short, so these are not as declared: training.epochs, training.max_steps"
    )
    assert records.shortened([records.mismatches([], plan(), lambda _: False)]) is None


def test_a_difference_is_said_with_both_sides(run: Runner) -> None:
    from stdspec.run import records

    found = run().records
    told = list(records.differences([*found, records.mismatches(found, SMALL, lambda _: False)]))
    assert told == ["run.compute.devices: 2 is declared, and 1 is what ran"]
