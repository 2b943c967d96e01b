"""The scorecard as a page: whole by itself, safe, in two languages, on a phone."""

from __future__ import annotations

import ast
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from stdspec.cli.main import run
from stdspec.report import scorecard, scorecard_words
from stdspec.report.chinese import ZH
from stdspec.report.svg.timeline import Moment, timeline
from stdspec.scorecard.model import RULE
from tests.browser import flawless, needs_browser

from .test_command import full

HAN = re.compile(r"[\u4e00-\u9fff]")


class Page(HTMLParser):
    """The tags with their attributes, and the text outside style sheets with the language it is in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = [("", "")]
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "wbr"):
            self._open.append((tag, dict(attrs).get("lang") or self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("wbr", "br"):
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1][0] != "style":
            self.said.append((self._open[-1][1], data.strip()))

    @property
    def text(self) -> str:
        return " ".join(text for _, text in self.said)


@pytest.fixture
def card(root):
    full(root)
    run(["scorecard", "--no-regression", "--format", "json", "-o", "card.json"])
    return json.loads((root / "card.json").read_text())


@pytest.fixture
def html(card):
    return scorecard.render(card)


def test_it_is_whole_by_itself_and_runs_nothing(html):
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "img", "object", "embed", "form", "base"}
    assert ("meta", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in [
        (tag, attributes.get("content")) for tag, attributes in page.tags
    ]
    outside = [value for _, found in page.tags for key, value in found.items() if key in ("src", "href")]
    assert all(value.startswith(("#", "data:")) for value in outside)
    assert not [key for _, found in page.tags for key in found if key.startswith("on")]


def test_what_people_say_is_text(html):
    assert "It &lt;b&gt;asks&lt;/b&gt; | too much" in html
    assert "ana &lt;b&gt;" in html


def test_it_says_the_score_the_clauses_the_owners_and_what_got_worse(html):
    text = Page(html).text
    assert "Score 50 %: 3 of 6 musts met; experiments: 3" in text
    for said in ("AX1", "@blue", "Waivers that end soon", "lost. yaml", "1 worse, 1 better", "stdspec-scorecard."):
        assert said in text


def test_every_link_within_leads_somewhere(html):
    page = Page(html)
    ids = {found["id"] for _, found in page.tags if "id" in found}
    assert {found["href"][1:] for _, found in page.tags if (found.get("href") or "").startswith("#")} <= ids


def test_every_figure_says_what_it_shows_and_every_table_can_be_reached_by_keyboard(html):
    page = Page(html)
    figures = [found for tag, found in page.tags if tag == "svg" and "aria-hidden" not in found]
    assert figures
    assert all(found["role"] == "img" and found["aria-label"] for found in figures)
    boxes = [found for _, found in page.tags if found.get("class") == "scroll"]
    assert len(boxes) == len([tag for tag, _ in page.tags if tag == "table"])
    assert all(found["tabindex"] == "0" and found["aria-label"] for found in boxes)


def test_in_chinese_what_is_not_chinese_is_a_name_or_marked(card):
    page = Page(scorecard.render(card, "zh"))
    assert page.tags[1][0] == "head"
    assert dict(page.tags)["html"] == {"lang": "zh-Hans"}
    unmarked = [text for lang, text in page.said if lang == "zh-Hans" and not HAN.search(text)]
    words = [text for text in unmarked if re.search(r"[a-z]{3,} [a-z]{2,}", text) and text not in json.dumps(card)]
    assert words == []


def test_every_phrase_that_is_told_is_in_the_table():
    told = []
    for module in (scorecard, scorecard_words):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "told":
                told += [one.value for one in node.args if isinstance(one, ast.Constant)]
    told += [phrase for _, phrase in scorecard_words._COUNTED]
    assert [phrase for phrase in (*told, RULE) if phrase not in ZH] == []


def test_english_pages_are_as_ever_after_a_chinese_one(card, html):
    scorecard.render(card, "zh")
    assert scorecard.render(card) == html


def moment(day: str, share: float | None, *, broken: bool = False) -> Moment:
    import datetime

    return Moment(datetime.date.fromisoformat(day), (share, 1.0), "fail", "fail", "✕", broken)


def test_no_line_leads_over_a_break():
    drawn = timeline(
        [moment("2026-01-01", 0.1), moment("2026-01-02", 0.2), moment("2026-01-03", 0.3, broken=True)], label="x"
    )
    assert drawn.count("<polyline") == 2  # one for each share, both before the break
    assert drawn.count('class="chosen"') == 1
    assert drawn.count("<circle") == 6
    assert drawn.count("✕") == 2  # the last day has no room for its sign


def test_a_day_without_a_score_leaves_a_gap():
    days = [moment("2026-01-01", 0.1), moment("2026-01-02", None), moment("2026-01-03", 0.3)]
    drawn = timeline(days, label="x")
    assert 'class="line s0"' not in drawn
    assert 'class="line s1"' in drawn


def test_one_day_is_drawn_as_dots():
    drawn = timeline([moment("2026-01-01", 0.5)], label="<x>")
    assert "<polyline" not in drawn
    assert 'aria-label="&lt;x&gt;"' in drawn
    assert timeline([], label="x") == ""


@needs_browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_has_nothing_that_anybody_runs_into(card, tmp_path, lang):
    assert card["compared"]["worse"]
    assert card["waivers"]
    assert card["not_judged"]
    assert any(item["feedback"] for item in card["clauses"])
    assert any(item["owner"] for item in card["owners"])
    flawless(scorecard.render(card, lang), tmp_path)
