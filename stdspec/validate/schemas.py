"""Loads the shipped JSON Schemas and compiles them, each once per process.

A schema refers to its neighbours by file name only; whatever else a `$ref` names is refused, so that validating never
reads a file of the user's or the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from stdspec import resources
from stdspec.errors import Bug
from stdspec.paths import MISSING, select

_BASE = "stdspec:/schemas/"
_SUFFIX = ".schema.json"


def names() -> tuple[str, ...]:
    """The names of the shipped schemas, ``("common", "compute", …)``, in order of the alphabet."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in resources.schemas().glob(f"*{_SUFFIX}")))


@cache
def load(name: str) -> dict[str, Any]:
    """The schema `schemas/<name>.schema.json` as plain data; treat it as frozen.

    Raises:
        Bug: when it does not ship or is not a JSON object.
    """
    path = resources.schemas() / f"{name}{_SUFFIX}"
    try:
        document = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise Bug(f"the schema '{name}' cannot be read: {error}", remedy="install stdspec again") from None
    if not isinstance(document, dict):
        raise Bug(f"the schema '{name}' is no object", remedy="install stdspec again")
    return document


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    """The compiled schema of this name."""
    base = f"{_BASE}{name}{_SUFFIX}"
    return jsonschema_rs.validator_for(load(name), retriever=retrieve, base_uri=base, validate_formats=True)


def retrieve(uri: str) -> dict[str, Any]:
    """The shipped schema that an address names.

    Raises:
        ValueError: for any other address.
    """
    name = uri.removeprefix(_BASE).removesuffix(_SUFFIX)
    if uri != f"{_BASE}{name}{_SUFFIX}" or name not in names():
        raise ValueError(f"the address {uri} is no shipped schema")
    return load(name)


def located(address: str) -> tuple[dict[str, Any], Mapping[str, Any], tuple[str, ...]]:
    """What an absolute keyword location names: the schema document, the object with the keyword, that object's path.

    Args:
        address: such as ``stdspec:/schemas/data.schema.json#/$defs/main/properties/splits/required``.
    """
    uri, _, pointer = address.partition("#")
    document = load(uri.rpartition("/")[2].removesuffix(_SUFFIX))
    path = tuple(_unescape(part) for part in pointer.split("/")[1:-1])
    node = select(document, tuple(int(part) if part.isdigit() else part for part in path))
    if node is MISSING:
        raise Bug(f"the schema has nothing at {address}")
    return document, node, path


def follow(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema node with what it refers to filled in; its own keywords win."""
    reference = node.get("$ref")
    if reference is None:
        return node
    file, _, pointer = reference.partition("#")
    target: Any = load(file.removesuffix(_SUFFIX)) if file else document
    for part in pointer.split("/")[1:]:
        target = target[_unescape(part)]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
