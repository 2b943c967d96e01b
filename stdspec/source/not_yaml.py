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

_PLACEHOLDER: Final = r"(?:^|[:,\[-]\s*)(\{\{[^{}\n]{0,200}\}\}|\{%[^%\n]{0,200}%\})"


def placeholder(text: str, line: int) -> Place | None:
    """The place of an unquoted placeholder of a template, ``{{ name }}`` or ``{% if … %}``, in a line."""
    lines = text.splitlines()
    found = re.search(_PLACEHOLDER, lines[line - 1]) if 0 < line <= len(lines) else None
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


_SECOND_COLON: Final = "mapping values are not allowed"
_HOLDS_A_VALUE: Final = r"\s*(?:- )?[\w.-]+:\s+[^\s#|>&{\[].{0,60}"


def _holder(lines: list[str], number: int) -> str | None:
    """The line right above one that is indented deeper, though what is above holds a value of its own."""
    if not 2 <= number <= len(lines):
        return None
    above, current = lines[number - 2], lines[number - 1]
    deeper = len(current) - len(current.lstrip(" ")) > len(above) - len(above.lstrip(" "))
    return above if deeper and re.fullmatch(_HOLDS_A_VALUE, above) else None


def _bare_reference(error: yaml.YAMLError, lines: list[str]) -> Place | None:
    """The place of a ``${`` without quotes, of which the brace was taken for one of YAML's."""
    mark = getattr(error, "problem_mark", None)
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    if mark is None or line[max(mark.column - 1, 0) : mark.column + 1] != "${":
        return None
    end = line.find("}", mark.column) + 1 or mark.column + 1
    return mark.line + 1, mark.column, mark.line + 1, end + 1


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
    reference = _bare_reference(error, lines)
    if reference is not None:
        return "YML001", "a reference between brackets or braces needs quotes; write '${…}'", reference
    if problem.startswith(_SECOND_COLON) and (above := _holder(lines, line)):
        message = f"the line is indented below '{above.strip()}', which holds a value; indent it like that line"
        return "YML001", message, (line, len(indent) + 1, line, len(indent) + 2)
    if problem == "did not find expected <document start>":
        return "YML014", "text follows after the end of the document; put all of it into one mapping", place
    if re.fullmatch("found character (?:'.+' )?that cannot start any token", problem):
        return "YML001", f"a value cannot begin with '{current[column - 1 : column]}'; quote it", place
    return "YML001", _PLAIN_WORDS.get(problem, f"this is not YAML: {problem}"), place
