"""Checking is light: what it imports, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from stdspec.validate import check_data
found = check_data({"stdspec": "1"}, "spec", lambda path, key: None)
assert len(found) == 5, found
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_checking_imports_nothing_heavy() -> None:
    out = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout.split()
    assert "jsonschema_rs" in out
    heavy = {"torch", "lightning", "sklearn", "numpy", "jsonschema", "hydra", "omegaconf", "duckdb", "onnx"}
    assert heavy & set(out) == set()
