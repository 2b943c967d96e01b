"""A document that was packed comes back equal, with the place of all that it says."""

from __future__ import annotations

from stdspec.source import kept
from stdspec.source.reader import read

TEXT = """\
# @package _global_
defaults:
  - override /data: csv
  - _self_
data:
  columns: [a, {name: b}]
seed: 3
"""


def test_a_document_comes_back_equal_with_all_its_places() -> None:
    document = read("/conf/a.yaml", TEXT.encode())
    packed = kept.pack(document)
    assert packed is not None
    back = kept.unpack(packed, document.path, TEXT)
    assert back is not None
    assert (back.value, back.header, back.findings) == (document.value, {"package": "_global_"}, ())
    assert dict(back.marks) == dict(document.marks)
    assert list(back.marks) == list(document.marks), "in the order of the text"
    for path in (("defaults",), ("defaults", 0), ("data", "columns", 1, "name"), ("defaults", 7), ("nothing",)):
        assert back.marks.get(path) == document.marks.get(path)
        assert (path in back.marks) is (path in document.marks)


def test_what_holds_a_fault_or_cannot_come_back_is_not_kept() -> None:
    assert kept.pack(read("/conf/a.yaml", b"a: 1\na: 2\n")) is None
    assert kept.pack(read("/conf/a.yaml", b"a: 123456789012345678901234567890\n")) is None
    assert kept.unpack(b"nonsense", "/conf/a.yaml", "") is None
