"""Recorded answers of Hydra, where they lie beside the checkout: equal results, equal refusals, and true origins.

The recordings are other people's files under other licences, so they are not part of this repository.
`STDSPEC_HYDRA_CORPUS` names their folder; else it is looked for in ../shared/hydra-corpus.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stdspec.compose import ComposeError, Policy, compose_with_origins
from stdspec.compose.hydra_built_in import PLUGINS
from stdspec.compose.repository import plugin_installed
from stdspec.settings import Settings

from .places import false_origins

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("STDSPEC_HYDRA_CORPUS", ROOT.parent / "shared" / "hydra-corpus"))

pytestmark = pytest.mark.skipif(not (CORPUS / "harness.py").is_file(), reason="the recordings are not beside this tree")

EMPTY_FOLDER = "its config folder is empty in Hydra's tests, and a git checkout keeps no empty folder"
EXCEPTED = {
    "b757bfab9651": EMPTY_FOLDER,
    "8cec7fca6e97": EMPTY_FOLDER,
    "01bef7270010": EMPTY_FOLDER,
    "922524171e2c": EMPTY_FOLDER,
    "8767e79b46b5": EMPTY_FOLDER,
}
"""The cases that do not agree, by their identity, and why."""

TWICE = tuple(f"'{name}' is validated against" for name in PLUGINS if plugin_installed(name))
"""What Hydra refuses a file for that stands in for the config of an installed plugin; none was at the recording."""


def harness():
    spec = importlib.util.spec_from_file_location("harness", CORPUS / "harness.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases():
    return json.loads((CORPUS / "corpus" / "manifest.json").read_text(encoding="utf-8"))["cases"]


def test_every_recorded_composition_is_equal_key_order_too(tmp_path):
    out = tmp_path / "out.json"
    command = [sys.executable, str(CORPUS / "harness.py"), "--impl", "stdspec.compose:compose", "--path", str(ROOT)]
    done = subprocess.run([*command, "--order", "--json", str(out)], capture_output=True, text=True, check=False)
    assert out.is_file(), done.stderr
    different = {item["id"]: f"{item['verdict']}: {item['detail']}" for item in json.loads(out.read_text())}
    folders = {case["id"]: CORPUS / "corpus" / case["root"] for case in cases()}
    excepted = {name for name in EXCEPTED if not folders[name].is_dir()}
    excepted |= {name for name, what in different.items() if any(words in what for words in TWICE)}
    assert {name: what for name, what in different.items() if name not in excepted} == {}


def test_every_value_stands_where_its_origin_says(monkeypatch):
    answers = harness()
    for name, value in answers.FIXED_ENV.items():
        monkeypatch.setenv(name, value)
    leaves, wrong = 0, []
    for case in cases():
        folder = str(CORPUS / "corpus" / case["root"])
        given = (folder, case["config_name"], answers.expand(case["overrides"]))
        words = {"append_shipped": False, "settings": Settings(root=CORPUS), "version_base": case["version_base"]}
        try:
            composed = compose_with_origins(*given, **words, policy=Policy.HYDRA)
        except ComposeError:
            continue
        count, false = false_origins(composed)
        leaves += count
        wrong += [(case["id"], *item) for item in false]
    assert wrong == []
    assert leaves > 10_000
