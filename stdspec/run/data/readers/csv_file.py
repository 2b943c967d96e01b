"""Reads a CSV file with one header line into a raw table; every fault of its form is one sentence with its line.

Cells stay text here. What they mean is decided in `columns`, where the declaration is known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from stdspec.errors import InputError
from stdspec.paths import shown
from stdspec.run.data.raw import Table, as_text
from stdspec.run.data.sources import Source

CELL_LIMIT = 1 << 20
"""The longest cell that is read, in characters; a longer one is an unclosed quote in practice."""


def read(source: Source, files: Sequence[Path]) -> Table:
    """The table of a source of kind csv: UTF-8, its cells divided by the source's delimiter, else by a comma.

    Raises:
        InputError: for a file that is no CSV: empty, no rows, ragged, wrongly quoted or encoded, a column twice.
    """
    return read_file(files[0], source.get("delimiter") or ",")


def read_file(path: Path, delimiter: str = ",") -> Table:
    """The table in one CSV file; see `read`."""
    file = shown(path)
    if len(delimiter) != 1:
        raise InputError(f"the delimiter '{delimiter}' is not one character", place="data.source.delimiter")
    text = _decoded(path, file)
    if not text.strip():
        raise InputError("the file is empty", place=file, remedy="a CSV starts with a line of column names")
    records = _records(text, delimiter, file)
    header_line, header = next(records)
    _check_header(header, f"{file}:{header_line}")
    rows: list[list[str]] = []
    lines: list[int] = []
    for line, cells in records:
        if len(cells) != len(header):
            raise InputError(
                f"the line has {_count(len(cells), 'cell')} and the header names {_count(len(header), 'column')}",
                place=f"{file}:{line}",
                remedy="every line needs one cell a column; quote a cell that holds the delimiter",
            )
        rows.append(cells)
        lines.append(line)
    if not rows:
        raise InputError("the file has a header and no rows", place=file, remedy="add at least one row of data")
    columns = {name: as_text([row[index] for row in rows]) for index, name in enumerate(header)}
    return Table(file, columns, np.array(lines, dtype=np.int64))


def _decoded(path: Path, file: str) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("the data file does not exist", place=file) from None
    except OSError as error:
        raise InputError(f"the data file cannot be read: {error.strerror}", place=file) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("the text is not UTF-8", place=f"{file}:{line}", remedy="save the file as UTF-8") from None


def _records(text: str, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it starts on; blank lines are no records."""
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        reason = "a quoted cell is not closed" if "end of data" in str(error) else str(error)
        raise InputError(f"the line is not CSV: {reason}", place=f"{file}:{line}") from None


def _check_header(header: list[str], place: str) -> None:
    seen: set[str] = set()
    for index, name in enumerate(header):
        if not name.strip():
            raise InputError(f"column {index + 1} has no name", place=place, remedy="name every column in the header")
        if name in seen:
            raise InputError(f"two columns are named '{name}'", place=place, remedy="rename one of them")
        seen.add(name)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
