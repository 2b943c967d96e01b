"""What the fuzzer feeds to `stdspec`: small projects made from a seed, and the command lines that are tried in them.

The same kind and seed always make the same project, so that a failure is named by those two.
"""

from __future__ import annotations

import json
import random
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import fuzz_text
import yaml
from fuzz_text import damaged, pick
from fuzz_words import STRANGE

from stdspec import pipeline, resources
from stdspec.cli.formats import FORMATS
from stdspec.settings import Settings

ROOT: Final = Path(__file__).parents[2]
CORPUS: Final = ROOT.parent / "shared" / "hydra-corpus" / "corpus"
"""Configs of other people's projects, where they lie beside the checkout; without them there are fewer texts."""

OPTIONS: Final = (
    ("--fix",),
    ("--unsafe-fixes",),
    ("--unsafe-fixes", "--diff"),
    ("--no-inline", "--no-cache"),
    ("--write-baseline",),
    ("--changed",),
    ("--select", "YML,HYD"),
)
"""Options of `lint` besides its format."""

CANARY: Final = "STDSPEC_CANARY"
"""The variable of the environment whose value must never be seen."""

Chance = random.Random


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes:
        kind: what made it.
        seed: the seed it was made from.
        files: name to content of each file of the project.
        words: the command lines to try, in the project's folder.
    """

    kind: str
    seed: int
    files: Mapping[str, bytes]
    words: Sequence[Sequence[str]]


@cache
def shipped() -> dict[str, bytes]:
    """The texts of the shipped configs and standards by their place."""
    return {path.relative_to(resources.conf()).as_posix(): path.read_bytes() for path in _yaml(resources.conf())}


@cache
def texts() -> list[bytes]:
    """Texts to begin from: what ships, the examples, and the configs of other projects."""
    folders = (resources.conf(), ROOT / "examples", ROOT / "tests" / "golden", CORPUS)
    found = [path.read_bytes() for folder in folders if folder.is_dir() for path in _yaml(folder)]
    return [text for text in found if len(text) < 20_000]


def _yaml(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.yaml") if path.is_file())


@cache
def specs() -> list[str]:
    """Whole specs, composed, as JSON: what is taken out of one is a value of its own."""
    names = [name.stem for name in _yaml(resources.conf() / "experiment")]
    settings = Settings(root=ROOT)
    composed = (pipeline.compose(str(resources.conf()), "config", [f"+experiment={name}"], settings) for name in names)
    return [json.dumps({"stdspec": "1", **item.resolved}) for item in composed]


@cache
def clauses() -> list[dict[str, Any]]:
    """The clauses of the shipped standard, each with its id."""
    whole = yaml.load((resources.packs() / "base.yaml").read_bytes(), yaml.CSafeLoader)
    return [{"id": name, **clause} for name, clause in whole["clauses"].items()]


def value(chance: Chance, depth: int = 0) -> Any:
    """A value of any kind: a strange text, a number at the rim, a word of the language, a list, a mapping."""
    kind = chance.randrange(7 if depth < 3 else 5)
    match kind:
        case 0 | 1:
            return chance.choice(STRANGE)
        case 2:
            return pick(chance, (0, -1, 1, 2**31, 2**63, 10**400, 1e308, 5e-324, -0.0, True, False, None))
        case 3:
            return chance.choice(words())
        case 4:
            return f"{chance.choice(words())}{chance.choice(STRANGE)}"
        case 5:
            return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return {key(chance): value(chance, depth + 1) for _ in range(chance.randrange(4))}


def key(chance: Chance) -> Any:
    """A key: mostly a word of the language."""
    return chance.choice(words()) if chance.randrange(3) else pick(chance, (*STRANGE, 3, True, None, 1.5))


@cache
def words() -> list[str]:
    """The keys and the short texts of the language."""
    found: dict[str, None] = {"_target_": None, "_args_": None, "_partial_": None, "defaults": None, "hydra": None}
    for text in specs():
        found.update(dict.fromkeys(_words(json.loads(text))))
    return list(found)


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield name
            yield from _words(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _words(inner)
    elif isinstance(part, str) and len(part) < 30:
        yield part


def altered(whole: Any, chance: Chance, times: int) -> Any:
    """The same data with other values, keys and items at some places. It is changed in place."""
    for _ in range(times):
        holder = whole
        while True:
            inner = holder.values() if isinstance(holder, dict) else holder
            deeper = [item for item in inner if isinstance(item, dict | list) and item]
            if not deeper or not chance.randrange(4):
                break
            holder = chance.choice(deeper)
        _alter(holder, chance)
    return whole


def _alter(holder: Any, chance: Chance) -> None:
    if isinstance(holder, list):
        if holder and chance.randrange(3):
            holder[chance.randrange(len(holder))] = value(chance)
        else:
            holder.insert(chance.randrange(len(holder) + 1), value(chance))
        return
    known = chance.choice(list(holder)) if holder else key(chance)
    match chance.randrange(4):
        case 0:
            holder.pop(known, None)
        case 1:
            holder[key(chance)] = holder.pop(known, None)
        case 2:
            holder[key(chance)] = value(chance)
        case _:
            holder[known] = value(chance)


def written(data: Any, chance: Chance) -> bytes:
    """Data as YAML in one of the ways to write it. JSON is one, and the only one for halves of characters."""
    if not chance.randrange(4):
        return json.dumps(data).encode()
    style = chance.choice((True, False, None))
    try:
        return bytes(
            yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, default_flow_style=style, encoding="utf-8")
        )
    except UnicodeEncodeError:
        return json.dumps(data).encode()


def form(chance: Chance) -> list[str]:
    """An output format of `lint`, or another option, mostly none."""
    match chance.randrange(4):
        case 0 | 1:
            return []
        case 2:
            return ["--format", chance.choice(tuple(FORMATS))]
        case _:
            return list(chance.choice(OPTIONS))


def raw(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A file of bytes, or of pieces of YAML in any order."""
    return {"spec.yaml": fuzz_text.raw(chance)}, [["lint", "spec.yaml", *form(chance)]]


