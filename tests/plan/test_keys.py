"""Action keys: what changes a result changes the key, and nothing else does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from stdspec.plan import source_digest
from stdspec.plan.keys import Code, Machine, action_key, code_of, ingredients
from stdspec.plan.model import Input, Node, Plan
from stdspec.plan.source_digest import locate, module_of, reach

CODE, MACHINE = Code("sha256:aa", {"numpy": "2.2.0"}), Machine("cpu x86_64 avx2", 2)


def node(**changes: Any) -> Node:
    fields: dict[str, Any] = {
        "id": "train",
        "kind": "train",
        "run": "fake.nodes:execute",
        "inputs": {},
        "output": "model",
        "config": {"seed": 1},
        "origins": {"seed": "conf/config.yaml:3:7"},
        "resources": {},
    }
    return Node(**(fields | changes))


def key(**changes: Any) -> str:
    given: dict[str, Any] = {
        "node": node(),
        "environment": {"TOKEN": "sha256:00"},
        "inputs": {"dataset": "sha256:01"},
        "files": {"0 a.csv": "sha256:02"},
        "code": CODE,
        "machine": MACHINE,
    }
    return action_key(ingredients(**(given | changes)))


@pytest.mark.parametrize(
    "change",
    [
        {"node": node(config={"seed": 2})},
        {"environment": {"TOKEN": "sha256:99"}},
        {"inputs": {"dataset": "sha256:03"}},
        {"files": {"0 a.csv": "sha256:04"}},
        {"code": Code("sha256:bb", {"numpy": "2.2.0"})},
        {"code": Code("sha256:aa", {"numpy": "2.3.0"})},
        {"machine": Machine("cuda NVIDIA H100", 2)},
        {"machine": Machine("cpu x86_64 avx2", 4)},
        {"node": node(kind="evaluate")},
        {"node": node(run="fake.nodes:other")},
    ],
)
def test_what_changes_a_result_changes_the_key(change: dict[str, Any]) -> None:
    assert key(**change) != key()


@pytest.mark.parametrize("change", [{"id": "train-1"}, {"origins": {"seed": "conf/config.yaml:9:9"}}])
def test_a_name_and_a_place_do_not(change: dict[str, Any]) -> None:
    assert key(node=node(**change)) == key()


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_reach_follows_every_form_of_import(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "acme/__init__.py": "",
            "acme/nets.py": (
                "import json\nfrom . import layers\nfrom .deep.block import Block\nTABLE = {'a': 'acme.lazy:read'}"
            ),
            "acme/layers.py": "import acme.util\n",
            "acme/util.py": "import torch.nn as nn\n",
            "acme/deep/__init__.py": "",
            "acme/deep/block.py": "def late():\n    from ..late import x\n",
            "acme/late.py": "",
            "acme/lazy.py": "",
            "acme/unrelated.py": "import acme.nets\n",
        },
    )
    found = reach(["acme.nets"], (tmp_path,))
    assert set(found.files) == {
        "acme",
        "acme.nets",
        "acme.layers",
        "acme.util",
        "acme.deep",
        "acme.deep.block",
        "acme.late",
        "acme.lazy",
    }
    assert "torch" in found.foreign
    assert "acme" not in sys.modules


def test_a_file_that_is_no_python_counts_by_its_bytes(tmp_path: Path) -> None:
    write(tmp_path, {"broken.py": "def ("})
    first = reach(["broken"], (tmp_path,)).digest
    other = tmp_path / "other"
    write(other, {"broken.py": "def (("})
    assert reach(["broken"], (other,)).digest != first


def test_the_module_of_a_target_is_its_longest_prefix_that_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"acme/__init__.py": "", "acme/nets.py": ""})
    assert module_of("acme.nets.Net", (tmp_path,)) == "acme.nets"
    assert module_of("acme.nets.Net.small", (tmp_path,)) == "acme.nets"
    assert module_of("acme.Net", (tmp_path,)) == "acme"
    assert module_of("nowhere_at_all.Net", (tmp_path,)) is None


def test_nothing_is_imported_to_find_a_module() -> None:
    before = "json.tool" in sys.modules
    assert locate("json.tool") is not None
    assert ("json.tool" in sys.modules) is before


def plan_with(target: str) -> Plan:
    """A plan whose train node names a class, with a node before it and one after."""
    data = node(id="data", kind="data", run="stdspec.digest:digest", config={})
    train = node(
        run="stdspec.digest:digest",
        inputs={"dataset": Input("data", "dataset")},
        config={"model": {"_target_": target}},
    )
    gate = node(
        id="gate", kind="gate", run="stdspec.digest:digest", inputs={"model": Input("train", "model")}, config={}
    )
    return Plan("p", "research", {"model": {"_target_": target}}, (), (data, train, gate))


def test_own_code_counts_for_the_node_that_names_it_and_those_after_it(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write(
        one,
        {
            "acme_keys/__init__.py": "",
            "acme_keys/nets.py": "from acme_keys.util import a",
            "acme_keys/util.py": "a = 1",
        },
    )
    write(
        two,
        {
            "acme_keys/__init__.py": "",
            "acme_keys/nets.py": "from acme_keys.util import a",
            "acme_keys/util.py": "a = 2",
        },
    )
    plan = plan_with("acme_keys.nets.Net")
    differs = {item.id: code_of(item, plan, (one,)).digest != code_of(item, plan, (two,)).digest for item in plan.nodes}
    assert differs == {"data": False, "train": True, "gate": True}


def test_a_helper_beside_the_package_counts_by_its_source(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "acme_beside/__init__.py": "",
            "acme_beside/nets.py": "import json, torch\nimport sidecar_module\nfrom loose_folder.blocks import block\n",
            "sidecar_module.py": "SCALE = 1\n",
            "loose_folder/blocks.py": "def block(): ...\n",
        },
    )
    found = reach(["acme_beside.nets"], (tmp_path,))
    assert {"sidecar_module", "loose_folder.blocks"} <= set(found.files)
    assert {"json", "torch"} <= found.foreign
    assert not {"json", "torch"} & set(found.files)


def test_a_package_that_is_installed_in_place_counts_by_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"project/acme_place.py": "import library_in_place", "library/library_in_place.py": "SCALE = 1"})
    monkeypatch.syspath_prepend(str(tmp_path / "library"))
    found = reach(["acme_place"], (tmp_path / "project",))
    assert set(found.files) == {"acme_place", "library_in_place"}


def test_an_installed_package_counts_by_its_version() -> None:
    code = code_of((plan := plan_with("filelock.FileLock")).node("train"), plan)
    assert "filelock" in code.packages


def test_code_of_a_node_names_the_packages_it_imports() -> None:
    store = node(run="stdspec.run.store:Store")
    code = code_of(store, Plan("p", "research", {}, (), (store,)))
    assert set(code.packages) == {"filelock", "msgspec"}


def test_a_comment_and_layout_change_no_key_and_everything_else_does(tmp_path: Path) -> None:
    def of(text: str, name: str) -> str:
        write(tmp_path / name, {"acme_text.py": text})
        return reach(["acme_text"], (tmp_path / name,)).digest

    said = of('def f(x):\n    """Says."""\n    return x + 1\n', "one")
    assert of('# why\ndef f( x ):\n\n    """Says."""\n    return (x + 1)  # type: ignore[misc]\n', "two") == said
    assert of('def f(x):\n    """Says so."""\n    return x + 1\n', "three") != said
    assert of('def f(x):\n    """Says."""\n    return x + 2\n', "four") != said


def test_a_comment_that_states_a_type_counts(tmp_path: Path) -> None:
    write(tmp_path / "one", {"acme_typed.py": "def f(x):\n    # type: (int) -> int\n    return x\n"})
    write(tmp_path / "two", {"acme_typed.py": "def f(x):\n    # type: (float) -> float\n    return x\n"})
    one, two = (reach(["acme_typed"], (tmp_path / name,)).digest for name in ("one", "two"))
    assert one != two


def test_what_was_found_out_about_sources_is_kept_for_a_later_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"acme_kept.py": "import click\n"})
    monkeypatch.setattr(source_digest, "_KNOWN", {})
    monkeypatch.setattr(source_digest, "_REACHED", {})
    first = reach(["acme_kept"], (tmp_path,))
    source_digest.keep(tmp_path / "sources.json", 0)
    monkeypatch.setattr(source_digest, "_KNOWN", {})
    source_digest._read.cache_clear()
    monkeypatch.setattr(source_digest, "_parsed", None)  # nothing is parsed again
    assert source_digest.recall(tmp_path / "sources.json") == 1
    assert reach(["acme_kept"], (tmp_path,)) == first


@pytest.mark.parametrize(("then", "known"), [("the state", True), ("another", False), (None, False)])
def test_what_a_module_of_stdspec_reaches_is_kept_while_its_code_is_in_that_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str | None, known: bool
) -> None:
    file, made_up = tmp_path / "sources.json", source_digest.Reach({"stdspec.digest": "sha256:kept"}, frozenset())
    monkeypatch.setattr(source_digest.installed, "code", lambda: "the state")
    monkeypatch.setattr(source_digest, "_REACHED", {"stdspec.digest": made_up})
    source_digest.keep(file, 0)
    monkeypatch.setattr(source_digest, "_REACHED", {})
    monkeypatch.setattr(source_digest.installed, "code", lambda: then)
    source_digest.recall(file)
    assert (source_digest.reach_of_stdspec("stdspec.digest") == made_up) is known
    assert source_digest.reach_of_stdspec("stdspec.whole") == reach(["stdspec.whole"])


def test_what_a_module_of_another_package_reaches_is_found_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_digest.installed, "code", lambda: "the state")
    monkeypatch.setattr(source_digest, "_REACHED", {"click.termui": source_digest.Reach({}, frozenset())})
    assert "click.termui" in source_digest.reach_of_stdspec("click.termui").files


def test_a_flipped_bit_in_what_is_kept_of_sources_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sources.json"
    monkeypatch.setattr(source_digest, "_KNOWN", {"one": source_digest._Source("sha256:a", ())})
    source_digest.keep(file, 0)
    file.write_bytes(file.read_bytes().replace(b"sha256:a", b"sha256:c"))
    monkeypatch.setattr(source_digest, "_KNOWN", {})
    source_digest.recall(file)
    assert source_digest._KNOWN == {}


@pytest.mark.parametrize("text", ["", "[]", '{"form": "other", "known": {}}', '{"known": {"a": [["b"], ["c"]]}}'])
def test_foreign_knowledge_of_sources_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(source_digest, "_KNOWN", {})
    monkeypatch.setattr(source_digest, "_REACHED", {})
    (tmp_path / "sources.json").write_text(text, encoding="utf-8")
    assert source_digest.recall(tmp_path / "sources.json") == 0


def test_the_code_of_a_node_names_each_source(tmp_path: Path) -> None:
    write(tmp_path, {"acme_named/__init__.py": "", "acme_named/nets.py": "class Net: ...\n"})
    code = code_of((plan := plan_with("acme_named.nets.Net")).node("train"), plan, (tmp_path,))
    assert {"acme_named", "acme_named.nets", "stdspec.digest"} <= set(code.files)
