"""Projects that somebody made to harm whoever lints them. Each is files, a command line and what is to be said."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Final

SECRET: Final = "canary-7c1f0e"
"""The value of the variable STDSPEC_CANARY, and what stands in the files outside the projects."""

HEAD: Final = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\nname: x\nstage: research\n"
CHAIN: Final = "abcdefghijklmnopqrstuvwxyz"
MARKER: Final = "executed"
"""A file that own code of the projects writes when it is run."""

Made = dict[str, str | bytes | Callable[[Path], object]]
"""File names to their content, or to what makes them."""


def _alias_bomb() -> str:
    lines = [f"a: &a [{', '.join('x' * 9)}]"]
    return "\n".join(lines + [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(CHAIN)])


def _merge_bomb() -> str:
    lines = ["a: &a {k1: 1, k2: 2, k3: 3}"]
    return "\n".join(lines + [f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}" for old, new in pairwise(CHAIN)])


def _reference_bomb() -> str:
    return "a: xxxxxxxxxx\n" + "".join(
        f"{new}: {'${' + old + '}'}{'${' + old + '}' * 9}\n" for old, new in pairwise(CHAIN)
    )


def _node_bomb() -> str:
    lists = (f"{new}:\n" + f"  - ${{{old}}}\n" * 9 for old, new in pairwise(CHAIN))
    return "a: {x: 1, y: 2}\n" + "".join(lists)


def _sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 30)


def _linked(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def _spec(lines: str) -> Made:
    return {"spec.yaml": HEAD + lines}


LINT: Final = ("lint", "spec.yaml")
CONFIG: Final = ("lint", "config.yaml")
ALL: Final = ("lint", ".")
EVIL: Final = f"import pathlib\npathlib.Path({MARKER!r}).write_text('x')\n"

CASES: Final[dict[str, tuple[Made, tuple[str, ...], str]]] = {
    # text
    "alias bomb": (_spec(_alias_bomb()), LINT, "YML006"),
    "merge-key bomb": (_spec(_merge_bomb()), LINT, "YML006"),
    "an alias to itself": (_spec("a: &a [*a]\n"), LINT, "YML006"),
    "100,000 brackets": (_spec("a: " + "[" * 100_000), LINT, "YML006"),
    "100,000 closed brackets": (_spec("a: " + "[" * 100_000 + "]" * 100_000), LINT, "YML006"),
    "100,000 braces": (_spec("a: " + "{a: " * 100_000), LINT, "YML006"),
    "100,000 keys that ask": (_spec("? " * 100_000), LINT, "YML006"),
    "100,000 lists in a line": (_spec("a:\n  " + "- " * 100_000), LINT, "YML006"),
    "2,000 levels of indent": (_spec("".join("  " * level + "a:\n" for level in range(2_000))), LINT, "YML006"),
    "120,000 values": (_spec("a: [" + "1," * 120_000 + "]"), LINT, "YML006"),
    "50,000 anchors": (_spec("".join(f"k{n}: &a{n} 1\n" for n in range(50_000))), LINT, "YML006"),
    "50,000 times the same key": (_spec("a: 1\n" * 50_000), LINT, "YML006"),
    "a file of 1 GiB": ({"spec.yaml": _sparse}, LINT, "YML006"),
    "a number of a million digits": (_spec("seed: " + "9" * 1_000_000), LINT, "YML001"),
    "a text of a million characters": (_spec("description: " + "x" * 1_000_000), LINT, "nothing found"),
    "a key of a million characters": (_spec("x" * 1_000_000 + ": 1"), LINT, "YML001"),
    "a tag that builds an object": (_spec("a: !!python/object/apply:os.system [touch executed]\n"), LINT, "YML001"),
    "a tag handle of its own": ({"spec.yaml": "%TAG ! tag:yaml.org,2002:python/\n---\na: !object 1\n"}, LINT, "YML001"),
    "half a character": ({"spec.yaml": b"a: \xed\xa0\x80\n"}, LINT, "YML007"),
    "a NUL": ({"spec.yaml": b"a: b\0c\n"}, LINT, "YML001"),
    "UTF-16": ({"spec.yaml": "a: 1\n".encode("utf-16")}, LINT, "YML007"),
    "keys that look like places in lists": (_spec("'a[x]': ${none}\n'b[': ???\n'c[99999]': 1\n"), LINT, "HYD002"),
    # references
    "a bomb of references": (_spec(_reference_bomb()), LINT, "HYD007"),
    "a bomb of referred lists": (_spec(_node_bomb()), LINT, "HYD007"),
    "a reference within 5,000 others": (_spec("a: " + "${" * 5_000 + "a" + "}" * 5_000), LINT, "HYD008"),
    "references in a circle": (_spec("a: ${b}\nb: ${c}\nc: ${a}\n"), LINT, "HYD003"),
    "a chain of 5,000 references": (
        _spec("z:\n" + "".join(f"  z{n}: ${{z.z{n + 1}}}\n" for n in range(5_000)) + "  z5000: 1\n"),
        LINT,
        "HYD002",
    ),
    "a text of 100,000 references": (_spec("description: '" + "${name}" * 100_000 + "'\n"), LINT, "HYD007"),
    "a reference to the whole": (_spec("a: '${}'\nb: ${..a}\n"), LINT, "HYD"),
    "5,000 references that lead nowhere": (
        {"config.yaml": "".join(f"k{n}: ${{none{n}}}\n" for n in range(5_000))},
        CONFIG,
        "HYD002",
    ),
    # words
    "a word of 60,000 letters": (_spec(f"description: {'AbC1' * 15_000}\n{'Ab' * 100}: 1\n"), LINT, "SPC001"),
    "two long keys that are nearly the same": (_spec(f"{'x' * 900}: ${{{'x' * 899}y}}\n"), LINT, "HYD002"),
    "20,000 keys with capitals": (
        {"config.yaml": "".join(f"Key{n}a: 1\n" for n in range(20_000))},
        CONFIG,
        "nothing found",
    ),
    "5,000 numbers that editors read differently": (
        {"config.yaml": "".join(f"k{n}: 012\n" for n in range(5_000))},
        CONFIG,
        "YML009",
    ),
    "a tab in a large file": ({"config.yaml": "a: 1\t# x\n" + "k: 'x'\n" * 40_000}, CONFIG, "YML003"),
    "a target of 60,000 letters": ({"config.yaml": f"a: {{_target_: {'a' * 60_000}}}\n"}, CONFIG, ""),
    # what a spec may not read
    "a variable": (_spec("description: ${oc.env:STDSPEC_CANARY}\n"), LINT, "HYD004"),
    "a variable as a default": (_spec("description: ${oc.env:NONE,${oc.env:STDSPEC_CANARY}}\n"), LINT, "HYD004"),
    "a variable, decoded": (_spec("description: ${oc.decode:${oc.env:STDSPEC_CANARY}}\n"), LINT, "HYD004"),
    "a variable within a mapping": (
        _spec("description: '${oc.create:{a: ${oc.env:STDSPEC_CANARY}}}'\n"),
        LINT,
        "HYD004",
    ),
    "Hydra's own values": (_spec("description: ${hydra:runtime.cwd}\n"), LINT, "HYD004"),
    "a resolver of its own": (_spec("description: ${own:${oc.env:STDSPEC_CANARY}}\n"), LINT, "HYD004"),
    "a variable as a choice": (
        {"spec.yaml": HEAD.replace("mlp", "'${oc.env:STDSPEC_CANARY}'")},
        LINT,
        "HYD",
    ),
    # files outside
    "a choice that climbs": (
        {"inner/spec.yaml": HEAD.replace("mlp", "../../outside"), "inner/stdspec.toml": "", "outside.yaml": SECRET},
        ("lint", "inner/spec.yaml"),
        "HYD",
    ),
    "a choice of /etc": ({"spec.yaml": HEAD.replace("data: digits", "data: /../../../../etc/hostname")}, LINT, "HYD"),
    "a search path that climbs": (
        {"inner/spec.yaml": HEAD + "hydra: {searchpath: ['file://..']}\n", "inner/stdspec.toml": "", "a.yaml": SECRET},
        ("lint", "inner/spec.yaml"),
        "HYD006",
    ),
    "a search path to the whole machine": (_spec("hydra: {searchpath: ['file:///']}\n"), LINT, "HYD006"),
    "a search path into a package": (_spec("hydra: {searchpath: ['pkg://os', 'pkg://evil.inner']}\n"), LINT, "HYD014"),
    "a search path to a server": (_spec("hydra: {searchpath: ['http://127.0.0.1:1/conf']}\n"), LINT, "HYD"),
    "a link out of the project": (
        {"inner/conf/a.yaml": _linked("../../outside"), "inner/stdspec.toml": "", "outside": f"{SECRET} hunter: ["},
        ("lint", "inner"),
        "HYD006",
    ),
    "a link to an endless device": ({"spec.yaml": _linked("/dev/zero")}, LINT, "HYD006"),
    "a link to a process": ({"spec.yaml": _linked("/proc/self/environ")}, LINT, "HYD006"),
    "links in a circle": (
        {"a.yaml": _linked("b.yaml"), "b.yaml": _linked("a.yaml")},
        ("lint", "a.yaml"),
        "there is no",
    ),
    "folders in a circle": ({"conf/a/b": _linked(".."), "conf/a/c.yaml": "a: 1\n"}, ALL, "nothing found"),
    "a pipe that nobody writes": ({"spec.yaml": os.mkfifo}, LINT, "YML013"),
    "a pipe in a folder": ({"spec.yaml": HEAD, "conf/model/mlp.yaml": os.mkfifo}, ALL, "nothing found"),
    # code
    "a built-in as a target": (_spec("model: {_target_: builtins.exec, x: 1}\n"), LINT, "HYD010"),
    "a target that is a program": (_spec("model: {_target_: os.system, command: touch executed}\n"), LINT, "HYD010"),
    "own code that acts when imported": (
        {
            "spec.yaml": HEAD + "model: {_target_: evil.Net}\n",
            "evil.py": EVIL,
            "stdspec.toml": "allow-targets = ['evil']",
        },
        LINT,
        "HYD011",
    ),
    "a package that acts when imported": (
        {
            "conf/config.yaml": "hydra: {searchpath: ['pkg://evil.inner']}\na: 1\n",
            "evil/__init__.py": EVIL,
            "evil/inner/__init__.py": EVIL,
        },
        ALL,
        "",
    ),
    "a program of 100,000 brackets": (
        {"conf/config.yaml": "a: 1\n", "main.py": "import hydra\n@hydra.main()\n" + "(" * 100_000},
        ALL,
        "nothing found",
    ),
    "a program of 10,000 signs": (
        {"conf/config.yaml": "a: 1\n", "main.py": "import hydra\nhydra.main\nx = " + "-" * 10_000 + "1\n"},
        ALL,
        "nothing found",
    ),
    "a program of 1 GiB": ({"conf/config.yaml": "a: 1\n", "main.py": _sparse}, ALL, "nothing found"),
    "a logger that runs code": (_spec("hydra: {job_logging: {version: 1, root: {'()': os.system}}}\n"), LINT, "HYD005"),
    # many
    "10,000 choices": ({"config.yaml": "defaults:\n" + "- part\n" * 10_000, "part.yaml": "a: 1"}, CONFIG, "HYD008"),
    "10,000 choices of their own": (
        {"config.yaml": "defaults:\n" + "".join(f"- part@p{n}\n" for n in range(10_001)), "part.yaml": "a: 1"},
        CONFIG,
        "HYD008",
    ),
    "files that select each other": (
        {f"{one}.yaml": f"defaults: [{two}, _self_]" for one, two in pairwise(["config", *CHAIN, "a"])},
        CONFIG,
        "HYD008",
    ),
    "files that each select twice": (
        {f"{one}.yaml": f"defaults: [{two}@x, {two}@y]" for one, two in pairwise(["config", *CHAIN])}
        | {"z.yaml": "a: 1"},
        CONFIG,
        "HYD008",
    ),
    # settings
    "settings of 10,000 brackets": ({**_spec(""), "stdspec.toml": "conf = " + "[" * 10_000}, LINT, "settings"),
    "settings of 1 GiB": ({**_spec(""), "stdspec.toml": _sparse}, LINT, "settings"),
    "settings that are no table": ({**_spec(""), "pyproject.toml": "tool = 3\n"}, LINT, "nothing found"),
    "settings whose table is none": ({**_spec(""), "pyproject.toml": "[tool]\nstdspec = 3\n"}, LINT, "must be a table"),
    "settings that are a pipe": ({**_spec(""), "stdspec.toml": os.mkfifo}, LINT, "nothing found"),
    "settings with a NUL in a path": ({**_spec(""), "stdspec.toml": 'conf = "a\\u0000b"\n'}, LINT, ""),
    "settings that climb": ({**_spec(""), "stdspec.toml": "conf = '../../../../../..'\n"}, LINT, ""),
    # standards
    "a pattern that takes for ever": (
        {
            "standards/own.yaml": (
                "standard: acme/own\nversion: 1.0.0\ngoal: g\nowner: {name: a, approver: b}\nclauses:\n"
                "  OWN001:\n    says: {en: A name}\n    slug: a-name\n    level: must\n    from: research\n"
                "    require: {spec.description: {matches: '^(a+)+$'}}\n    remedy: Name it.\n"
                "    cites: [{ref: r, relation: supports, status: verified}]\n"
                f"    tests: {{pass: [{{spec.description: a}}], fail: [{{spec.description: {'a' * 5_000}b}}]}}\n"
            ),
            "spec.yaml": f"{HEAD}standards: [acme/own@1]\ndescription: {'a' * 50_000}b\n",
        },
        ALL,
        "OWN001",
    ),
}
"""Name to the files, the command line and a part of what must be said."""


def write(folder: Path, made: Made) -> None:
    """Write a project."""
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
