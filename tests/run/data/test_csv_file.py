"""The CSV reader: what it gives, and one sentence with the line for every fault of form."""

import pytest

pytest.importorskip("numpy", reason="needs the run extra")

from stdspec.errors import InputError
from stdspec.run.data.readers.csv_file import read_file


def test_cells_stay_text_and_rows_know_their_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('\ufeffname;note\n\nx;"two\nlines"\ny;\n', encoding="utf-8")
    table = read_file(path, ";")
    assert {name: list(values) for name, values in table.columns.items()} == {
        "name": ["x", "y"],
        "note": ["two\nlines", ""],
    }
    assert [table.where(row).rsplit(":", 1)[1] for row in range(2)] == ["3", "5"]


@pytest.mark.parametrize(
    ("text", "line", "fact"),
    [
        (b"", None, "the file is empty"),
        (b"\n \n", None, "the file is empty"),
        (b"a,b\n", None, "a header and no rows"),
        (b"a,b\n1,2\n3\n", 3, "the line has 1 cell and the header names 2 columns"),
        (b"a,b\n1,2,3\n", 2, "the line has 3 cells and the header names 2 columns"),
        (b"a,a\n1,2\n", 1, "two columns are named 'a'"),
        (b"a,\n1,2\n", 1, "column 2 has no name"),
        (b'a,b\n1,2\n"3,4\n5,6\n', 3, "a quoted cell is not closed"),
        (b"a,b\n1,\xe9\n", 2, "the text is not UTF-8"),
    ],
)
def test_a_fault_of_form_is_one_sentence_with_its_line(tmp_path, text, line, fact):
    path = tmp_path / "a.csv"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read_file(path)
    assert fact in caught.value.message
    assert caught.value.place.endswith("a.csv" if line is None else f"a.csv:{line}")
