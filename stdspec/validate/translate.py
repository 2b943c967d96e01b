"""Turns one error of the validator into findings of ours: code, words and place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import jsonschema_rs
from msgspec import Struct
from msgspec.structs import replace

from stdspec.codes import SLUGS
from stdspec.finding import Edit, Finding, Severity, Span
from stdspec.paths import ConfigPath, dotted, select
from stdspec.source.edits import respelt
from stdspec.suggest import nearest, same
from stdspec.validate import schemas, words
from stdspec.validate.codes import KEYWORDS

Locate = Callable[[ConfigPath, bool], Span | None]
"""The span of what stands at a path; of its key where the flag is set."""

_NAMELESS: Final[frozenset[ConfigPath]] = frozenset((("training",),))
"""Tables of which one branch is chosen by the absence of `kind`."""


class Fault(Struct, frozen=True):
    """One error of the validator, read.

    Attributes:
        keyword: the schema keyword that refused.
        limit: the keyword's value in the schema; for additionalProperties the unknown keys, for required the key.
        path: where in the value.
        value: what stands there.
        document: the schema document of the keyword.
        node: the schema object that holds the keyword.
        pointer: the path of `node` in `document`.
    """

    keyword: str
    limit: Any
    path: ConfigPath
    value: Any
    document: Mapping[str, Any]
    node: Mapping[str, Any]
    pointer: tuple[str, ...]


def read(error: jsonschema_rs.ValidationError) -> Fault:
    """The validator's error with what the schema says at its keyword."""
    address = error.absolute_keyword_location or ""
    document, node, pointer = schemas.located(address)
    path = tuple(error.instance_path)
    return Fault(error.kind.name, error.kind.value, path, error.instance, document, node, pointer)


def findings(fault: Fault, locate: Locate) -> Iterator[Finding]:
    """The findings for one fault: one for each unknown key, otherwise exactly one."""
    from stdspec.validate import mending  # a spec without a fault needs none

    for item in _WRITERS[KEYWORDS[fault.keyword]](fault, locate):
        yield item if item.fix else replace(item, fix=mending.edits(fault, item))


def finding(code: str, message: str, path: ConfigPath, span: Span | None, fix: tuple[Edit, ...] = ()) -> Finding:
    """A finding of the schema; they are all errors."""
    return Finding(code, SLUGS[code], Severity.ERROR, message, dotted(path), span, (), fix)


def begin(span: Span) -> Span:
    """The place of a key. A whole file has none; its first character stands for it."""
    if span.end_line == span.line:
        return span
    return Span(span.file, span.line, span.column, span.line, span.column + 1)


def other_kinds(fault: Fault, key: str) -> list[str]:
    """The kinds of the same table whose branch has this key; empty when the fault is in no branch."""
    kind = fault.value.get("kind") if isinstance(fault.value, Mapping) else None
    place = fault.pointer[-1] if fault.pointer else ""
    if not isinstance(kind, str) or not place.endswith(f"-{kind}"):
        return []
    table = place.removesuffix(kind)
    branches: Iterable[tuple[str, Any]] = fault.document["$defs"].items()
    return [
        name.removeprefix(table)
        for name, node in branches
        if name.startswith(table) and key in node.get("properties", {})
    ]


def known_keys(fault: Fault) -> list[str]:
    """The keys that the mapping of a fault takes; `kind` among them where only another branch has it."""
    known = list(fault.node.get("properties", {}))
    return known if fault.path not in _NAMELESS else ["kind", *known]


def _unknown_keys(fault: Fault, locate: Locate) -> Iterator[Finding]:
    known = known_keys(fault)
    for key in fault.limit:
        path = (*fault.path, key)
        deeper = None if key in known else _deeper(fault, key)
        owners = other_kinds(fault, key)
        meant = None
        if owners:
            kind = fault.value["kind"]
            message = f"unknown key '{key}'; it belongs to kind {words.either(owners)}, and the kind here is {kind}"
        elif deeper and not nearest(key, known):
            message = f"unknown key '{key}'; did you mean '{deeper}'?"
        else:
            message = words.unknown_key(key, known, fault.value)
            meant = nearest(key, known, fault.value)
        span = locate(path, True)
        yield finding("SPC001", message, path, span, respelt(span, key, meant))


