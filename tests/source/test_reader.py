"""Values, places, headers and faults of one YAML file."""

import pytest

from stdspec.errors import InputError
from stdspec.finding import Severity, Span
from stdspec.source.document import Document
from stdspec.source.reader import read

FILE = "/project/spec.yaml"


def doc(text: str) -> Document:
    return read(FILE, text.encode())


def cut(document: Document, span: Span) -> str:
    """The text that a span covers."""
    lines = document.text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def faults(document: Document) -> list[tuple[str, int, int, str]]:
    return [
        (item.code, item.span.line, item.span.column, item.message)
        for item in document.findings
        if item.severity is Severity.ERROR and item.span
    ]


TEXT = """\
# @package _global_
title: "a 'quoted'  text"
größe: 7  # a comment
list: [1, two,
  3.5]
items:
  - name: first
    note: |
      one

      two

  - plain
folded: >-
  here
  and there
empty:
flow: {deep: {er: ~}}
"""


def test_value_is_plain_data():
    assert doc(TEXT).value == {
        "title": "a 'quoted'  text",
        "größe": 7,
        "list": [1, "two", 3.5],
        "items": [{"name": "first", "note": "one\n\ntwo\n"}, "plain"],
        "folded": "here and there",
        "empty": None,
        "flow": {"deep": {"er": None}},
    }


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("title",), "title", "\"a 'quoted'  text\""),
        (("größe",), "größe", "7"),
        (("list",), "list", "[1, two,\n  3.5]"),
        (("list", 1), "two", "two"),
        (("items", 0, "name"), "name", "first"),
        (("items", 0, "note"), "note", "|\n      one\n\n      two"),
        (("items", 0), "name: first\n    note: |\n      one\n\n      two", None),
        (("folded",), "folded", ">-\n  here\n  and there"),
        (("empty",), "empty", ""),
        (("flow", "deep", "er"), "er", "~"),
    ],
)
def test_spans_cover_key_and_value(path, key, value):
    document = doc(TEXT)
    mark = document.marks[path]
    assert cut(document, mark.key) == key
    assert cut(document, mark.value) == (key if value is None else value)


def test_columns_count_characters():
    mark = doc("ключ: значение").marks[("ключ",)]
    assert (mark.value.column, mark.value.end_column) == (7, 15)


def test_package_header():
    assert doc(TEXT).header == {"package": "_global_"}
    assert doc("# a comment\n# @package x\na: 1").header == {}


def test_malformed_package_header():
    assert faults(doc("# @package\na: 1")) == [
        ("YML011", 1, 1, "'# @package' is not a header Hydra takes; write '# @package name'")
    ]


def test_merge_keys_give_what_the_mapping_lacks():
    document = doc("base: &base {x: 1, y: 2}\nother: &other {y: 3, z: 4}\nall: {<<: [*base, *other], x: 5}\n")
    assert document.value["all"] == {"y": 2, "z": 4, "x": 5}
    assert cut(document, document.marks[("all", "y")].value) == "2"
    assert cut(document, document.marks[("all", "x")].value) == "5"


def test_an_alias_stands_for_its_anchor():
    assert doc("a: &one [1, {b: 2}]\nc: *one").value == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1\n", ("YML001", 1, 4, "a list that begins with '[' is not closed; add ',' or ']'")),
        ("a: b: c\n", ("YML001", 1, 5, "a second ':' stands where a value is expected; quote the value")),
        ('a: "x\n', ("YML001", 1, 4, "a quoted text is not closed; add the quote")),
        ("a: @x\n", ("YML001", 1, 4, "a value cannot begin with '@'; quote it")),
        (
            "a: *x\n",
            (
                "YML015",
                1,
                4,
                "there is no anchor &x above this alias; correct the name, or write the value out",
            ),
        ),
        ("a: !!python/name:os.system x\n", ("YML001", 1, 4, None)),
        ("a: 1\n---\nb: 2\n", ("YML014", 2, 1, None)),
        ("a:\n  b: 1\n c: 2\n", ("YML001", 3, 2, None)),
        ("a: 1\n\tb: 2\n", ("YML002", 2, 1, "a tab stands where YAML takes only spaces; replace it by spaces")),
        ("a:\n  - b\n \t- c\n", ("YML002", 3, 2, "a tab stands where YAML takes only spaces; replace it by spaces")),
        ("a: 1\nb: 2\na: 3\n", ("YML003", 3, 1, "the key 'a' stands twice, first in line 1; keep one")),
        ("a: {1: x}\n", ("YML004", 1, 5, "key 1 is a number; quote it")),
        ("on: x\n", ("YML004", 1, 1, "key on is a boolean; quote it")),
        ("a: [1, .nan]\n", ("YML005", 1, 8, ".nan is not a finite number; write a number or null")),
        ("a: -.inf\n", ("YML005", 1, 4, "-.inf is not a finite number; write a number or null")),
        ("- a\n", ("YML008", 1, 1, "the file holds a list; write 'key: value' lines")),
        ("word\n", ("YML008", 1, 1, "the file holds a single value; write 'key: value' lines")),
    ],
)
def test_faults_have_place_and_words(text, expected):
    document = doc(text)
    assert not document.ok
    code, line, column, message = expected
    (found,) = faults(document)
    assert found[:3] == (code, line, column)
    assert message is None or found[3] == message


