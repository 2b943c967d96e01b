"""Places as machines want them: fields of JSON, and paths from the root of the repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stdspec.finding import COMMAND_LINE, Span
from stdspec.paths import named, shown


def place_data(span: Span | None) -> dict[str, Any]:
    """A span as one JSON object, the file relative to the working directory; every field is null when there is none."""
    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "file": span.file if span.file == COMMAND_LINE else shown(span.file),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def in_file(span: Span | None) -> Span | None:
    """The span when it lies in a file, and not in an override on the command line."""
    return None if span is None or span.file == COMMAND_LINE else span


def from_root(file: str, variable: str) -> str:
    """A file as the server of a repository names it, with `/`.

    Args:
        file: absolute.
        variable: the environment variable that holds the root of the checkout in a job; the working directory is taken
            where it is not set, or does not hold the working directory.

    Returns:
        A path relative to the root; one below `SHIPPED` for what ships with stdspec; an absolute one for a file that
        lies elsewhere.
    """
    here = Path.cwd()
    said = os.environ.get(variable)
    root = Path(os.path.realpath(said)) if said and here.is_relative_to(os.path.realpath(said)) else here
    return named(file, root)


def uri(path: str) -> str:
    """A path as a URI reference: relative, or absolute as `file://`; bytes that are no UTF-8 are kept."""
    encoded = quote(os.fsencode(path))
    # A colon in the first part of a relative reference would be read as a scheme.
    return f"file://{encoded}" if path.startswith("/") else encoded
