"""The pages of stdspec in a real browser: by screen reader, on a phone, in the dark, by keys alone and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.report.html import render
from tests.browser import flawless, look, needs_browser

from . import sample

pytestmark = needs_browser

FAULTY = """<!doctype html><html><head><title>Faulty</title>
<meta name="viewport" content="width=device-width"></head><body style="margin:0">
<main><h1 style="color:#ccc;background:#fff">Pale</h1><div style="width:700px">Wide</div>
<a href="#x" tabindex="0" style="outline:none">Unmarked</a></main>
<script>console.log("heard")</script></body></html>"""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_report_has_nothing_that_anybody_runs_into(lang: str, tmp_path: Path) -> None:
    flawless(render(sample.report(), lang), tmp_path)


def test_what_is_wrong_with_a_page_is_seen(tmp_path: Path) -> None:
    found = look(FAULTY, tmp_path)
    words = " ".join(found["faults"]["wide"])
    assert "color-contrast" in words
    assert "html-has-lang" in words
    assert found["beyond"]["wide"] == []
    assert found["beyond"]["phone"] == ["div: Wide"]
    assert found["keyboard"] == {"able": 1, "missed": [], "unmarked": ["a: Unmarked"]}
    assert "heard" in found["said"]
