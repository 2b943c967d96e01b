"""The two drafts of JSON Schema in which schemas are written, and what has another name in the older one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.validate.export.walk import DEFS, Node, rebuilt

DRAFTS: Final[Mapping[str, tuple[str, str]]] = {
    "2020-12": ("2020-12", "https://json-schema.org/draft/2020-12/schema"),
    "7": ("draft-07", "http://json-schema.org/draft-07/schema#"),
}
"""A draft as people name it, to its folder and to the address that names it in a schema."""

_OLD_DEFS: Final = "definitions"


def written(document: Node, draft: str, identity: str) -> Node:
    """A bundled schema in a draft, under an identity of its own.

    Args:
        document: as it is in 2020-12, with references to its own `$defs` alone.
        draft: a key of `DRAFTS`.
        identity: what the document is called, such as ``group/data``.
    """
    folder, address = DRAFTS[draft]
    body = {key: value for key, value in document.items() if key != "$schema"}
    if draft == "7":
        body = _older(body)
    return {"$schema": address, "$id": f"stdspec:/{folder}/{identity}.schema.json", **body}


def _older(node: Node) -> Node:
    out = rebuilt(node, _older)
    if "$defs" in out:
        out[_OLD_DEFS] = out.pop("$defs")
    reference: Any = out.get("$ref")
    if isinstance(reference, str):
        out["$ref"] = f"#/{_OLD_DEFS}/{reference.removeprefix(DEFS)}"
    return out
