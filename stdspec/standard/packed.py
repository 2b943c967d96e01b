"""The shipped standards in a form that loads at once: `packs/<name>.json`, written from `packs/<name>.yaml`.

A packed standard was checked when it was packed, and stands for its YAML only while the check sum of that file is the
one it was packed from. `python -m stdspec.standard.packed` writes them; with `--check` it only says whether they are
fresh.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from stdspec import resources
from stdspec.finding import Span
from stdspec.paths import ConfigPath
from stdspec.standard.build import build
from stdspec.standard.model import Standard

HOW: Final = "run `python -m stdspec.standard.packed`"


def load(path: Path) -> Standard | None:
    """The standard of a YAML file from its packed form; None where it has none or was changed since it was packed."""
    found = _fresh(path)
    if found is None:
        return None
    spans = {name: Span(str(path), *place) for name, place in found["places"].items()}

    def locate(at: ConfigPath, _: bool) -> Span | None:
        return spans.get(str(at[-1]))

    return build(found["document"], locate)


def document(path: Path) -> Any:
    """The document of a YAML file from its packed form, as plain data; None as above."""
    found = _fresh(path)
    return None if found is None else found["document"]


def _fresh(path: Path) -> dict[str, Any] | None:
    packed = path.with_suffix(".json")
    if path.parent != resources.packs() or not packed.is_file():
        return None
    found: dict[str, Any] = json.loads(packed.read_bytes())
    return found if found["source"] == _check_sum(path) else None


def pack(path: Path) -> str:
    """The packed form of a standard's YAML file.

    Raises:
        ValueError: when something is wrong with the standard.
    """
    from stdspec.source.reader import read
    from stdspec.standard.load import of_document

    document = read(path)
    standard, faults = of_document(document, None)
    if standard is None or faults:
        raise ValueError(f"{path.name} cannot be packed: {[item.message for item in faults]}")
    places: dict[str, Any] = {
        name: [span.line, span.column, span.end_line, span.end_column] for name, span in standard.places.items()
    }
    packed = {"source": _check_sum(path), "places": places, "document": document.value}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")) + "\n"


def stale() -> Iterator[Path]:
    """The packed files that are not what their YAML says, or lack it, or are missing."""
    folder = resources.packs()
    for path in sorted(folder.glob("*.yaml")):
        packed = path.with_suffix(".json")
        if not packed.is_file() or packed.read_text(encoding="utf-8") != pack(path):
            yield packed
    yield from (item for item in sorted(folder.glob("*.json")) if not item.with_suffix(".yaml").is_file())


def _check_sum(path: Path) -> str:
    """A check sum that tells a changed file; it guards against forgetting, not against anybody."""
    data = path.read_bytes()
    return f"{len(data)}-{crc32(data):08x}"


def main(arguments: Sequence[str]) -> int:
    """Write the packed files, or with `--check` compare them; 1 when one is not fresh."""
    old = list(stale())
    if "--check" in arguments:
        sys.stderr.writelines(f"{item.name} is not what its standard says; {HOW}\n" for item in old)
        return 1 if old else 0
    for item in old:
        source = item.with_suffix(".yaml")
        if source.is_file():
            item.write_text(pack(source), encoding="utf-8")
        else:
            item.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
