"""Puts what the validator found into plain sentences: the fact, and after a semicolon the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final

from stdspec.paths import ConfigPath, dotted
from stdspec.suggest import nearest

TYPES: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_LONGEST_LIST: Final = 16
_LONGEST_TEXT: Final = 60
_LARGEST_WRITTEN_OUT: Final = 10**15
"""Floats are exact to here; nobody means a larger whole number digit by digit."""


def name(path: ConfigPath) -> str:
    """What a value is called in a sentence: its key, with the index where it stands in a list."""
    if not path:
        return "the document"
    start = next((at for at in range(len(path) - 1, -1, -1) if isinstance(path[at], str)), 0)
    return f"'{dotted(path[start:])}'"


def shown(value: Any) -> str:
    """A value as a sentence can hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= _LONGEST_TEXT else f"'{value[: _LONGEST_TEXT - 3]}…'"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, Sequence) else _number(value)


def either(options: Iterable[str]) -> str:
    """A choice in words: ``a``, ``a or b``, ``a, b or c``; long ones are cut."""
    listed = list(options)
    if len(listed) > _LONGEST_LIST:
        listed = [*listed[:_LONGEST_LIST], f"{len(listed) - _LONGEST_LIST} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"


def unknown_key(key: str, known: Sequence[str], there: Container[str] = ()) -> str:
    """An unknown key among those that are there, with the known one that is nearest, or with all of them."""
    guess = nearest(key, known, there)
    if guess:
        return f"unknown key '{key}'; did you mean '{guess}'?"
    listed = f"the keys here are {_all(known)}" if known else "no key may stand here"
    return f"unknown key '{key}'; {listed}"


def wrong_type(path: ConfigPath, value: Any, types: Sequence[str]) -> str:
    """A value of another type than asked for."""
    wanted = either(TYPES[item] for item in sorted(types, key=lambda item: item == "null"))
    said = f"the text {shown(value)}" if isinstance(value, str) else shown(value)
    text = f"{name(path)} is {said} and must be {wanted}"
    if isinstance(value, str) and {"integer", "number"} & set(types) and _reads_as_number(value):
        return f"{text}; take the quotes away"
    if "string" in types and isinstance(value, (bool, int, float)):
        return f"{text}; put it in quotes"
    if isinstance(value, str) and "array" in types and value:
        return f"{text}; write [{value}]" if len(value) <= _LONGEST_TEXT else f"{text}; put it in brackets"
    if isinstance(value, str) and "number" in types and (share := _share(value)) is not None:
        return f"{text}; write {share:g}"
    if isinstance(value, float) and "integer" in types and value.is_integer() and abs(value) < _LARGEST_WRITTEN_OUT:
        return f"{text}; write {int(value)}"
    return text


def _share(text: str) -> float | None:
    """What a percentage is as a share."""
    found = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%\s*", text)
    return float(found[1]) / 100 if found else None


def _limit(text: str) -> Callable[[ConfigPath, Any, Any], str]:
    return lambda path, value, limit: f"{name(path)} is {shown(value)} and must be {text} {_number(limit)}"


def _most(path: ConfigPath, value: Any, limit: Any) -> str:
    """A value above a limit; one up to 100 where a share is asked for is a percentage."""
    text = _limit("at most")(path, value, limit)
    return f"{text}; write {value / 100:g}" if limit == 1 and 2 <= value <= 100 else text


def _count(text: str, unit: tuple[str, str]) -> Callable[[ConfigPath, Any, Any], str]:
    def say(path: ConfigPath, value: Any, limit: Any) -> str:
        have, want = (f"{number} {unit[number != 1]}" for number in (len(value), limit))
        return f"{name(path)} has {have} and must have {text} {want}"

    return say


def _repeated(path: ConfigPath, _value: Any, _limit: Any) -> str:
    return f"{name(path)} holds an entry twice; take one away"


_ENTRIES, _CHARACTERS = ("entry", "entries"), ("character", "characters")

RANGES: Final[Mapping[str, Callable[[ConfigPath, Any, Any], str]]] = {
    "minimum": _limit("at least"),
    "exclusiveMinimum": _limit("greater than"),
    "maximum": _most,
    "exclusiveMaximum": _limit("less than"),
    "minItems": _count("at least", _ENTRIES),
    "maxItems": _count("at most", _ENTRIES),
    "minProperties": _count("at least", _ENTRIES),
    "minLength": _count("at least", _CHARACTERS),
    "maxLength": _count("at most", _CHARACTERS),
    "uniqueItems": _repeated,
}
"""The keyword that sets a limit, to the sentence about a value outside it."""


def unknown_value(path: ConfigPath, value: Any, options: Sequence[Any], types: Sequence[str] = ()) -> str:
    """A value that is none of those listed, nor of the types that are accepted besides."""
    texts = [option for option in options if isinstance(option, str)]
    guess = nearest(value, texts) if isinstance(value, str) else None
    if guess:
        return f"{name(path)} is {shown(value)}; did you mean '{guess}'?"
    listed = [option if isinstance(option, str) else shown(option) for option in options]
    listed = [*(TYPES[kind] for kind in types), *(f"'{option}'" if types else option for option in listed)]
    must = "must be" if len(listed) == 1 or types else "must be one of"
    quotes = "; put it in quotes" if not isinstance(value, str) and str(value) in texts else ""
    return f"{name(path)} is {shown(value)} and {must} {either(listed)}{quotes}"


def unknown_kind(value: Any, options: Sequence[str]) -> str:
    """A kind that the table does not hold."""
    guess = nearest(value, options) if isinstance(value, str) else None
    remedy = f"did you mean '{guess}'?" if guess else f"the kinds are {_all(options)}"
    return f"unknown kind {shown(value)}; {remedy}"


def malformed(path: ConfigPath, value: Any, node: Mapping[str, Any]) -> str:
    """A text of another form than asked for; the schema's own sentence says the form."""
    return f"{name(path)} is {shown(value)} and must be {sentence(node)}"


def no_such_day(path: ConfigPath, value: str, why: str) -> str:
    """A day that is in no calendar."""
    return f"{name(path)} is {value}, and {why}; write a day that exists"


def missing_key(path: ConfigPath, key: str, node: Mapping[str, Any], whole: str) -> str:
    """A key that its mapping needs; `whole` is what the document is called."""
    where = name(path) if path else whole
    meaning = sentence(node)
    return f"{where} lacks '{key}'; add it: {meaning}" if meaning else f"{where} lacks '{key}'; add it"


def sentence(node: Mapping[str, Any]) -> str:
    """A schema's description as a part of a sentence: small first letter, no full stop."""
    text = str(node.get("description", "")).rstrip(".")
    if "pattern" in node and "such as" not in text and node.get("examples"):
        text = f"{text}, such as {node['examples'][0]}"
    return text[:1].lower() + text[1:]


def _all(options: Sequence[str]) -> str:
    listed = list(options)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _number(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}…"


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
