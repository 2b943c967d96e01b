"""`stdspec explain` says what a code is, why, how it looks, how to mend it and how to switch it off."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stdspec.cli.explain import command
from stdspec.errors import InputError


@pytest.fixture(autouse=True)
def _eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def _explain(*args: str) -> Result:
    return CliRunner().invoke(command, list(args))


def _out(*args: str) -> str:
    result = _explain(*args)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_page_has_everything_one_asks_for() -> None:
    text = " ".join(_out("YML003").split())
    for words in (
        "YML003 duplicate-key (error)",
        "Some parsers keep the first value, some the last, and Hydra refuses both.",
        "Refused: # conf/config.yaml lr: 0.1 seed: 3 lr: 0.2",
        "conf/config.yaml:3:1: the key 'lr' stands twice, first in line 1; keep one",
        "Accepted: # conf/config.yaml lr: 0.1 model: {lr: 0.2}",
        "To mend it: Keep one.",
        "# stdspec: ignore[YML003] reason",
        'ignore = ["YML003"]',
    ):
        assert words in text


def test_a_clause_says_what_it_asks_and_cites() -> None:
    text = " ".join(_out("dat002").split())
    assert "Clause DAT002 of stdspec/base@1: must, from stage candidate" in text
    assert "spec.data.license: an SPDX expression" in text
    assert "Cites: SPDX 2.3, annex D (supports, unverified)" in text
    assert "{spec.data.license: ''} data.license: data.license is '', asked an SPDX expression" in text
    assert "A comment in the file cannot switch it off." in text


def test_a_rule_and_the_clause_that_shares_its_code_stand_together() -> None:
    text = _out("CMP003")
    assert "compute" in text
    assert "Clause CMP003 of stdspec/base@1: must" in text


def test_a_clause_that_only_a_run_can_settle_is_explained_too() -> None:
    assert "run.training.loss_finite" in _out("TRN005")


def test_several_codes_and_words_of_any_case() -> None:
    text = _out("yml001", "HYD015", "yml001")
    assert text.count("YML001 not-yaml") == 1
    assert "HYD015 misspelt-default-keyword" in text


def test_what_nobody_sees_is_shown_escaped() -> None:
    text = _out("YML020")
    assert not [sign for sign in text if unicodedata.category(sign) in ("Cf", "Cc") and sign != "\n"]
    assert "200b" in text.lower()


@pytest.mark.parametrize(
    ("word", "remedy"),
    [("YML0O3", "did you mean YML003?"), ("duplicate-key", "did you mean YML003?"), ("blue", "lists them all")],
)
def test_an_unknown_code_gets_a_suggestion(word: str, remedy: str) -> None:
    with pytest.raises(InputError, match=f"there is no code or clause {word.upper()}") as caught:
        command.main([word], standalone_mode=False)
    assert remedy in str(caught.value.remedy)


def test_every_page_fits_eighty_columns() -> None:
    codes = [line.split()[0] for line in _out().splitlines()]
    assert {"YML001", "GOV002", "TRN005", "STD015"} <= set(codes)
    wide = [
        line
        for line in _out(*codes).splitlines()
        if sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in line) > 80
    ]
    assert [line for line in wide if not re.search(r"\S{60}", line)] == []


def test_the_reference_page_and_the_terminal_say_the_same() -> None:
    from stdspec.lint import manual
    from stdspec.settings import Settings

    known = manual.standards(Settings(root=Path("/")))
    item = manual.page("YML003", known)
    assert item is not None
    assert json.loads(json.dumps(item.as_dict()))["bad"][0]["message"] in " ".join(_out("YML003").split())
