"""What `stdspec plan` foretells is what the executor does, and it says why."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stdspec.errors import InputError
from stdspec.plan import keys, source_digest
from stdspec.plan.model import Input, Node, Plan
from stdspec.plan.why import GONE, NEVER, Reason
from stdspec.run import action, entry
from stdspec.run import store as store_module
from stdspec.run.context import Context, Event
from stdspec.run.dry_run import Fate, Step, dry_run
from stdspec.run.executor import execute
from stdspec.run.store import Store
from stdspec.settings import Settings

NODES = """
def make(node, inputs, out, context):
    (out / "rows.txt").write_text("x" * node.config["rows"])
    return []

def total(node, inputs, out, context):
    size = sum(len(path.read_text()) for folder in inputs.values() for path in folder.iterdir())
    (out / "total.txt").write_text("x" * size * node.config["factor"])
    return []
"""


def node(node_id: str, run: str, inputs: Mapping[str, str], **config: Any) -> Node:
    asked = {name: Input(source, "rows") for name, source in inputs.items()}
    origins = {key: f"spec.yaml:{number}:1" for number, key in enumerate(config, 1)}
    return Node(node_id, "data", f"fake_plan:{run}", asked, "rows", config, origins, {"accelerator": "cpu"})


def chain(rows: int = 5, factor: int = 2, name: str = "p") -> Plan:
    nodes = (
        node("data", "make", {}, rows=rows),
        node("train", "total", {"rows": "data"}, factor=factor),
        node("gate", "total", {"rows": "data", "totals": "train"}, factor=1),
    )
    return Plan(name, "research", {"name": name}, (), nodes)


class Project:
    """A project in a folder, whose plans can be foreseen and executed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = Settings(root=root)
        self.store = Store(root / "store")

    def foresee(self, plan: Plan, force: Any = False, *, verify: bool = False) -> dict[str, Step]:
        forget_code()
        return {step.node.id: step for step in dry_run(plan, self.store, self.settings, force, verify=verify)}

    def run(self, plan: Plan, force: Any = False) -> set[str]:
        """Execute, and give the ids of the nodes that came from the store."""
        forget_code()
        events: list[Event] = []
        execute(plan, Context(plan, self.settings, events.append), self.store, force=force)
        return {event.node for event in events if event.kind == "node-hit"}


def forget_code() -> None:
    for cached in (keys._shipped, source_digest._installed, source_digest._read):
        cached.cache_clear()
    sys.modules.pop("fake_plan", None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "fake_plan.py").write_text(NODES)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return Project(tmp_path)


def fates(steps: Mapping[str, Step]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {name: (step.fate.value, step.after) for name, step in steps.items()}


def test_nothing_ran_yet(project: Project) -> None:
    found = project.foresee(chain())
    assert fates(found) == {"data": ("run", ()), "train": ("run", ("data",)), "gate": ("run", ("train",))}
    assert {step.reasons for step in found.values()} == {(NEVER,)}
    assert not project.store.root.exists()  # nothing is written


def test_after_a_run_everything_is_a_hit(project: Project) -> None:
    project.run(chain())
    assert {step.fate for step in project.foresee(chain()).values()} == {Fate.HIT}


def test_a_changed_value_is_named_with_its_place_and_what_follows_waits(project: Project) -> None:
    project.run(chain())
    found = project.foresee(chain(factor=3))
    assert fates(found) == {"data": ("hit", ()), "train": ("run", ()), "gate": ("run", ("train",))}
    assert found["train"].reasons == (Reason("config", "factor", 2, 3, "spec.yaml:1:1"),)
    assert found["gate"].reasons == ()
    assert project.run(chain(factor=3)) == {"data"}


def test_what_is_foreseen_is_what_is_done(project: Project) -> None:
    for plan in (chain(), chain(factor=3), chain(rows=6), chain(), chain(name="q")):
        foreseen = {name for name, step in project.foresee(plan).items() if step.fate is Fate.HIT}
        assert foreseen <= project.run(plan)


def test_an_edited_source_is_named(project: Project) -> None:
    project.run(chain())
    (project.root / "fake_plan.py").write_text(NODES.replace('"x" * size', '"y" * size'))
    found = project.foresee(chain())
    assert found["data"].reasons == (Reason("code", "fake_plan.py"),)
    (project.root / "fake_plan.py").write_text(f"# why\n{NODES}")
    assert {step.fate for step in project.foresee(chain()).values()} == {Fate.HIT}


def test_other_threads_are_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.run(chain())
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert project.foresee(chain())["data"].reasons == (Reason("threads", "", 1, 3),)


def test_a_result_that_was_removed_is_told(project: Project) -> None:
    project.run(chain())
    found = project.foresee(chain())["data"]
    assert found.key is not None
    made = project.store.last("p", "data")
    project.store.drop(found.key)
    project.store.last = lambda *_: made  # type: ignore[method-assign]
    assert project.foresee(chain())["data"].reasons == (GONE,)


def test_another_name_of_the_plan_is_no_reason(project: Project) -> None:
    project.run(chain())
    assert {step.fate for step in project.foresee(chain(name="other")).values()} == {Fate.HIT}


def test_forced_nodes_run_and_what_follows_hangs_on_them(project: Project) -> None:
    project.run(chain())
    found = project.foresee(chain(), ["train"])
    assert found["train"].forced
    assert fates(found) == {"data": ("hit", ()), "train": ("run", ()), "gate": ("hit", ("train",))}
    assert project.run(chain(), ["train"]) == {"data", "gate"}
    assert all(step.forced for step in project.foresee(chain(), True).values())
    assert project.run(chain(), True) == set()


@pytest.mark.parametrize("doing", ["foresee", "run"])
def test_a_node_that_the_plan_has_not_is_refused(project: Project, doing: str) -> None:
    with pytest.raises(InputError, match=r"the plan has no node 'trian'; did you mean 'train'\?"):
        getattr(project, doing)(chain(), ["trian"])


def test_a_node_that_reads_what_no_key_sees_runs_every_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "VOLATILE", frozenset({"fake_plan:make"}))
    project.run(chain())
    found = project.foresee(chain())
    assert found["data"].always
    assert fates(found) == {"data": ("run", ()), "train": ("hit", ("data",)), "gate": ("hit", ("data",))}
    assert project.run(chain()) == {"train", "gate"}


