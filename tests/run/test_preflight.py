"""Preflight: what this machine cannot do is refused before any work, with place and remedy."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

from stdspec.errors import RunError
from stdspec.lint import catalog
from stdspec.paths import ConfigPath, dotted
from stdspec.run import device, faults, preflight
from stdspec.run.device import Devices
from stdspec.settings import Settings
from tests.lint.specs import spec

NONE, TWO = Devices((), "the driver reports no CUDA device"), Devices(("H100", "H100"), "")


def place(path: ConfigPath) -> str:
    return f"spec.yaml:1:1 {dotted(path)}"


def refusal(spec: dict[str, Any], found: Devices, monkeypatch: pytest.MonkeyPatch) -> str | None:
    monkeypatch.setattr(device, "devices", lambda: found)
    try:
        preflight.check(spec, place, [])
    except RunError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("compute", "batch", "found", "said"),
    [
        (
            {"accelerator": "cuda"},
            {},
            NONE,
            "spec.yaml:1:1 compute.accelerator: the spec asks for CUDA, but the driver reports no CUDA device; ",
        ),
        (
            {"accelerator": "auto", "devices": 8},
            {},
            NONE,
            "has no GPU, and its CPU has 4 cores, each of which can be one device; set compute.devices=4 or auto",
        ),
        (
            {"accelerator": "cpu", "devices": 8},
            {},
            TWO,
            "spec.yaml:1:1 compute.devices: the spec asks for 8 devices, but this machine has no GPU",
        ),
        ({"accelerator": "cpu", "devices": 4}, {"global": 64}, TWO, None),
        (
            {"accelerator": "cpu", "devices": 4},
            {"global": 30},
            TWO,
            "the global batch 30 is no multiple of 4 devices × 1 node = 4; choose a multiple of 4",
        ),
        (
            {"accelerator": "cuda", "devices": 3},
            {},
            TWO,
            "but this machine has 2 CUDA devices; set compute.devices=2 or auto",
        ),
        (
            {},
            {"global": 64, "micro": 48},
            NONE,
            "training.batch.global: the global batch 64 is no multiple of 1 device × 1 node × micro batch 48 = 48; ",
        ),
        ({"devices": "auto"}, {"global": 33, "micro": None}, TWO, None),  # auto is one device, however many there are
        (
            {"nodes": 3},
            {"global": 64, "micro": 32},
            NONE,
            (
                "spec.yaml:1:1 compute.nodes: sharing one fit among 3 machines is part of the language, but this "
                "version does not run it yet; write 1"
            ),
        ),
        ({"accelerator": "auto", "devices": "auto"}, {"global": 64, "micro": 32}, NONE, None),
        ({"accelerator": "cuda", "devices": 2, "strategy": "ddp"}, {"global": 64, "micro": 32}, TWO, None),
        ({"accelerator": "cpu", "devices": 1}, {"global": 7}, TWO, None),
    ],
)
def test_devices_and_batches(compute, batch, found, said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cores", lambda: 4)
    answer = refusal({"compute": compute, "training": {"batch": batch}}, found, monkeypatch)
    assert answer == said if said is None else said in str(answer)


def test_the_run_refuses_in_the_words_of_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"data": {"source": {"kind": "parquet"}}}
    (fault,) = catalog.load("SPC009").check(spec("data: {source: {kind: parquet}}"), Settings(root=Path("/")))
    assert refusal(asked, NONE, monkeypatch) == f"spec.yaml:1:1 data.source.kind: {fault.message}"


def test_a_bought_model_has_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal({"training": {"kind": "none", "batch": {"global": 7, "micro": 2}}}, NONE, monkeypatch) is None


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("")
    with pytest.raises(RunError) as caught:
        preflight.check({}, place, [tmp_path / "outputs" / "digits"])
    assert caught.value.message == "it should be a folder and is a file"
    assert "outputs" in str(caught.value.place)


def test_too_little_space_is_said_with_the_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3 * 2**20))
    with pytest.raises(RunError, match="only 3 MiB are free there, and a run needs 16 MiB at least; free some space"):
        preflight.check({}, place, [tmp_path])


def raising(error: Exception, where: Path) -> RunError:
    with pytest.raises(RunError) as caught, faults.plain(where):
        raise error
    return caught.value


def test_a_full_disk_is_known_however_it_is_said(tmp_path: Path) -> None:
    for error in (OSError(28, "x"), RuntimeError("I/O error: No space left on device (os error 28)")):
        assert raising(error, tmp_path).message == "there is no space left on the disk"
        assert raising(error, tmp_path).place == str(tmp_path)


def test_memory_that_ran_out_is_said_plainly(tmp_path: Path) -> None:
    assert "the memory ran out; lower training.batch.micro" in str(raising(MemoryError(), tmp_path))


def test_other_faults_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), faults.plain(tmp_path):
        (tmp_path / "absent").read_text()


def test_threads_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert device.threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert device.threads() >= 1


def test_the_machine_of_a_cpu_node_names_the_instruction_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "devices", lambda: TWO)
    assert device.machine("cpu").device.startswith("cpu ")
    assert device.machine("auto").device == "cuda H100"
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "default")
    assert device.machine("cpu").device.endswith(" default")


def test_hidden_devices_are_no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert device._cuda_names() == ()


def test_a_torch_without_cuda_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch" / "lib").mkdir(parents=True)
    (tmp_path / "torch" / "__init__.py").write_text("")
    spec = importlib.util.spec_from_file_location(
        "torch", tmp_path / "torch" / "__init__.py", submodule_search_locations=[str(tmp_path / "torch")]
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "torch" else None)
    monkeypatch.setattr(device, "_cuda_names", lambda: ("H100",))
    assert device.devices.__wrapped__() == Devices((), "the installed torch was built without CUDA")
    (tmp_path / "torch" / "lib" / "libtorch_cuda.so").write_text("")
    assert device.devices.__wrapped__() == Devices(("H100",), "")


def test_hydra_is_asked_once_for_each_composition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stdspec.compose import compose_with_origins, verify
    from stdspec.errors import Bug
    from stdspec.run.preflight import ask_hydra

    conf, store = tmp_path / "conf", tmp_path / "store"
    (conf / "db").mkdir(parents=True)
    (conf / "config.yaml").write_text("defaults: [db: mysql]\na: 1\n")
    (conf / "db" / "mysql.yaml").write_text("x: 1\n")
    asked: list[str] = []
    real = verify.against_hydra

    def counted(*question: Any) -> str | None:
        asked.append("hydra")
        return real(*question)

    monkeypatch.setattr(verify, "against_hydra", counted)

    def ask(*overrides: str) -> int:
        asked.clear()
        ask_hydra(compose_with_origins(str(conf), "config", overrides), str(conf), "config", store)
        return len(asked)

    assert [ask(), ask(), ask("a=2"), ask("a=2")] == [1, 0, 1, 0]
    (conf / "unread.yaml").write_text("b: 1\n")
    assert [ask(), ask()] == [1, 0]
    assert [ask("hydra.searchpath=[]"), ask("hydra.searchpath=[]")] == [1, 1]
    monkeypatch.setattr(verify, "against_hydra", lambda *_: "a is 1 for Hydra and 2 for stdspec")
    (conf / "unread.yaml").write_text("b: 2\n")
    for _ in range(2):
        with pytest.raises(Bug, match="stdspec composes otherwise than Hydra: a is 1"):
            ask()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that takes no files")
def test_a_folder_that_takes_no_files_is_one_sentence() -> None:
    with pytest.raises(RunError, match="/proc: no file can be made there; choose another folder"):
        preflight._check_folder(Path("/proc/store"))
