"""The Chinese words of pages: none is missing, and nothing in another language than the page is left unmarked."""

from __future__ import annotations

from string import Formatter

import pytest

from stdspec.domains import DOMAINS, STAGES
from stdspec.report import html, seen, text, words
from stdspec.report.build import RULE
from stdspec.report.chinese import ZH
from stdspec.report.translated import phrases
from stdspec.standard.standing import RULE as STANDING

from . import sample

ENVIRONMENT = html._environment(words.ENGLISH)
TEMPLATES = [name for name in ENVIRONMENT.list_templates() if name.endswith(".j2")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_fixed_word_of_a_template_is_in_the_table(name):
    source = ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0]
    assert [phrase for phrase in phrases(ENVIRONMENT, source) if phrase not in ZH] == []


@pytest.mark.parametrize(
    "phrase",
    [
        *(said for _, said in html.SIGNS.values()),
        *html.LANGUAGES.values(),
        *html._LEVELS,
        *DOMAINS,
        *STAGES,
        *text._OPERATORS.values(),
        *text.PATTERNS.values(),
        *words._PARTS.values(),
        text.ABSENT,
        RULE,
        STANDING,
    ],
)
def test_what_pages_say_of_every_run_is_in_the_table(phrase):
    assert phrase in ZH


def test_a_translation_has_the_places_of_its_phrase():
    def places(said):
        return sorted(field for _, field, _, _ in Formatter().parse(said) if field is not None)

    assert [phrase for phrase, said in ZH.items() if places(phrase) != places(said)] == []


def test_english_pages_are_as_ever_after_a_chinese_one():
    before = html.render(sample.report())
    html.render(sample.report(), "zh")
    assert html.render(sample.report()) == before


def test_numbers_ids_and_verdicts_are_the_same_in_both_languages():
    import re

    pages = [re.sub(r"<style.*?</style>", "", html.render(sample.report(), lang), flags=re.S) for lang in ("en", "zh")]
    for pattern in (r'id="[^"]*"', r'class="badge[^"]*"', r"sha256:[0-9a-f<wbr>]+"):
        assert re.findall(pattern, pages[0]) == re.findall(pattern, pages[1])


def test_units_and_absence_are_said_in_the_language_spoken():
    with words.spoken("zh"):
        assert text.value(None) == "未记录"
        assert text.limit({"at_least": 3, "exists": True}) == "至少 3；存在"
        assert seen.limits({"rule": "DAT001"}) == "检查 DAT001 所查的内容"
    assert text.value(None) == "not recorded"
