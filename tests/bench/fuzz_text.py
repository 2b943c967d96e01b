"""The texts of the fuzzer: bytes, damaged YAML, settings in TOML, trees of Hydra configs and overrides."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from fuzz_words import PIECES, REPEATED, STRANGE

Chance = random.Random

OPTIONS: Final = (
    "a",
    "a",
    "a",
    "a",
    "a",
    "a",
    "a",
    "a",
    "b",
    "null",
    "${g}",
    "[a, b]",
    "???",
    "../x",
    "a/b",
    "'line\\nend'",
    "no",
    "1",
    "{a: b}",
    "",
)


def pick(chance: Chance, items: Sequence[Any]) -> Any:
    """One of the items."""
    return items[chance.randrange(len(items))]


def encoded(text: str) -> bytes:
    """A text as bytes; halves of characters stay in it, as no honest editor writes them."""
    return text.encode("utf-8", "surrogatepass")


def raw(chance: Chance) -> bytes:
    """Bytes of any kind, or pieces of YAML in any order."""
    size = chance.randrange(1, 200)
    if not chance.randrange(3):
        return chance.randbytes(size)
    pieces = (*PIECES, *PIECES, *STRANGE, "a", "b", "1")
    return b"".join(encoded(pick(chance, pieces)) for _ in range(size // 4 + 1))


def long(chance: Chance) -> str:
    """One short text, thousands of times, and something else behind it."""
    return pick(chance, REPEATED) * chance.randrange(1_000, 6_000) + pick(chance, ("", "!", pick(chance, STRANGE)))


def damaged(text: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    """A text after a few accidents: bytes flipped, lines moved, lost, indented or joined by those of another file."""
    for _ in range(chance.randrange(1, 5)):
        text = _accident(text, chance, others)
    return text


def _accident(text: bytes, chance: Chance, others: Sequence[bytes]) -> bytes:
    lines = text.split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    strange = encoded(pick(chance, (*STRANGE, *PIECES)))
    match chance.randrange(10):
        case 0:
            return _flipped(text, chance)
        case 1:
            lines[at], lines[to] = lines[to], lines[at]
        case 2:
            del lines[at]
        case 3:
            lines.insert(to, lines[at])
        case 4:
            lines[at] = lines[at].partition(b":")[0] + b": " + strange
        case 5:
            lines[at] = lines[at].replace(lines[at].strip().partition(b":")[0], strange, 1)
        case 6:
            other = pick(chance, others).split(b"\n")
            begin = chance.randrange(len(other))
            lines[at:at] = other[begin : begin + chance.randrange(1, 12)]
        case 7:
            lines[at] = pick(chance, (b" ", b"  ", b"\t", b"- ")) + lines[at]
        case 8:
            chance.shuffle(lines)
        case _:
            place = chance.randrange(len(text) + 1)
            return text[:place] + strange + text[place:]
    return b"\n".join(lines)


def _flipped(text: bytes, chance: Chance) -> bytes:
    data = bytearray(text)
    for _ in range(chance.randrange(1, 6) if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


SETTINGS: Final = (
    "conf",
    "allow-targets",
    "allow-env",
    "packages",
    "source-roots",
    "store",
    "outputs",
    "fail-on",
    "root",
    "file",
    "lint",
    "lint.ignore",
    "lint.select",
    "lint.severity",
    "lint.per-path",
    "x",
    "\u202e",
    "\x1b[31m",
)
"""Names in a settings file, real ones and others."""

_VALUES: Final = ("1", "true", "[]", "[1]", "{}", "{a = 1}", "{x = '../..'}", "nan", "1979-05-27", "'''a\nb'''", "[[]]")


def settings(chance: Chance) -> dict[str, bytes]:
    """A stdspec.toml or a pyproject.toml with any names and values, at times damaged."""
    lines = [f"{_quoted(pick(chance, SETTINGS))} = {_toml(chance)}" for _ in range(chance.randrange(5))]
    name, head = pick(chance, (("stdspec.toml", ""), ("pyproject.toml", "[tool.stdspec]\n"), ("pyproject.toml", "")))
    text = encoded(head + "\n".join(lines) + "\n")
    return {name: damaged(text, chance, (text,)) if not chance.randrange(3) else text}


def _quoted(text: str) -> str:
    """A text as a basic string of TOML."""
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(one) or (one if one.isprintable() else f"\\u{ord(one):04x}") for one in text) + '"'


def _toml(chance: Chance) -> str:
    text = pick(chance, (*STRANGE, "acme", "conf", "STDSPEC_CANARY"))
    return pick(chance, (*_VALUES, _quoted(text), f"[{_quoted(text)}]", f"{{{_quoted(text)} = {_quoted(text)}}}"))


NAMES: Final = ("a", "b", "c", "x y", "line\nend", "b\udcff", "\u202e", "é", "config", "a=b", "a,b", "${g}", ".hidden")


def tree(chance: Chance, body: Callable[[], bytes]) -> dict[str, bytes]:
    """A primary, three groups and an experiment, with names, choices and bodies of any kind."""
    files = {"conf/config.yaml": _defaults(chance) + body()}
    for group in ("g", "h", "g/k", "experiment"):
        for name in {pick(chance, NAMES), pick(chance, NAMES), "a"}:
            header = pick(chance, ("", "", "# @package _global_\n", "# @package x.y\n", "# @package _group_.\x1b[1m\n"))
            files[f"conf/{group}/{name}.yaml"] = (
                encoded(header) + (b"" if chance.randrange(3) else _defaults(chance)) + body()
            )
    return files


PLAIN: Final = ("g", "h", "/g", "g/k", "g@x", "g@_global_")
"""Groups as people name them in a defaults list."""


def _defaults(chance: Chance) -> bytes:
    items = []
    for _ in range(chance.randrange(5)):
        word = pick(chance, ("", "", "", "", "", "optional ", "optional ", "override ", "x ", "override override "))
        group = pick(chance, (*PLAIN, *PLAIN, "experiment", "../g", "hydra/launcher", "g@x:y"))
        plain = pick(chance, ("_self_", "a", "g/a", "/g/a@x", "../conf/g/a", "[1]", "null"))
        items.append(f"  - {plain}\n" if not chance.randrange(4) else f"  - {word}{group}: {pick(chance, OPTIONS)}\n")
    return encoded("defaults:\n" + "".join(items)) if items else b""


SIGNS: Final = ("", "+", "++", "++", "++", "~")
VALUES: Final = (
    "1",
    "[1,2]",
    "{a:1}",
    "choice(1,2)",
    "range(1,9)",
    "glob(*)",
    "'a'",
    "'a\x1b[1mb'",
    '"\u202e"',
    "1e400",
)


def overrides(chance: Chance, keys: Sequence[str] = ("g", "h", "x", "g.x", "g@x", "h/k")) -> list[str]:
    """A few overrides of any kind."""
    found = []
    for _ in range(chance.randrange(4)):
        key = ".".join(pick(chance, keys) for _ in range(chance.randrange(1, 4)))
        value = pick(chance, (pick(chance, STRANGE), pick(chance, OPTIONS), pick(chance, VALUES)))
        found.append(pick(chance, SIGNS) + key + pick(chance, ("=", "=", "=", "=", "=", "", ":")) + value)
    return [word.replace("\0", "") for word in found]
