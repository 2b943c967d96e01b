"""Makes the faults of `fault_rows.txt`, which says how to read it: one or more for each clause and rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import mutations as make
from mutations import Edit, Mutant, Place, Text

TABLE = Path(__file__).with_suffix(".txt")

LONG = {
    "$AWS": "AKIA" + "A" * 16,
    "$GITHUB": "ghp_" + "a" * 36,
    "$HF": "hf_" + "b" * 32,
    "$DIGEST": "sha256:" + "0" * 64,
}
"""What stands for a name in the table: texts of the shape of a secret, put together here so that none is written."""

OPERATIONS: Mapping[str, Callable[[Text, Place, str], Edit]] = {
    "drop": lambda text, place, _: make.drop(text, place),
    "put": lambda text, place, value: make.put(text, place, value),
    "name": lambda text, place, key: make.rename(text, place, key),
    "add": lambda text, place, words: make.add(text, place, *words.split(" ", 1)),
}


@dataclass(frozen=True)
class Row:
    """One fault; `at` and `meant` are None where the table says nothing of them."""

    kind: str
    file: str
    codes: str
    do: str
    at: str | None = None
    meant: str | None = None


def rows() -> Iterator[Row]:
    """Every row of the table."""
    head: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            for name, text in LONG.items():
                line = line.replace(name, text)
            do, *rest = line.strip().split(" | ")
            extra = dict(item.partition(" ")[::2] for item in rest)
            yield Row(*head, do=do, at=extra.get("at"), meant=extra.get("meant"))
        elif line and not line.startswith("#"):
            head = line.split(" | ")


def mutants(texts: Mapping[str, Text]) -> Iterator[Mutant]:
    """The fault of every row, made in the texts of a workspace."""
    for row in rows():
        mutated, at = _edit(texts[row.file], row.do)
        if row.at is not None:
            at = _elsewhere(Text(row.file, mutated), row.at)
        yield Mutant(row.kind, row.file, row.do, mutated, frozenset(row.codes.split()), at, row.meant)


def _edit(text: Text, do: str) -> Edit:
    *before, last = do.split(" ; ")
    for step in before:
        text = Text(text.file, _apply(text, step)[0])
    return _apply(text, last)


def _apply(text: Text, step: str) -> Edit:
    operation, _, rest = step.partition(" ")
    named = {"/".join(path): place for path, place in text.places.items() if path}
    name = max((name for name in named if f"{rest} ".startswith(f"{name} ")), key=len)
    return OPERATIONS[operation](text, named[name], rest.removeprefix(name).strip())


def _elsewhere(text: Text, where: str) -> make.Range:
    side, _, path = where.partition(" ")
    place = text.places[tuple(path.split("/"))]
    return place.key if side == "key" else place.value
