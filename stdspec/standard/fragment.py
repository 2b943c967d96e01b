"""JSON Schema fragments in clauses, for the shapes that operators do not reach; what is taken here can be judged by.

JSON Schema is lenient where a standard must not be: an unknown keyword is ignored, a schema without a type accepts any
other type, a reference leads elsewhere. Such a fragment is refused, with its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs
import msgspec

from stdspec.digest import canonical_json
from stdspec.paths import ConfigPath
from stdspec.suggest import nearest

Fault = tuple[ConfigPath, bool, str]
"""Path below the fragment, whether the key is meant, message."""

_NUMBER: Final = frozenset(("number", "integer"))
_TEXT: Final = frozenset(("string",))
_LIST: Final = frozenset(("array",))
_TABLE: Final = frozenset(("object",))
TYPES: Final = frozenset((*_NUMBER, *_TEXT, *_LIST, *_TABLE, "boolean", "null"))

KEYWORDS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("maxLength", "minLength", "pattern", "format"), _TEXT),
    **dict.fromkeys(("items", "prefixItems", "contains", "uniqueItems", "maxItems", "minItems"), _LIST),
    **dict.fromkeys(("minContains", "maxContains"), _LIST),
    **dict.fromkeys(("properties", "patternProperties", "additionalProperties", "propertyNames", "required"), _TABLE),
    **dict.fromkeys(("dependentRequired", "minProperties", "maxProperties"), _TABLE),
    **dict.fromkeys(("type", "const", "enum", "allOf", "anyOf", "oneOf", "not", "title", "description"), TYPES),
}
"""The keywords of a fragment, and the types of which each says anything (draft 2020-12)."""

_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$defs", "$schema")
_FORMATS: Final = ("date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid")
_ONE: Final = ("items", "contains", "additionalProperties", "propertyNames", "not")
_SEVERAL: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_BRANCHES: Final = ("allOf", "anyOf", "oneOf")
_COUNTED: Final = frozenset(("minContains", "maxContains"))
_BY_NAME: Final = ("properties", "patternProperties")
_TYPED_BY: Final = ("type", "const", "enum", "allOf", "anyOf", "oneOf")
"""The keywords that say of which type a value is; those that combine others leave it to their branches."""

_OF_PARENT: Final = ("not", "propertyNames")
"""Where a fragment stands that needs no type: `not` refuses by it, and the names of keys are texts."""


def problems(fragment: Any) -> Iterator[Fault]:
    """Everything for which a fragment cannot be judged by; what the meta-schema says, only where all else is well."""
    found = list(_problems(fragment, (), TYPES, typed=False))
    yield from found
    if not found and (refused := _uncompiled(fragment)) is not None:
        yield (), False, f"this is no valid JSON Schema: {refused}"


def _problems(fragment: Any, at: ConfigPath, among: frozenset[str], *, typed: bool) -> Iterator[Fault]:
    """The faults of a fragment and of those in it.

    Args:
        fragment: the fragment.
        at: where it stands.
        among: the types that a value which gets here may have.
        typed: whether the fragment around it has said the type.
    """
    if isinstance(fragment, bool) and at:
        return
    if not isinstance(fragment, Mapping) or not fragment:
        yield at, False, "this is no JSON Schema; write a mapping with a type"
        return
    named = fragment.get("type")
    types = frozenset([named] if isinstance(named, str) else named if isinstance(named, list) else ()) & TYPES
    if not typed and not any(key in fragment for key in (*_TYPED_BY, *_REFERENCES)):
        yield at, True, "the schema has no type, so it would accept any value of another type; add type"
    for key in _COUNTED & fragment.keys() if "contains" not in fragment else ():
        yield (*at, key), True, f"'{key}' counts what 'contains' finds, and that is not there; add contains"
    for key, value in fragment.items():
        yield from _keyword(key, value, (*at, key), types or among)
    for key, value in fragment.items():
        yield from _inner(key, value, (*at, key), types or among, typed or bool(types))


def _keyword(key: str, value: Any, at: ConfigPath, types: frozenset[str]) -> Iterator[Fault]:
    if key in _REFERENCES:
        yield at, True, f"a schema in a clause stands for itself, and '{key}' leads elsewhere; write out what is meant"
    elif key not in KEYWORDS:
        hint = nearest(key, KEYWORDS)
        remedy = f"did you mean '{hint}'?" if hint else f"the keywords are {', '.join(KEYWORDS)}"
        yield at, True, f"there is no keyword '{key}'; {remedy}"
    elif not KEYWORDS[key] & types:
        yield at, True, f"'{key}' says nothing about a value of type {' or '.join(sorted(types))}; change the type"
    elif key == "format" and value not in _FORMATS:
        yield at, False, f"the format '{value}' is not checked; choose one of {', '.join(_FORMATS)}"
    elif not_finite(value) is not None:
        yield at, False, f"'{key}' is not finite; write a number"
    elif key in _BRANCHES and isinstance(value, list) and True in [item for item in value if isinstance(item, bool)]:
        yield at, False, f"a branch of '{key}' is true, which accepts anything; write what it asks"


def _inner(key: str, value: Any, at: ConfigPath, types: frozenset[str], typed: bool) -> Iterator[Fault]:
    """The faults of the fragments under a keyword; a branch is about the same value, and knows its type."""
    if key in _ONE:
        same = key == "not"
        yield from _problems(value, at, types if same else TYPES, typed=key in _OF_PARENT)
    elif key in _SEVERAL and isinstance(value, list):
        same = key != "prefixItems"
        for index, item in enumerate(value):
            yield from _problems(item, (*at, index), types if same else TYPES, typed=typed and same)
    elif key in _BY_NAME and isinstance(value, Mapping):
        for name, item in value.items():
            yield from _problems(item, (*at, name), TYPES, typed=False)


def _uncompiled(fragment: Mapping[str, Any]) -> str | None:
    try:
        jsonschema_rs.meta.validate(dict(fragment))
        compiled(fragment)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        return str(error).partition("\n")[0].rstrip(".")
    return None


def compiled(fragment: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """The validator of a fragment; its patterns run on an engine that does not backtrack, and it reads nothing else.

    Raises:
        ValueError: for a fragment that is no JSON Schema.
    """
    return _compiled(canonical_json(fragment))


@lru_cache(maxsize=256)
def _compiled(fragment: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        msgspec.json.decode(fragment),
        pattern_options=jsonschema_rs.RegexOptions(),
        validate_formats=True,
        retriever=_refuse,
    )


def _refuse(uri: str) -> Any:
    raise ValueError(f"a schema in a clause leads nowhere, and not to {uri}")


def misfits(value: Any, fragment: Mapping[str, Any]) -> Iterator[tuple[ConfigPath, str, Any]]:
    """Where a value is not as a fragment asks: the place below it, the keyword, and what the keyword says.

    A number that is not finite fits nothing: validators read NaN as null, and no limit refuses it.
    """
    if (at := not_finite(value)) is not None:
        yield at, "type", "a finite number"
        return
    for error in compiled(fragment).iter_errors(value):
        yield tuple(error.instance_path), error.kind.name, _limit(fragment, error.schema_path)


def _limit(fragment: Any, path: list[str | int]) -> Any:
    """What stands in a fragment at the end of a validator's path; None where that is no path of the fragment."""
    for key in path:
        try:
            fragment = fragment[key]
        except (KeyError, IndexError, TypeError):
            return None
    return fragment


def not_finite(value: Any, at: ConfigPath = ()) -> ConfigPath | None:
    """Where in a value the first number is that is not finite; None where all are."""
    if isinstance(value, float):
        return None if math.isfinite(value) else at
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return next((found for key, item in items if (found := not_finite(item, (*at, key))) is not None), None)
