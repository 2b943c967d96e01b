"""Turns one error of the validator into findings of ours: code, words and place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import jsonschema_rs
from msgspec import Struct
from msgspec.structs import replace

from stdspec.clock import no_such_day
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


_WHOLES: Final = ("spec", "standard", "plan", "record", "report")
"""The schemas of whole documents, which are called like them."""


_METRICS: Final[ConfigPath] = ("evaluation", "metrics")
_BATCH: Final[ConfigPath] = ("training", "batch")


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
    found = ((name, same(key, inner)) for name, inner in _below(fault))
    return next((f"{name}.{meant}" for name, meant in found if meant), None)


_Below = Sequence[tuple[str, tuple[str, ...]]]

_BELOW: Final[dict[tuple[int, tuple[str, ...]], tuple[Mapping[str, Any], _Below]]] = {}
"""What `_below` found, by the document and the place in it: thousands of faults may ask for one table.

The document is kept beside it, so that no other one comes by its identity.
"""


def _below(fault: Fault) -> _Below:
    """The keys of the mapping of a fault, each with those that stand below it, whatever its kind."""
    at = (id(fault.document), fault.pointer)
    if at not in _BELOW:
        keys = fault.node.get("properties", {}).items()
        found = [(name, tuple(sorted(_inner(fault.document, name, node)))) for name, node in keys]
        _BELOW[at] = (fault.document, found)
    return _BELOW[at][1]


def _inner(document: Mapping[str, Any], name: str, node: Mapping[str, Any]) -> set[str]:
    inner = set(schemas.follow(document, node).get("properties", ()))
    for branch, table in document.get("$defs", {}).items():
        if branch.startswith(f"{name}-"):
            inner |= set(table.get("properties", ()))
    return inner


def _wrong_type(fault: Fault, locate: Locate) -> Iterator[Finding]:
    types = [fault.limit] if isinstance(fault.limit, str) else list(fault.limit)
    message = words.wrong_type(fault.path, fault.value, types)
    remedy = _written_out(fault)
    message = f"{message}; write {remedy}" if remedy else message
    yield finding("SPC002", message, fault.path, locate(fault.path, False))


def _written_out(fault: Fault) -> str | None:
    """The mapping that a single value stands for, where people write it short."""
    value = fault.value
    kinds = fault.node.get("properties", {}).get("kind", {}).get("enum", ())
    if isinstance(value, str):
        meant = nearest(value, kinds)
        return f"{{kind: {meant}}}" if meant else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if fault.path[:-1] == _METRICS:
        return f"{{at_least: {value}}} or {{at_most: {value}}}"
    return f"{{global: {value}}}" if fault.path == _BATCH else None


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
            if not _fits(form, key):
                yield finding("SPC005", f"the key '{key}' must be {words.sentence(form)}", path, locate(path, True))
        return
    if fault.keyword == "format":  # the pattern beside it says what else may be wrong with a day
        if (why := no_such_day(fault.value)) is not None and _fits(fault.node, fault.value):
            message = words.no_such_day(fault.path, fault.value, why)
            yield finding("SPC005", message, fault.path, locate(fault.path, False))
        return
    yield finding("SPC005", words.malformed(fault.path, fault.value, fault.node), fault.path, locate(fault.path, False))


def _fits(form: Mapping[str, Any], text: str) -> bool:
    """Whether a text has the pattern of a schema object, where that has one."""
    return jsonschema_rs.is_valid({name: form[name] for name in ("pattern",) if name in form}, text)


def _missing_key(fault: Fault, locate: Locate) -> Iterator[Finding]:
    key = fault.limit
    node = fault.node.get("properties", {}).get(key, {})
    span = locate(fault.path, True)
    guess = _misspelt_metric(fault, node) if key == "kind" else None
    if key == "kind":
        message = _missing_kind(fault, node, guess)
    else:
        meaning = schemas.follow(fault.document, node)
        message = words.missing_key(fault.path, key, meaning, "" if fault.path else _whole(fault.document))
    fix = respelt(span, fault.path[-1], guess) if guess else ()
    yield finding("SPC006", message, fault.path, span, fix)


def _whole(document: Mapping[str, Any]) -> str:
    """What a document of a schema is called."""
    return next((f"the {name}" for name in _WHOLES if document is schemas.load(name)), "the document")


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
