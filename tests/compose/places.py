"""Whether the place that an origin names holds the value: the file is read there again, as nothing but text."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from stdspec.compose import Composed
from stdspec.compose.hydra_adapter import parse_override
from stdspec.finding import COMMAND_LINE, Span
from stdspec.source.reader import read


@cache
def lines_of(file: str) -> list[str]:
    return Path(file).read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def cut(span: Span) -> str:
    """The text of a span, its lines dedented as far as the first one stands in."""
    lines = lines_of(span.file)[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = " " * (span.column - 1) + lines[0][span.column - 1 :]
    return "\n".join(lines)


@cache
def written(span: Span) -> Any:
    """What the text of a span means when it stands alone; an alias and a merge key mean what the whole file says."""
    text = cut(span)
    if text.lstrip().startswith(("|", ">")):
        return read("/place.yaml", f"value: {text.lstrip()}\n".encode()).value["value"]
    inner = "\n".join(f" {line}" for line in text.split("\n"))
    return read("/place.yaml", f"value:\n{inner}\n".encode()).value.get("value")


@cache
def overridden(text: str) -> Any:
    return parse_override(text)[3]


def _is_mapping(span: Span) -> bool:
    """Whether a mapping, or a file with nothing in it, stands there: what holds nothing may have lost its keys since.

    A file's defaults list is taken out of it, and a deletion on the command line takes out any key.
    """
    return isinstance(written(span), dict) or not cut(span).strip() or cut(span).lstrip().startswith("#")


def parts(value: Any) -> Iterator[Any]:
    yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(child)


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one == other or one != one)  # NaN equals NaN here


def false_origins(composed: Composed) -> tuple[int, list[tuple[str, Any, Any]]]:
    """How many leaves there are, and those whose origin does not hold their value: path, value, what stands there."""
    count, wrong = 0, []
    for path, value in _leaves(composed.value, ()):
        count += 1
        chain = composed.origins.get(path)
        if not chain:
            wrong.append((path, value, "no origin"))
            continue
        span = chain[0].span
        if span.file == COMMAND_LINE:
            text = composed.overrides[span.line - 1]
            if not any(same(value, part) for part in parts(overridden(text))):
                wrong.append((path, value, text))
        elif not same(value, written(span)) and not (value == {} and _is_mapping(span)):
            wrong.append((path, value, f"{span.file}:{span.line}:{span.column} {cut(span)!r}"))
    return count, wrong


def _leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _leaves(child, (*path, index))
    elif path:
        yield path, value
