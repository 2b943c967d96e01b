"""Makes one document of a schema and all that it refers to, so that an editor never has to look for another file.

A form, such as that of a duration, is written out where it is used, with its sentence after the key's own: that is
what people read on hover, units included. Tables go to `$defs`.
"""

from __future__ import annotations

from stdspec.errors import Bug
from stdspec.paths import MISSING, select
from stdspec.validate import schemas
from stdspec.validate.export.walk import DEFS, Node, rebuilt

_SUFFIX = ".schema.json"
_STRUCTURE = frozenset(("properties", "additionalProperties", "items", "$ref", "allOf", "if"))


def bundled(name: str) -> Node:
    """The shipped schema of this name without a reference to another file."""
    defs: dict[str, Node] = {}
    root = _bundled(name, {key: value for key, value in schemas.load(name).items() if key != "$defs"}, defs)
    return {**root, "$defs": dict(sorted(defs.items()))}


def _bundled(name: str, node: Node, defs: dict[str, Node]) -> Node:
    described = _with_kinds(name, node)
    out = _on_offer(rebuilt(described, lambda child: _bundled(name, child, defs)))
    reference = out.pop("$ref", None)
    if reference is None:
        return out
    file, pointer, found = _looked_up(name, reference)
    if not _STRUCTURE & found.keys():
        return _filled_in(out, found)
    key = ".".join((file, *pointer[1:]))
    if key not in defs:
        defs[key] = {}  # named before it is built: a table may hold itself
        defs[key] = _bundled(file, {word: value for word, value in found.items() if word != "$defs"}, defs)
    leads: Node = {"$ref": f"{DEFS}{key}"}
    # Draft 7 reads nothing that stands beside a $ref, so what is said there needs the reference one level down.
    return {**out, "allOf": [*out.get("allOf", ()), leads]} if out else leads


def _looked_up(name: str, reference: str) -> tuple[str, tuple[str, ...], Node]:
    """The document, the path in it and the schema object that a reference of a shipped schema names."""
    file, _, pointer = reference.partition("#")
    document = file.removesuffix(_SUFFIX) if file else name
    path = tuple(pointer.split("/")[1:])
    found = select(schemas.load(document), path)
    if found is MISSING:
        raise Bug(f"the schema '{name}' refers to {reference}, where nothing stands")
    return document, path, found


def _filled_in(node: Node, form: Node) -> Node:
    said = [text for text in (node.get("description"), form.get("description")) if text]
    described = {"description": " ".join(dict.fromkeys(said))} if said else {}
    return {**form, **node, **described}


def _on_offer(node: Node) -> Node:
    """A free text with examples, such as the industry: editors offer what is listed, and accept anything else."""
    if "examples" not in node or "pattern" in node or "type" not in node:
        return node
    form = {key: node[key] for key in ("type", "minLength") if key in node}
    rest = {key: value for key, value in node.items() if key not in form and key != "examples"}
    return {**rest, "anyOf": [{"enum": node["examples"]}, form]}


def _with_kinds(name: str, node: Node) -> Node:
    """A table of kinds with what each kind is, for the list that an editor offers; a branch says it on hover."""
    kind = node.get("properties", {}).get("kind", {})
    if "const" in kind and "description" in node:
        branch = {**kind, "description": node["description"]}
        return {**node, "properties": {**node["properties"], "kind": branch}}
    if "allOf" not in node or "enum" not in kind:
        return node
    said = {
        case["if"]["properties"]["kind"]["const"]: _looked_up(name, case["then"]["$ref"])[2].get("description", "")
        for case in node["allOf"]
    }
    listed = {**kind, "enumDescriptions": [said[option] for option in kind["enum"]]}
    return {**node, "properties": {**node["properties"], "kind": listed}}
