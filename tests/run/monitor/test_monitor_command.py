"""``stdspec monitor`` on a run folder with an ONNX model."""

import json

import pytest

pytest.importorskip("onnxruntime", reason="needs the run extra")
pytest.importorskip("onnx", reason="needs the run extra")
pytest.importorskip("torch", reason="needs the run extra")

from toy_run import rows

from stdspec.cli.main import run as stdspec
from stdspec.run import seal

pytestmark = pytest.mark.run


@pytest.fixture(autouse=True)
def _at_root(run_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_batch_without_drift_keeps_with_status_0(run_folder, batch, capsys):
    assert stdspec(["monitor", str(run_folder), "--batch", str(batch(rows(300, 4)))]) == 0
    out = capsys.readouterr().out
    assert "decision    keep" in out
    assert "scored      300 rows" in out


def test_a_drifted_batch_retrains_with_status_1(batch, capsys):
    assert stdspec(["monitor", "latest", "--batch", str(batch(rows(300, 4, shift=2.0))), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["decision"] == "retrain"
    assert found["batch"] == {"file": "batch.csv", "rows": 300, "scored": 300}
    assert found["reference"] == {"split": "train", "rows": 800}
    size = next(test for test in found["tests"] if test["subject"] == "size")
    assert (size["statistic"], size["status"], size["alert"]) == ("psi", "alert", 0.2)


def test_a_broken_contract_is_status_1_though_nothing_drifts(batch, capsys):
    path = batch(rows(300, 4), edit=lambda lines: [lines[0], "99,1,red", *lines[2:]])
    assert stdspec(["monitor", "latest", "--batch", str(path)]) == 1
    assert "decision    watch" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("run", "spoil", "said"),
    [
        ("nowhere", None, "nowhere"),
        ("latest", "reference.json", "the run kept no reference to compare with"),
        ("latest", "broken", "this is no reference that this version reads"),
        ("latest", "model", "the exported model cannot be loaded"),
    ],
)
def test_what_cannot_be_compared_is_status_2_and_one_sentence(run_folder, batch, capsys, run, spoil, said):
    kept = run_folder / "artifacts"
    if spoil == "reference.json":
        (kept / "reference.json").unlink()
    elif spoil == "broken":
        (kept / "reference.json").write_text('{"stdspec_reference": "1"}')
    elif spoil == "model":
        (kept / "model.onnx").write_bytes(b"nonsense")
    seal.write(run_folder)
    assert stdspec(["monitor", run, "--batch", str(batch(rows(30, 4)))]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_a_missing_batch_is_status_2(capsys):
    assert stdspec(["monitor", "latest", "--batch", "none.csv"]) == 2
    assert "none.csv: there is no such batch file; name a CSV, .npy or .npz file" in capsys.readouterr().err


def test_an_exported_model_is_compared_without_torch(run_folder, batch):
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from stdspec.cli.main import run\n"
        f"status = run(['monitor', 'latest', '--batch', {str(batch(rows(300, 4)))!r}])\n"
        "print(status, [name for name in ('torch', 'lightning', 'sklearn') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_run_without_reference_says_what_to_set(run_folder, batch, capsys):
    (run_folder / "artifacts" / "reference.json").unlink()
    seal.write(run_folder)
    assert stdspec(["monitor", "latest", "--batch", str(batch(rows(30, 4)))]) == 2
    assert "set monitoring.reference, such as train, and run again" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["artifacts/reference.json", "artifacts/model.onnx", "report.json", "seal.json"])
def test_a_run_that_was_edited_compares_nothing(run_folder, batch, capsys, name):
    (run_folder / name).write_bytes((run_folder / name).read_bytes() + b" ")
    broken = name == "seal.json" and (run_folder / name).write_text("{")
    assert stdspec(["monitor", "latest", "--batch", str(batch(rows(30, 4)))]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    fact = "there is no sound seal.json" if broken else f"{name} is not as the run left it"
    assert fact in said.err
    assert "run the spec again" in said.err
