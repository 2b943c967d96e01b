"""Action keys: what changes a result changes the key, and nothing else does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from stdspec.plan.keys import Code, Machine, action_key, code_of
from stdspec.plan.model import Node, Plan
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
    return action_key(**(given | changes))


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
    return Plan("p", "research", {"model": {"_target_": target}}, (), (node(run="stdspec.digest:digest"),))


def test_own_code_counts_for_every_node(tmp_path: Path) -> None:
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
    gate = node(id="gate", kind="gate", run="stdspec.digest:digest")
    assert code_of(gate, plan, (one,)).digest != code_of(gate, plan, (two,)).digest


def test_an_installed_package_counts_by_its_version() -> None:
    code = code_of(node(run="stdspec.digest:digest"), plan_with("filelock.FileLock"))
    assert "filelock" in code.packages


def test_code_of_a_node_names_the_packages_it_imports() -> None:
    code = code_of(node(run="stdspec.run.store:Store"), Plan("p", "research", {}, (), ()))
    assert set(code.packages) == {"filelock", "msgspec"}