def test_not_utf8_names_the_byte():
    document = read(FILE, b"a: 1\nname: M\xfcller\n")
    assert faults(document) == [("YML007", 2, 8, "byte 0xfc is not UTF-8; save the file as UTF-8")]


def test_several_faults_that_do_not_stop_the_reading_are_all_said():
    assert [item[0] for item in faults(doc("1: .nan\ntrue: .inf\n"))] == ["YML004", "YML005", "YML004", "YML005"]


@pytest.mark.parametrize(
    ("text", "reading", "severity"),
    [
        ("no", "false here and as text by YAML 1.2 editors; write false, or quote it", Severity.WARNING),
        ("Off", "false here and as text by YAML 1.2 editors; write false, or quote it", Severity.WARNING),
        ("012", "10 (octal) here and as another value by YAML 1.2 editors; quote it, or write 10", Severity.WARNING),
        ("12:30", "750 (base 60) here and as text by YAML 1.2 editors; quote it, or write 750", Severity.WARNING),
        ("1_000", "1000 here and as text by YAML 1.2 editors; write 1000", Severity.INFO),
        ("0b11", "3 (binary) here and as text by YAML 1.2 editors; write 3", Severity.WARNING),
        ("0o17", "text here and as the number 15 by YAML 1.2 editors; quote it, or write 15", Severity.WARNING),
    ],
)
def test_scalars_that_editors_read_differently(text, reading, severity):
    (found,) = doc(f"a: {text}\n").findings
    assert (found.code, found.severity) == ("YML009", severity)
    assert found.message == f"{text} is read as {reading}"
    assert doc(f"a: {text}\n").ok


@pytest.mark.parametrize(
    "text", ["true", "1e-3", "2026-12-01", "'no'", "0", "0.5", "0x1F", "-1", "null", "a_b", "v1_0"]
)
def test_scalars_that_surprise_nobody(text):
    assert doc(f"a: {text}\n").findings == ()


def test_an_empty_file_is_an_empty_mapping():
    document = doc("# nothing but a comment\n")
    assert (document.value, document.ok, document.empty) == ({}, True, True)


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="this is a directory"):
        read(tmp_path)


def test_windows_line_ends_do_not_move_places(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"a: 1\r\nb: two\r\n")
    document = read(path)
    assert document.path == str(path)
    assert cut(document, document.marks[("b",)].value) == "two"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a:\n  b: 5\n   c:\n    d: 1\n", (3, 4), "the line is indented below 'b: 5', which holds a value"),
        ("- a: 5\n    b: 1\n", (2, 5), "the line is indented below '- a: 5', which holds a value"),
        ("a: b: c\n", (1, 5), "a second ':' stands where a value is expected; quote the value"),
        ("a: x\nb: c: d\n", (2, 5), "a second ':' stands where a value is expected; quote the value"),
        ("a: {b: ${c.d}, e: 1}\n", (1, 8), "a reference between brackets or braces needs quotes"),
        ("a: [1, ${c}]\n", (1, 8), "a reference between brackets or braces needs quotes"),
        ("a: {b: {c: 1\n", (1, 8), "a mapping that begins with '{' is not closed"),
    ],
)
def test_what_is_no_yaml_is_said_where_it_is_mended(text: str, place: tuple[int, int], message: str) -> None:
    ((code, line, column, said),) = faults(doc(text))
    assert (code, line, column) == ("YML001", *place)
    assert said.startswith(message)


def test_every_key_that_stands_twice_is_found() -> None:
    text = "a: {b: 1, b: 2}\nc:\n- {d: 1, d: 2, d: 3}\na: 1\n"
    assert sorted(fault[1:3] for fault in faults(doc(text))) == [(1, 11), (3, 10), (3, 16), (4, 1)]
    assert {fault[0] for fault in faults(doc(text))} == {"YML003"}
