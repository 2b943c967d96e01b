"""What a clean run of lint loads: rules one by one, and never the manual of what other layers find."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = """
import json, sys
from stdspec.lint.engine import lint
report = lint(["conf"])
print(json.dumps([len(report.findings), sorted(name for name in sys.modules if name.startswith("stdspec."))]))
"""


def test_a_clean_lint_loads_no_page_of_the_manual() -> None:
    from stdspec.lint import catalog

    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, check=True, capture_output=True, text=True)
    count, loaded = json.loads(done.stdout)
    assert count == 0
    assert "stdspec.lint.engine" in loaded
    assert set(catalog.forms().values()).isdisjoint(loaded)
    assert {"stdspec.lint.form", "stdspec.lint.manual"}.isdisjoint(loaded)
