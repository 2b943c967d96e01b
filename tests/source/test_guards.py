"""Hostile texts give the expected finding at once."""

import os
import time
from itertools import pairwise

import pytest

from stdspec.source.reader import MAX_BYTES, read

LEVELS = "abcdefghijklmno"


def alias_bomb() -> str:
    lines = [f"a: &a [{', '.join('x' * 9)}]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(LEVELS)]
    return "\n".join(lines)


def merge_bomb() -> str:
    lines = ["a: &a {k1: 1, k2: 2, k3: 3}"]
    lines += [f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}" for old, new in pairwise(LEVELS)]
    return "\n".join(lines)


HOSTILE = {
    "alias bomb": alias_bomb(),
    "merge-key bomb": merge_bomb(),
    "flow depth": "a: " + "[" * 50_000,
    "block depth": "\n".join("  " * level + "a:" for level in range(1_000)),
    "self reference": "a: &a [*a]",
    "many values": "a: [" + "1," * 120_000 + "]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_bombs_are_refused_before_they_expand(text):
    begin = time.process_time()
    document = read("/project/spec.yaml", text.encode())
    assert [item.code for item in document.findings] == ["YML006"]
    assert document.value == {}
    assert not document.readable
    assert time.process_time() - begin < 2


def test_a_large_file_is_refused_without_parsing():
    document = read("/project/spec.yaml", b"a: 1 #" + b"x" * MAX_BYTES)
    assert [item.message for item in document.findings] == ["the file is larger than 2 MiB; split it"]


def test_a_number_too_long_to_convert_is_refused():
    document = read("/project/spec.yaml", b"a: " + b"9" * 10_000)
    assert [item.code for item in document.findings] == ["YML001"]


def test_a_large_honest_file_is_read():
    text = "\n".join(f"key_{number}: {{a: {number}, b: [1, 2, 3]}}" for number in range(5_000))
    document = read("/project/spec.yaml", text.encode())
    assert document.ok
    assert document.value["key_4999"] == {"a": 4999, "b": [1, 2, 3]}


def test_a_pipe_is_read_from_the_shell_and_not_from_a_folder(tmp_path):
    ours, theirs = os.pipe()
    os.write(theirs, b"a: 1")
    os.close(theirs)
    assert read(f"/dev/fd/{ours}").value == {"a": 1}
    os.close(ours)
    os.mkfifo(tmp_path / "pipe.yaml")
    said = [item.message for item in read(tmp_path / "pipe.yaml").findings]
    assert said == ["the file cannot be read: it is a pipe; allow it, or take the file out"]


def test_a_large_text_is_not_read_slowly():
    begin = time.process_time()
    assert read("/project/spec.yaml", b"a: 1\t# x\n" + b"b: 'x'\n" * 40_000).findings
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("text", ["0b" + "1" * 15_000, "0" + "7" * 5_000, "0x" + "f" * 4_000, "1" + ":59" * 2_400])
def test_an_integer_too_long_to_be_written_is_not_read_in_any_base(text: str) -> None:
    (found,) = read("/project/spec.yaml", f"size: {text}\n".encode()).findings
    fact = f"the number that begins with {text[:12]} cannot be read; quote it"
    assert (found.code, found.message) == ("YML001", fact)
