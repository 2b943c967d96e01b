"""Edits reach exactly their characters, whatever ends the lines; every other byte stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stdspec.finding import Edit, Span
from stdspec.source.patch import patched

LINE_ENDS = ("\n", "\r\n", "\r", "\u2028", "\u2029", "\x85")


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(Span("a.yaml", line, column, end_line, end_column), text)


@pytest.mark.parametrize("end", LINE_ENDS)
def test_an_edit_keeps_the_line_ends_and_a_missing_last_one(end: str) -> None:
    text = f"a: off # é{end}{end}b: [1,\t2]"
    found = patched(text.encode(), [edit(1, 4, 1, 7, "false"), edit(3, 8, 3, 9, "3")])
    assert found == text.replace("off", "false").replace("2]", "3]").encode()


def test_a_new_line_ends_as_the_others_do() -> None:
    assert patched(b"a:\r\n- b\r\n", [edit(2, 4, 2, 4, "\n- c")]) == b"a:\r\n- b\r\n- c\r\n"


def test_a_byte_order_mark_counts_for_nothing() -> None:
    assert patched("\ufeffa: 1".encode(), [edit(1, 4, 1, 5, "2")]) == "\ufeffa: 2".encode()
    assert patched("\ufeffa: 1".encode(), [edit(1, 1, 1, 1, "# x\n")]) == "\ufeff# x\na: 1".encode()


@pytest.mark.parametrize("place", [(1, 6, 1, 6), (3, 1, 3, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 3, 1, 2)])
def test_a_place_that_the_text_has_not_gives_nothing(place: tuple[int, int, int, int]) -> None:
    assert patched(b"a: 1\nb", [edit(*place, "x")]) is None


def test_edits_that_overlap_or_begin_at_one_place_give_nothing() -> None:
    assert patched(b"abcdef", [edit(1, 1, 1, 4, "x"), edit(1, 3, 1, 5, "y")]) is None
    assert patched(b"abcdef", [edit(1, 2, 1, 2, "x"), edit(1, 2, 1, 3, "y")]) is None
    assert patched(b"abcdef", [edit(1, 1, 1, 3, "x"), edit(1, 3, 1, 5, "y")]) == b"xyef"


def test_what_is_no_utf_8_is_left_alone() -> None:
    assert patched(b"a: \xff", [edit(1, 1, 1, 2, "b")]) is None


@given(
    lines=st.lists(st.text(st.characters(exclude_characters="\n\r\x85\u2028\u2029\ufeff", codec="utf-8")), min_size=1),
    ends=st.lists(st.sampled_from(LINE_ENDS), min_size=20, max_size=20),
    data=st.data(),
)
def test_any_edit_changes_its_stretch_alone(lines: list[str], ends: list[str], data: st.DataObject) -> None:
    lines = lines[:20]
    whole_lines = list(zip(lines, ends, strict=False))
    # An empty line between a carriage return and a line feed is none: the two are one line end.
    assume(not any(end == "\r" and not line and own[0] == "\n" for (_, end), (line, own) in pairwise(whole_lines)))
    number = data.draw(st.integers(0, len(lines) - 1))
    start = data.draw(st.integers(0, len(lines[number])))
    stop = data.draw(st.integers(start, len(lines[number])))
    whole = [line + end for line, end in whole_lines]
    before = "".join(whole[:number]) + lines[number][:start]
    after = lines[number][stop:] + ends[number] + "".join(whole[number + 1 :])
    text = before + lines[number][start:stop] + after
    found = patched(text.encode(), [edit(number + 1, start + 1, number + 1, stop + 1, "NEW")])
    assert found == (before + "NEW" + after).encode()
