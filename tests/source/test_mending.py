"""What is wrong with a text by itself gets an edit only where one text is certain or likely."""

from __future__ import annotations

import pytest

from stdspec.source.patch import patched
from stdspec.source.reader import read


def mended(text: str) -> str | None:
    """The text after the edits of its first finding; None where it has none."""
    finding = read("/project/a.yaml", text.encode()).findings[0]
    found = patched(text.encode(), finding.fix) if finding.fix else None
    return found.decode() if found is not None else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n\tb: 1\n\t\tc: 2\n", "a:\n  b: 1\n    c: 2\n"),
        ("a:\n  b: 1\n\tc: 2\n  d: 3\n", "a:\n  b: 1\n  c: 2\n  d: 3\n"),
        ("a:\n  - b: 1\n\t  c: 2\n    d: 3\n", "a:\n  - b: 1\n    c: 2\n    d: 3\n"),
        ("a:\n  b: 1\n\tc: 2\n  d: 3\n\te: 4\n  f: 5\n", "a:\n  b: 1\n  c: 2\n  d: 3\n  e: 4\n  f: 5\n"),
    ],
)
def test_tabs_become_spaces_where_one_depth_can_be_meant(before: str, after: str) -> None:
    assert mended(before) == after
    assert read("/project/a.yaml", before.encode()).findings[0].code == "YML002"


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  b: 1\n\tc: 2\n",  # at the end it may belong above
        "a:\n  b:\n\tc: 2\n  d: 3\n",  # below b or beside it
        "a:\n  b: 1\n\tc:\n  d: 3\n",  # d may belong below it
        "a: |\n\tb\nc:\n\td: 1\n",  # the first tab may be part of a text
    ],
)
def test_tabs_that_can_mean_two_depths_are_left_alone(text: str) -> None:
    assert mended(text) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: off # no\n", "a: false # no\n"),
        ("a: [Yes, 2]\n", "a: [true, 2]\n"),
        ("a: 1_000\n", "a: 1000\n"),
        ("a: 0b101\n", "a: 5\n"),
        ("a: 0o17\n", "a: '0o17'\n"),
        ("\ufeffa: on", "\ufeffa: true"),
        ("on: 1\n", "'on': 1\n"),
        ("{12: x}", "{'12': x}"),
        ("a: b\u200bc\n", "a: bc\n"),
        ("a: {lr:0.1}\n", "a: {lr: 0.1}\n"),
        ("a: (1, 2)\n", "a: [1, 2]\n"),
        ("a: \u22125\n", "a: -5\n"),
    ],
)
def test_a_word_becomes_what_it_is_read_as_or_meant_for(before: str, after: str) -> None:
    assert mended(before) == after


@pytest.mark.parametrize("text", ["a: 012\n", "a: 12:30:45\n", "~: 1\n", "a: .nan\n", "a: &x 1\n"])
def test_a_word_with_two_meanings_is_left_alone(text: str) -> None:
    assert mended(text) is None


def test_writing_what_is_read_changes_no_value() -> None:
    text = "a: [off, ON, Yes, no, 1_0.5, 0b11, 0o7, 1_0]\n"
    document = read("/project/a.yaml", text.encode())
    after = patched(text.encode(), [edit for item in document.findings for edit in item.fix])
    assert after is not None
    again = read("/project/a.yaml", after)
    assert (again.value, again.findings) == (document.value, ())
    assert [type(item) for item in again.value["a"]] == [type(item) for item in document.value["a"]]