def _deeper(fault: Fault, key: str) -> str | None:
    """The key of this name, or of its alias, that stands one level below: ``optimizer.lr`` for ``learning_rate``."""
    for name, node in fault.node.get("properties", {}).items():
        inner = set(schemas.follow(fault.document, node).get("properties", ()))
        for branch, table in fault.document.get("$defs", {}).items():
            if branch.startswith(f"{name}-"):
                inner |= set(table.get("properties", ()))
        meant = same(key, inner)
        if meant:
            return f"{name}.{meant}"
    return None


def _wrong_type(fault: Fault, locate: Locate) -> Iterator[Finding]:
    types = [fault.limit] if isinstance(fault.limit, str) else list(fault.limit)
    yield finding("SPC002", words.wrong_type(fault.path, fault.value, types), fault.path, locate(fault.path, False))


def _out_of_range(fault: Fault, locate: Locate) -> Iterator[Finding]:
    message = words.RANGES[fault.keyword](fault.path, fault.value, fault.limit)
    yield finding("SPC003", message, fault.path, locate(fault.path, False))


def _unknown_value(fault: Fault, locate: Locate) -> Iterator[Finding]:
    options = list(fault.limit) if fault.keyword == "enum" else [fault.limit]
    if fault.path and fault.path[-1] == "kind":
        code, message = "SPC007", words.unknown_kind(fault.value, options)
    else:
        code, message = "SPC004", words.unknown_value(fault.path, fault.value, options, _other_types(fault))
    yield finding(code, message, fault.path, locate(fault.path, False))


def _other_types(fault: Fault) -> list[str]:
    """The types besides text that the value may have, where only its texts are listed: a number or the text auto."""
    if fault.pointer[-1:] != ("then",):
        return []
    holder = select(fault.document, fault.pointer[:-1])
    types = holder.get("type", ()) if isinstance(holder, Mapping) else ()
    return [kind for kind in types if kind != "string"] if isinstance(types, list) else []


def _malformed(fault: Fault, locate: Locate) -> Iterator[Finding]:
    if fault.keyword == "propertyNames":
        form = schemas.follow(fault.document, fault.node["propertyNames"])
        for key in fault.value:
            path = (*fault.path, key)
            if not schemas_accept(form, key):
                yield finding("SPC005", f"the key '{key}' must be {words.sentence(form)}", path, locate(path, True))
        return
    yield finding("SPC005", words.malformed(fault.path, fault.value, fault.node), fault.path, locate(fault.path, False))


def schemas_accept(form: Mapping[str, Any], key: str) -> bool:
    """Whether a key has the form that `propertyNames` asks for."""
    return jsonschema_rs.is_valid({name: form[name] for name in ("pattern",) if name in form}, key)


def _missing_key(fault: Fault, locate: Locate) -> Iterator[Finding]:
    key = fault.limit
    node = fault.node.get("properties", {}).get(key, {})
    span = locate(fault.path, True)
    guess = _misspelt_metric(fault, node) if key == "kind" else None
    if key == "kind":
        message = _missing_kind(fault, node, guess)
    else:
        message = words.missing_key(fault.path, key, schemas.follow(fault.document, node))
    fix = respelt(span, fault.path[-1], guess) if guess else ()
    yield finding("SPC006", message, fault.path, span, fix)


def _misspelt_metric(fault: Fault, node: Mapping[str, Any]) -> str | None:
    """The kind that the name of a table without one is nearly: a metric's name may be a kind's."""
    guess = nearest(str(fault.path[-1]), node.get("enum", ())) if fault.path else None
    return guess.replace("-", "_") if guess else None


def _missing_kind(fault: Fault, node: Mapping[str, Any], guess: str | None) -> str:
    """A table without a kind."""
    if guess:
        return f"{words.name(fault.path)} names no kind; did you mean '{guess}'?"
    return f"{words.name(fault.path)} lacks 'kind'; choose one of {words.either(list(node.get('enum', ())))}"


_WRITERS: Mapping[str, Callable[[Fault, Locate], Iterator[Finding]]] = {
    "SPC001": _unknown_keys,
    "SPC002": _wrong_type,
    "SPC003": _out_of_range,
    "SPC004": _unknown_value,
    "SPC005": _malformed,
    "SPC006": _missing_key,
}
