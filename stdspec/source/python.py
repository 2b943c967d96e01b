"""Reads Python that somebody else wrote as a tree of its syntax. Nothing of it is run."""

from __future__ import annotations

import ast


def syntax_tree(source: str | bytes) -> ast.Module:
    """The syntax tree of a source file.

    Raises:
        SyntaxError: when it is no Python.
        ValueError: when it is nested too deeply for Python's parser, or holds a NUL.
    """
    try:
        return ast.parse(source)
    except (RecursionError, MemoryError):  # the parser's ways to say that its stack is full
        raise ValueError("it is nested too deeply") from None
