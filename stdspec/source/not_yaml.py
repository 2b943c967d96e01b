"""What the YAML parser has against a text, in plain words: code, message and place."""

from __future__ import annotations

import re
from typing import Final

import yaml

from stdspec.source.tree import Place

_PLAIN_WORDS: Final = {
    "mapping values are not allowed in this context": "a second ':' stands where a value is expected; quote the value",
    "mapping values are not allowed here": "a second ':' stands where a value is expected; quote the value",
    "could not find expected ':'": "a key has no ':' after it; write 'key: value'",
    "did not find expected key": "the line does not fit the mapping above it; indent it like its neighbours",
    "did not find expected '-' indicator": "the line does not fit the list above it; begin it with '- '",
    "did not find expected ',' or ']'": "a list that begins with '[' is not closed; add ',' or ']'",
    "did not find expected ',' or '}'": "a mapping that begins with '{' is not closed; add ',' or '}'",
    "found unexpected end of stream": "a quoted text is not closed; add the quote",
    "found undefined tag handle": "a tag that nothing defines; quote the value",
    "block sequence entries are not allowed in this context": "a list item stands behind a key; begin a new line",
    "control characters are not allowed": "there is a control character; remove it",
}


_OTHER_WORDS: Final = {
    "expected <block end>, but found": "did not find expected key",
    "expected ',' or ']', but got": "did not find expected ',' or ']'",
    "expected ',' or '}', but got": "did not find expected ',' or '}'",
    "expected '<document start>', but found": "did not find expected <document start>",
    "special characters are not allowed": "control characters are not allowed",
}
"""How PyYAML's own parser says what libyaml says."""

_PLACEHOLDER: Final = re.compile(r"""(?:^|[:,\[-]\s*)(\{\{[^{}\n]{0,200}\}\}|\{%[^%\n]{0,200}%\})""")


def placeholder(text: str, line: int) -> Place | None:
    """The place of an unquoted placeholder of a template, ``{{ name }}`` or ``{% if … %}``, in a line."""
    lines = text.splitlines()
    found = _PLACEHOLDER.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return (line, found.start(1) + 1, line, found.end(1) + 1) if found else None


_AT_ITS_BEGIN: Final = frozenset(
    (
        "could not find expected ':'",
        "did not find expected ',' or ']'",
        "did not find expected ',' or '}'",
        "found unexpected end of stream",
    )
)
"""Problems that are seen late: the place to look at is where the construct begins."""


def not_yaml(error: yaml.YAMLError, text: str) -> tuple[str, str, Place]:
    """Code, message and place for what the parser refused."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "the text is not YAML")
    problem = next((words for begin, words in _OTHER_WORDS.items() if problem.startswith(begin)), problem)
    mark = getattr(error, "problem_mark", None)
    if problem in _AT_ITS_BEGIN or mark is None:
        mark = getattr(error, "context_mark", None) or mark
    if mark is None:
        before = text[: int(getattr(error, "position", 0))]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    else:
        line, column = mark.line + 1, mark.column + 1
    lines = text.splitlines()
    current = lines[line - 1] if 0 < line <= len(lines) else ""
    indent = current[: len(current) - len(current.lstrip())]
    if "\t" in indent or current[column - 1 : column] == "\t":
        column = current.index("\t") + 1 if "\t" in indent else column
        message = "a tab stands where YAML takes only spaces; replace it by spaces"
        return "YML002", message, (line, column, line, column + 1)
    place = (line, column, line, column + 1)
    if problem == "did not find expected <document start>":
        return "YML014", "text follows after the end of the document; put all of it into one mapping", place
    if re.fullmatch("found character (?:'.+' )?that cannot start any token", problem):
        return "YML001", f"a value cannot begin with '{current[column - 1 : column]}'; quote it", place
    return "YML001", _PLAIN_WORDS.get(problem, f"this is not YAML: {problem}"), place