def test_a_node_that_was_interrupted_goes_on(project: Project) -> None:
    step = project.foresee(chain())["data"]
    assert step.key is not None
    assert not step.resumes
    with project.store.progress(step.key) as kept:
        (kept / "checkpoint").write_text("half")
    assert project.foresee(chain())["data"].resumes
    assert not project.foresee(chain(), True)["data"].resumes


def test_the_input_of_a_node_is_told_by_the_node_it_comes_from(project: Project) -> None:
    project.run(chain())
    project.run(replace(chain(rows=6), nodes=chain(rows=6).nodes[:1]))  # the data alone
    found = project.foresee(chain(rows=6))
    assert found["train"].reasons == (Reason("input", "data"),)


def spoilt(project: Project, how: str) -> str:
    """Damage the entry of `train`, and say what a plan is to say of it."""
    key = project.foresee(chain())["train"].key
    assert key is not None
    place = project.store.place(key)
    file = next(place.glob("output-*/total.txt"))
    match how:
        case "flipped":
            file.write_text("y" + file.read_text()[1:])
            return "total.txt does not match its digest"
        case "short":
            file.write_text("x")
            return "total.txt has 1 bytes and had 10"
        case "gone":
            file.unlink()
            return "total.txt is gone"
        case "added":
            (file.parent / "more.txt").write_text("")
            return "more.txt does not belong to it"
        case _:
            (place / "entry.json").write_bytes((place / "entry.json").read_bytes()[:-9])
            return "entry.json cannot be read: JSONDecodeError"


@pytest.mark.parametrize("how", ["flipped", "short", "gone", "added", "record"])
def test_a_damaged_entry_is_no_hit_and_a_run_makes_it_again(project: Project, how: str) -> None:
    project.run(chain())
    words = spoilt(project, how)
    seen = project.foresee(chain())
    assert (seen["train"].fate, seen["train"].damaged, seen["train"].reasons) == (Fate.RUN, words, ())
    assert (seen["gate"].fate, seen["gate"].after, seen["gate"].open) == (Fate.RUN, ("train",), True)
    assert seen["data"].fate is Fate.HIT
    assert project.run(chain()) == {"data", "gate"}
    assert all(step.fate is Fate.HIT for step in project.foresee(chain()).values())


def test_a_large_entry_is_hashed_only_when_asked(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_SMALL", 3)
    project.run(chain())
    words = spoilt(project, "flipped")
    assert project.foresee(chain())["train"].fate is Fate.HIT
    assert project.foresee(chain(), verify=True)["train"].damaged == words
    assert spoilt(project, "short") == project.foresee(chain())["train"].damaged


def test_an_entry_without_sizes_is_read_whole(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(entry, "sizes", lambda _: {})
        project.run(chain())
    monkeypatch.setattr(store_module, "_SMALL", 0)
    assert project.foresee(chain())["train"].fate is Fate.HIT
    assert spoilt(project, "flipped") == project.foresee(chain())["train"].damaged
