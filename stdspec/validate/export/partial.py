"""Turns the schema of a whole spec into one for a file that is a part of it.

What the file lacks may come from another one, so nothing is required; an interpolation or ``???`` may stand for any
value; and where a file leaves out `kind`, the keys of all kinds are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stdspec.validate import words
from stdspec.validate.export.walk import DEFS, Node, rebuilt

UNKNOWN: Final = r"\$\{|^\?\?\?$"
"""The texts that stand for a value which is not known yet."""

_OWN: Final = {"required": ["_target_"]}
_NAMED_SOURCE: Final = {"anyOf": [{"required": ["source"]}, {"required": ["sources"]}]}
_CHOICE: Final = ("enum", "const", "enumDescriptions")
Defs = Mapping[str, Node]


def partial(root: Node, *, composed_over: bool) -> Node:
    """The schema of a file that is composed with others.

    Args:
        root: the bundled schema of a spec.
        composed_over: whether the file may also change what another one chose, as an experiment does. Keys that are
            arguments of own code, chosen elsewhere, are then accepted.
    """
    defs: Defs = root["$defs"]
    beside_own = {node["else"]["$ref"].removeprefix(DEFS) for node in defs.values() if node.get("if") == _OWN}
    out: dict[str, Node] = {}
    for name, node in defs.items():
        out[name] = _partial(node, defs, own=name in beside_own)
        if composed_over and name in beside_own and not _is_table(node):
            out |= _loosened(name, out[name])
    body = {key: value for key, value in root.items() if key != "$defs"}
    return {**_partial(body, defs), "$defs": out}


def _loosened(name: str, closed: Node) -> dict[str, Node]:
    """A closed table that own code may take the place of: open unless it names a source, which own code does not."""
    loose = {key: value for key, value in closed.items() if key != "additionalProperties"}
    choice = {"if": _NAMED_SOURCE, "then": _to(f"{name}.named"), "else": _to(f"{name}.loose")}
    return {name: choice, f"{name}.named": closed, f"{name}.loose": loose}


def _partial(node: Node, defs: Defs, *, own: bool = False) -> Node:
    """One schema object and those below it; conditions and the forms of keys stay as they are."""
    out = rebuilt(node, lambda child: _partial(child, defs), besides=("if", "propertyNames"))
    out.pop("required", None)
    if _is_table(node):
        kindless = {"properties": _said(node, defs)} if own else _any_kind(node, defs)
        out["allOf"] = [*out["allOf"], {"if": {"required": ["kind"]}, "else": kindless}]
    return _open(out)


def _is_table(node: Node) -> bool:
    return "allOf" in node and "kind" in node.get("properties", {})


def _branches(node: Node, defs: Defs) -> list[dict[str, Node]]:
    """The properties of each kind of a table, without `kind` itself."""
    tables = [defs[case["then"]["$ref"].removeprefix(DEFS)]["properties"] for case in node["allOf"]]
    return [{key: child for key, child in table.items() if key != "kind"} for table in tables]


def _any_kind(node: Node, defs: Defs) -> Node:
    """What holds for a table without a kind: every key must be one of some kind."""
    choices: dict[str, list[Node]] = {"kind": [{}]}
    for table in _branches(node, defs):
        for key, child in table.items():
            made, held = _partial(child, defs), choices.setdefault(key, [])
            if made not in held:
                held.append(made)
    return {"properties": {key: _one_of(found) for key, found in choices.items()}, "additionalProperties": False}


def _one_of(found: list[Node]) -> Node:
    return found[0] if len(found) == 1 else {"anyOf": found}


def _said(node: Node, defs: Defs) -> Node:
    """What the keys of every kind mean, and nothing that could refuse an argument of own code."""
    said: Node = {}
    for table in _branches(node, defs):
        for key, child in table.items():
            said.setdefault(key, {"description": child["description"]})
    return said


def _to(name: str) -> Node:
    return {"$ref": f"{DEFS}{name}"}


def _open(node: Node) -> Node:
    """A schema object that takes an interpolation as well."""
    if "enum" in node or "const" in node:
        listed = {key: node[key] for key in _CHOICE if key in node}
        rest: Node = {key: value for key, value in node.items() if key not in listed and key != "type"}
        return {**rest, "anyOf": [listed, {"type": "string", "pattern": UNKNOWN}]}
    kinds = _types(node)
    if kinds and "string" not in kinds:
        wanted = words.either(words.TYPES[kind] for kind in kinds)
        return {**node, "type": [*kinds, "string"], **_texts(UNKNOWN, wanted)}
    if "pattern" in node:
        return {**node, **_texts(f"{UNKNOWN}|(?:{node['pattern']})", words.sentence(node))}
    if "maxLength" in node:
        rest = {key: value for key, value in node.items() if key not in ("minLength", "maxLength")}
        least, most = node.get("minLength", 0), node["maxLength"]
        return {**rest, **_texts(f"{UNKNOWN}|^[^\\n]{{{least},{most}}}$", f"{least} to {most} characters")}
    return node


def _texts(pattern: str, wanted: str) -> Node:
    """The texts that are accepted, and what an editor says of another one."""
    return {"pattern": pattern, "patternErrorMessage": f"Must be {wanted}; or an interpolation such as ${{seed}}."}


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)
