"""The small pieces that every part of a bill of materials is put together from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from stdspec.digest import PREFIX

Json = dict[str, Any]

NAMESPACE: Final = "stdspec"
"""What the names of our own properties begin with, as the taxonomy of CycloneDX has it."""
LONGEST_VERSION: Final = 1024
"""Characters of a version that the specification takes."""

_SHA256: Final = re.compile(rf"{PREFIX}([0-9a-f]{{64}})")


class Refs:
    """Gives out names for parts of a document, each of them once.

    A name says what the part is; where two parts would be called the same, the later one gets a number.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, kind: str, *names: str) -> str:
        """A name that no other part has."""
        wanted = f"{kind}:{'/'.join(names)}"
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}#{number}"
        self._taken.add(name)
        return name


def present(**parts: Any) -> Json:
    """An object of the parts that say something: None, and what is empty, is left out.

    An underscore in a name stands for the hyphen that Python does not take.
    """
    return {
        name.replace("_", "-"): part
        for name, part in parts.items()
        if part is not None and part != "" and part != [] and part != {}
    }


def hashes(digest: Any) -> list[Json]:
    """A digest as a list of hashes; an empty one where it is none."""
    found = _SHA256.fullmatch(digest) if isinstance(digest, str) else None
    return [{"alg": "SHA-256", "content": found[1]}] if found else []


def properties(values: Mapping[str, Any]) -> list[Json]:
    """Values as properties in our namespace; those that are None are left out."""
    return [
        {"name": f"{NAMESPACE}:{name}", "value": value if isinstance(value, str) else literal(value)}
        for name, value in values.items()
        if value is not None
    ]


def literal(value: Any) -> str:
    """Plain data as JSON in one line."""
    return json.dumps(value, ensure_ascii=False)


def attached(name: str, value: Any) -> Json:
    """Plain data as a named piece of evidence."""
    return {"name": name, "contents": {"attachment": {"contentType": "application/json", "content": literal(value)}}}


def person(name: Any) -> Json:
    """Somebody, by a mail address where the name is one."""
    text = str(name)
    local, at, host = text.partition("@")
    is_address = bool(at and local and host) and "@" not in host and not any(sign.isspace() for sign in text)
    return {"email": text} if is_address else {"name": text}


def version(text: Any) -> str | None:
    """A version no longer than the specification takes."""
    return str(text)[:LONGEST_VERSION] if text is not None else None
