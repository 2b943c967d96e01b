"""Looks at a page that stdspec writes, in a real browser: what axe finds, what is cut off, what no key reaches."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NODE = shutil.which("node") if (HERE / "node_modules" / "puppeteer-core").is_dir() else None
LOOKS = ("wide", "dark", "phone")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or NODE is None, reason="needs chromium, node and what npm ci in tests/browser installs"
)


def look(page: str, folder: Path) -> dict[str, Any]:
    """Open a page, wide, dark and on a phone, with all of it unfolded, walk through it by the tab key, and print it.

    Args:
        page: its source.
        folder: where pictures and the printed page go: wide.png, dark.png, phone.png, paper.pdf.

    Returns:
        What `look.js` tells: faults and beyond by look, keyboard, said on the console, asked of the network.
    """
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    assert CHROMIUM is not None
    assert NODE is not None
    command = [NODE, str(HERE / "look.js"), CHROMIUM, str(file), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def flawless(page: str, folder: Path) -> None:
    """Assert that nobody runs into anything: not with a screen reader, on a phone, by keys alone, or on paper."""
    found = look(page, folder)
    assert found["faults"] == {key: [] for key in LOOKS}
    assert found["beyond"] == {key: [] for key in LOOKS}
    assert found["keyboard"]["missed"] == []
    assert found["keyboard"]["unmarked"] == []
    assert found["said"] == []
    assert found["asked"] == []
    assert (folder / "paper.pdf").read_bytes().startswith(b"%PDF-")
