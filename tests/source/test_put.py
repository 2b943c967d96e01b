"""A value written into a YAML text: it says the value, and every byte outside the edit is what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.source.put import put
from stdspec.source.reader import read

WHERE = ("data", "source", "digest")
DIGEST = {"a.csv": "sha256:" + "0" * 8}
SIGNATURE = {
    "inputs": {"features": {"dtype": "float32", "shape": ["batch", 30]}},
    "outputs": {"scores": {"dtype": "float32", "shape": ["batch", 2]}},
}


def written(text: str, value: Any = DIGEST, where: tuple[str, ...] = WHERE) -> str | None:
    made = put("/nowhere/spec.yaml", text.encode(), where, value)
    return None if made is None else made.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "data:\n  source: {path: a.csv}  # here\n\n# end\n",
            'data:\n  source: {path: a.csv, digest: {a.csv: "sha256:00000000"}}  # here\n\n# end\n',
        ),
        (
            "data:\n  source:\n    path: a.csv  # why\n  target: {column: y}\n",
            'data:\n  source:\n    path: a.csv  # why\n    digest: {a.csv: "sha256:00000000"}\n  target: {column: y}\n',
        ),
        (
            "data:\n  source:\n    digest: null  # not yet\n",
            'data:\n  source:\n    digest: {a.csv: "sha256:00000000"}  # not yet\n',
        ),
        (
            "data:\n  source:\n    digest:\n      # kept\n      a.csv: sha256:ff  # too\n",
            "data:\n  source:\n    digest:\n      # kept\n      a.csv: sha256:00000000  # too\n",
        ),
        ("name: a\n", 'name: a\ndata: {source: {digest: {a.csv: "sha256:00000000"}}}\n'),
        ("name: a", 'name: a\ndata: {source: {digest: {a.csv: "sha256:00000000"}}}'),
        ("# alone\n", '# alone\ndata: {source: {digest: {a.csv: "sha256:00000000"}}}\n'),
        ("data:\r\n  x: 1\r\n", 'data:\r\n  x: 1\r\n  source: {digest: {a.csv: "sha256:00000000"}}\r\n'),
        ("data: {source: {}}\n", 'data: {source: {digest: {a.csv: "sha256:00000000"}}}\n'),
        ("\ufeffdata: {x: 1}\n", '\ufeffdata: {x: 1, source: {digest: {a.csv: "sha256:00000000"}}}\n'),
    ],
)
def test_the_value_stands_where_it_belongs_and_the_rest_stays(before: str, after: str) -> None:
    assert written(before) == after
    assert written(after) == after


def test_a_long_mapping_stands_on_lines_of_its_own() -> None:
    assert written("model:\n  kind: mlp\n", SIGNATURE, ("model", "signature")) == (
        "model:\n  kind: mlp\n  signature:\n"
        "    inputs: {features: {dtype: float32, shape: [batch, 30]}}\n"
        "    outputs: {scores: {dtype: float32, shape: [batch, 2]}}\n"
    )


def test_a_block_is_replaced_whole_where_its_keys_differ() -> None:
    text = "data:\n  source:\n    digest:\n      b.csv: sha256:ff\n\n  # about the target\n  target: {}\n"
    assert written(text) == (
        "data:\n  source:\n    digest:\n      a.csv: sha256:00000000\n\n  # about the target\n  target: {}\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 'x: y'\n", "a: 'x: y'\nb: 'u: v'\n"),
        ('a: "x: y"\n', 'a: "x: y"\nb: "u: v"\n'),
        ("a: 'plain word'\n", "a: 'plain word'\nb: 'u: v'\n"),
        ("a: x\n", 'a: x\nb: "u: v"\n'),
        ("a: sha256:ff\n", 'a: sha256:ff\nb: "u: v"\n'),
        ("b: 'old'\n", "b: 'u: v'\n"),
        ("a: 'x: y'\nb: \"old\"\n", "a: 'x: y'\nb: \"u: v\"\n"),
        ("{b: old, a: 'x: y'}\n", "{b: 'u: v', a: 'x: y'}\n"),
        ("{b: old}\n", '{b: "u: v"}\n'),
    ],
)
def test_quotes_are_those_of_the_text_before_it_or_of_the_file(before: str, after: str) -> None:
    assert written(before, "u: v", ("b",)) == after


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("word", "word"),
        ("two words", "two words"),
        ("sha256:ff", '"sha256:ff"'),
        ("true", '"true"'),
        ("1.0", '"1.0"'),
        ("", '""'),
        ("it's", "it's"),
        ("a, b", '"a, b"'),
        ("# no", '"# no"'),
        ("two\nlines", '"two\\nlines"'),
        (["a:b", "c"], '["a:b", c]'),
        (1.5, "1.5"),
        (None, "null"),
    ],
)
def test_only_a_text_that_needs_quotes_somewhere_gets_them(value: Any, text: str) -> None:
    assert written("a: 1\n", value, ("b",)) == f"a: 1\nb: {text}\n"


def test_a_text_of_several_lines_before_it_is_no_hindrance() -> None:
    text = "data:\n  source:\n    note: |\n      one\n      two\n\nz: 1\n"
    made = written(text)
    assert made is not None
    assert "      two\n    digest:" in made
    assert read("/nowhere/spec.yaml", made.encode()).value["data"]["source"]["note"] == "one\ntwo\n"


@pytest.mark.parametrize(
    "text",
    [
        "data: null\n",
        "data: 3\n",
        "- a\n",
        "a: [\n",
        "data: &here {source: {path: a}}\nother: *here\n",  # the edit would change both
        "data: {source: ${other}}\n",
    ],
)
def test_what_cannot_be_done_for_certain_is_not_done(text: str) -> None:
    assert written(text) is None


_VALUES = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "b: c", "# d", "1e3", "no"]))
_TREES = st.recursive(
    _VALUES,
    lambda inner: st.dictionaries(st.sampled_from(["data", "source", "x", "y y"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["data", "name", "z"]), _TREES, max_size=3), st.booleans(), st.booleans())
def test_whatever_stands_there_the_rest_means_the_same(tree: dict[str, Any], flow: bool, commented: bool) -> None:
    import yaml

    text = yaml.safe_dump(tree, default_flow_style=flow, sort_keys=False)
    if commented:
        text = "".join(f"{line}  # {number}\n" for number, line in enumerate(text.splitlines()))
    made = written(text)
    if made is None:
        return
    before, after = (read("/nowhere/spec.yaml", one.encode()).value for one in (text, made))
    assert after["data"]["source"].pop("digest") == DIGEST
    kept = before.get("data", {}).get("source", {})
    kept.pop("digest", None)
    assert after["data"]["source"] == kept
    for tree_ in (before, after):
        tree_.get("data", {}).pop("source", None)
    assert before | {"data": before.get("data", {})} == after
    if commented:
        assert [line.partition("  # ")[2] for line in text.splitlines()] == [
            line.partition("  # ")[2] for line in made.splitlines() if "  # " in line
        ]


def test_nothing_is_written_to_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text("data: {}\n")
    assert put(str(file), file.read_bytes(), WHERE, DIGEST) is not None
    assert file.read_text() == "data: {}\n"