def mutated(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A config that somebody wrote, damaged, as a file of its own or as the primary of a folder."""
    text = damaged(chance.choice(texts()), chance, texts())
    name = chance.choice(("spec.yaml", "conf/config.yaml", "conf/experiment/one.yaml", "conf/model/one.yaml"))
    return {name: text}, [["lint", chance.choice((name, ".")), *form(chance)]]


def group(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A damaged file of the shipped groups in its place, and an experiment that reads it."""
    name = chance.choice(sorted(shipped()))
    files = {f"conf/{name}": damaged(shipped()[name], chance, texts())}
    primary = b"defaults:\n  - stdspec/base\n  - data: digits\n  - model: mlp\n  - _self_\nname: x\nstage: research\n"
    files.setdefault("conf/config.yaml", primary)
    return files, [["lint", "conf", *form(chance)]]


def structure(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A whole spec with a few values, keys and items of any kind at any place."""
    whole = altered(json.loads(chance.choice(specs())), chance, chance.choice((1, 1, 2, 4, 8)))
    return {"spec.yaml": written(whole, chance)}, [["lint", "spec.yaml", *form(chance)], ["compile", "spec.yaml"]]


def standard(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A standard of a few clauses, altered, and a spec that names it."""
    chosen = {item.pop("id"): item for item in json.loads(json.dumps(chance.sample(clauses(), 4), default=str))}
    whole: dict[str, Any] = {
        "standard": "acme/house",
        "version": "1.0.0",
        "owner": {"name": "a", "approver": "b"},
        "goal": "g",
        "clauses": chosen,
    }
    altered(whole["clauses"] if chance.randrange(4) else whole, chance, chance.randrange(0, 6))
    text = written(whole, chance)
    if not chance.randrange(5):
        text = damaged(text, chance, texts())
    spec = {**json.loads(chance.choice(specs())), "standards": ["stdspec/base@1", "acme/house@1"]}
    files = {"standards/house.yaml": text, "spec.yaml": written(spec, chance), "stdspec.toml": b""}
    commands = [
        ["lint", ".", *form(chance)],
        ["explain", "--standard", "acme/house@1", "--", str(chance.choice(list(chosen))).replace("\0", "")],
    ]
    return files, commands


def settings(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A settings file with values of any kind, beside a spec."""
    return {**fuzz_text.settings(chance), "spec.yaml": written(json.loads(specs()[0]), chance)}, [
        ["lint", "spec.yaml", *form(chance)]
    ]


def tree(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A Hydra project whose defaults lists, names and references are of any kind."""
    files = fuzz_text.tree(chance, lambda: written({key(chance): value(chance) for _ in range(3)}, chance))
    return files, [["lint", ".", *form(chance)], ["compose", "-cd", "conf", *fuzz_text.overrides(chance)]]


def long(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """A spec with texts of tens of thousands of characters as values, keys, comments and headers."""
    whole, some = json.loads(chance.choice(specs())), [fuzz_text.long(chance) for _ in range(4)]
    whole["description"], whole["name"], whole["training"]["optimizer"] = some[0], some[1], {some[2]: some[3]}
    plain = f"# @package {some[0]}\nkey: {some[1]}  # {some[2]}\n{some[3]}\n"
    files = {"spec.yaml": written(whole, chance), "conf/config.yaml": fuzz_text.encoded(plain)}
    return files, [["lint", ".", *form(chance)]]


def command(chance: Chance) -> tuple[dict[str, bytes], list[list[str]]]:
    """Command lines with overrides of any kind over the shipped configs."""
    some = fuzz_text.overrides(chance, words())
    name = chance.choice((f"{chance.choice(words())}", "data.source.kind", *STRANGE))
    known = chance.choice(("compose", "compile", "why", "diff", "explain"))
    given = {
        "compose": ["compose", *chance.choice(([], ["--origins"], ["--resolve"])), "+experiment=digits", *some],
        "compile": ["compile", "+experiment=digits", *some],
        "why": ["why", name, "+experiment=digits", *some],
        "diff": ["diff", shlex.join(["+experiment=digits", *some]), chance.choice(("", "+experiment=digits", name))],
        "explain": ["explain", name],
    }
    return {"stdspec.toml": b""}, [[word.replace("\0", "") for word in given[known]]]


KINDS: Final[dict[str, Callable[[Chance], tuple[dict[str, bytes], list[list[str]]]]]] = {
    "raw": raw,
    "mutated": mutated,
    "group": group,
    "structure": structure,
    "standard": standard,
    "settings": settings,
    "tree": tree,
    "long": long,
    "command": command,
}
"""How inputs are made, by name."""


def made(kind: str, seed: int) -> Case:
    """The input of a kind and a seed."""
    files, commands = KINDS[kind](Chance(f"{kind} {seed}"))
    return Case(kind, seed, files, commands)
