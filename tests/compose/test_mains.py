"""Which configs the programs of a project name, read from their source."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose.entries import find
from stdspec.compose.mains import Programs, programs
from stdspec.settings import Settings

from .trees import write

MAIN = """import hydra
@hydra.main(version_base=None, config_path="../conf", config_name="train.yaml")
def main(cfg): raise SystemExit("never run")
"""


def _python(root: Path, files: dict[str, str]) -> Programs:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return programs(str(root))


def test_a_program_names_its_primary(tmp_path):
    found = _python(tmp_path, {"src/train.py": MAIN})
    assert (found.primaries, found.seen) == ({(str(tmp_path / "conf"), "train")}, True)
    assert (found.registers, found.starts) == (False, ())
    assert {"hydra", "train"} <= found.words


def test_what_is_installed_or_hidden_is_no_program_of_the_project(tmp_path):
    names = ("venv/a.py", ".tox/a.py", "lib/site-packages/a.py", "own/a.py")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pyvenv.cfg").touch()
    assert _python(tmp_path, dict.fromkeys(names, MAIN)) == Programs()


def test_a_program_that_cannot_be_parsed_or_computes_its_path_names_nothing(tmp_path):
    computed = "import hydra\n@hydra.main(config_path=FOLDER, config_name='x')\ndef main(cfg): ...\n"
    found = _python(tmp_path, {"a.py": MAIN + "def (", "b.py": computed})
    assert (found.primaries, found.starts, found.seen) == (frozenset(), (), True)


@pytest.mark.parametrize(
    ("call", "version"),
    [
        ("@hydra.main(config_path='../conf')\ndef main(cfg): ...", None),
        ("@hydra.main('../conf', 'train', '1.1')\ndef main(cfg): ...", "1.1"),
        ("with initialize(config_path='../conf', version_base='1.2'):\n    compose('train')", "1.2"),
        ("hydra.initialize('../conf', 'job', 1, '1.3')", "1.3"),
    ],
)
def test_a_call_that_starts_hydra_says_its_version_base(call, version, tmp_path):
    (start,) = _python(tmp_path, {"src/train.py": f"import hydra\n{call}\n"}).starts
    assert (start.folder, start.version) == (str(tmp_path / "conf"), version)
    assert (start.span.file, start.span.line) == (str(tmp_path / "src" / "train.py"), 2)


def test_a_version_base_that_is_computed_or_none_is_not_told(tmp_path):
    calls = (
        "hydra.initialize('a', version_base=None)\nhydra.initialize('a', version_base=V)\nhydra.initialize('a', **more)"
    )
    assert _python(tmp_path, {"a.py": f"import hydra\n{calls}\n"}).starts == ()


def test_code_that_registers_configs_is_noticed(tmp_path):
    store = "from hydra.core.config_store import ConfigStore\nConfigStore.instance().store('a', {})\n"
    assert _python(tmp_path, {"a.py": store}).registers


def test_only_a_primary_that_something_names_is_sure(tmp_path):
    write(tmp_path, {"conf/train": "defaults: [_self_]", "conf/other": "defaults: [_self_]"})
    write(tmp_path, {"conf/experiment/e": "# @package _global_\na: 1"})
    _python(tmp_path, {"src/train.py": MAIN})
    sure = {(entry.config_name, *entry.overrides): entry.sure for entry in find(tmp_path, Settings(root=tmp_path))}
    assert sure[("train",)]
    assert not sure[("other",)]


def test_the_primary_that_chooses_experiments_is_theirs(tmp_path):
    write(
        tmp_path,
        {
            "conf/eval": "# @package _global_\ndefaults: [_self_]",
            "conf/train": "# @package _global_\ndefaults: [_self_, experiment: null]",
            "conf/experiment/e": "# @package _global_\na: 1",
        },
    )
    found = {(entry.config_name, *entry.overrides) for entry in find(tmp_path, Settings(root=tmp_path))}
    assert found == {("eval",), ("train",), ("train", "experiment=e")}


def test_a_file_that_another_one_selects_is_a_part(tmp_path):
    write(tmp_path, {"conf/run": "defaults: [_base_, _self_]", "conf/_base_": "defaults: [_self_]\na: 1"})
    assert [entry.config_name for entry in find(tmp_path / "conf", Settings(root=tmp_path))] == ["run"]
