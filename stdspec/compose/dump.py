"""A composition as text: YAML that OmegaConf reads back as the same data, or JSON; with or without its origins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import yaml

from stdspec.compose.model import Composed, Origin
from stdspec.finding import COMMAND_LINE
from stdspec.paths import ConfigPath, dotted, select, shown
from stdspec.source.scalars import plain

WIDTH: Final = 80
_WHOLE_LINE: Final = 1_000_000
_BREAKS: Final = frozenset("\n\r\x85\u2028\u2029")
_STEERS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What would steer a terminal or turn the direction of what stands beside it; in quotes it is written as an escape."""


class _Dumper(yaml.SafeDumper):
    """Writes block style with indented lists, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


class _LineDumper(_Dumper):
    """Writes a value on one line: what holds line breaks is quoted with escapes."""


def _style(text: str, broken: str) -> str | None:
    """How a text is written: `broken` where it has lines, quoted where OmegaConf would read another value.

    `1e-3` is a text for YAML and a number for OmegaConf.
    """
    if _STEERS.search(text):
        return '"'
    if _BREAKS.intersection(text):
        return broken
    try:
        return None if plain(text) == text else "'"
    except ValueError:
        return "'"


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, _style(text, "|"))


def _text_on_a_line(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, _style(text, '"'))


_Dumper.add_representer(str, _text)
_LineDumper.add_representer(str, _text_on_a_line)


def to_yaml(value: Any, width: int = WIDTH) -> str:
    """Plain data as YAML in block style, keys in their order."""
    return escaped(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width))


def escaped(text: str) -> str:
    """YAML or JSON with escapes for what would steer a terminal; such characters stand in double quotes alone."""
    return _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def to_json(value: Any) -> str:
    """Plain data as JSON, keys in their order, with a final newline."""
    return escaped(json.dumps(value, indent=1, ensure_ascii=False)) + "\n"


def one_line(value: Any) -> str:
    """A value as it could be written in YAML on one line."""
    text = yaml.dump(
        value, Dumper=_LineDumper, sort_keys=False, allow_unicode=True, width=_WHOLE_LINE, default_flow_style=True
    )
    return escaped(text.removesuffix("...\n").rstrip("\n"))


def as_data(composed: Composed, value: Any, said: Callable[[Origin], Origin]) -> dict[str, Any]:
    """A composition with the winner of every leaf and list item, for JSON.

    Args:
        composed: the composition.
        value: its plain data, or the resolved ones.
        said: gives an origin as it may be printed.
    """
    winners = ((path, chain[0]) for path, chain in composed.origins.items() if _is_leaf(composed, path))
    return {"composition": value, "origins": {dotted(path): _as_data(said(winner)) for path, winner in winners}}


def _is_leaf(composed: Composed, path: ConfigPath) -> bool:
    value = select(composed.value, path)
    return not isinstance(value, dict) or not value


def _as_data(origin: Origin) -> dict[str, Any]:
    return {
        "file": origin.span.file if origin.span.file == COMMAND_LINE else shown(origin.span.file),
        "line": origin.span.line,
        "column": origin.span.column,
        "layer": origin.layer,
        "assumed": origin.assumed,
    }


def with_origins(composed: Composed, value: Any, place: Callable[[Origin], str]) -> Iterator[str]:
    """The lines of a composition as YAML, each leaf with a comment that says who wrote it.

    Args:
        composed: the composition.
        value: its plain data, or the resolved ones.
        place: how an origin is named in a comment.
    """
    if not value:
        yield "{}"
        return
    yield from _mapping(composed, value, (), place)


def _mapping(
    composed: Composed, value: dict[Any, Any], path: ConfigPath, place: Callable[[Origin], str]
) -> Iterator[str]:
    indent = "  " * len(path)
    for key, child in value.items():
        here = (*path, key)
        if isinstance(child, dict) and child:
            yield indent + _key(key)
            yield from _mapping(composed, child, here, place)
            continue
        lines = [indent + line for line in to_yaml({key: child}, WIDTH - len(indent)).splitlines()]
        comment = "# " + escaped("; ".join(writers(composed, here, place))).replace("\n", "\\n")
        if len(lines) == 1 and len(lines[0]) + 2 + len(comment) <= WIDTH:
            yield f"{lines[0]}  {comment}"
        else:
            yield indent + comment
            yield from lines


def _key(key: Any) -> str:
    """A key before a mapping, with its colon."""
    text = to_yaml({key: {}}, _WHOLE_LINE).removesuffix(" {}\n")
    plain_key = "\n" not in text and not text.startswith("? ")
    return text if plain_key else f"{escaped(json.dumps(key, ensure_ascii=False))}:"


def writers(composed: Composed, path: ConfigPath, place: Callable[[Origin], str]) -> list[str]:
    """Who wrote a leaf, and who wrote items into a list that another one wrote."""
    origin = composed.origin(path)
    if origin is None:
        return ["nobody"]
    texts = [place(origin)]
    for inner, chain in composed.origins.items() if isinstance(select(composed.value, path), list) else ():
        if inner[: len(path)] == path and len(inner) > len(path) and _wrote_apart(chain[0], origin):
            texts.append(f"{dotted(inner[len(path) :])} {place(chain[0])}")
    return texts


def _wrote_apart(inner: Origin, outer: Origin) -> bool:
    same = inner.span.file == outer.span.file and inner.layer == outer.layer
    return not same or (inner.span.file == COMMAND_LINE and inner.span.line != outer.span.line)
