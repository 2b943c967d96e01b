"""The documents: a report with everything it declares, and a standard by itself.

The serial number is made of what the document says, so that equal documents have one, and no others do. There is no
time in it: a report knows the day on which it was judged, and a time of that day would be made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from stdspec import __version__
from stdspec.digest import digest_bytes
from stdspec.report import text, words
from stdspec.report.bom.declared import Judged, declarations
from stdspec.report.bom.materials import materials, organization, package
from stdspec.report.bom.pieces import Json, Refs, present, properties
from stdspec.report.bom.standards import Requirement, defined

Data = Mapping[str, Any]

_ABOUT: Final = ("stage", "industry", "spec_digest", "plan_digest", "result_digest")
_SCHEMA: Final = "http://cyclonedx.org/schema/bom-1.6.schema.json"


def of_report(report: Data, lang: str) -> Json:
    """What a model is made of, the standards it was judged by, and what the evidence says.

    Args:
        report: the report of a run, in the shape of its schema.
        lang: the language of what the requirements say; reasons and remedies are in the words of the run.
    """
    refs = Refs()
    made_of = materials(report, refs)
    with words.spoken(lang):
        judged = list(_judged(report["clauses"], report["waivers"], refs))
        labels = dict.fromkeys(report["standards"])
    requirements = [item.requirement for item in judged]
    return _document(
        metadata=_metadata(report, made_of.model, refs, list(_judging(report))),
        components=made_of.components,
        dependencies=made_of.dependencies,
        compositions=made_of.compositions,
        declarations=declarations(report, judged, organization(report["owner"] or {}), refs) if judged else None,
        definitions=defined(requirements, labels, report.get("judged_by") or (), refs),
    )


def of_materials(report: Data) -> Json:
    """What a model is made of and nothing else: no word of standards, so that it can be evidence for one.

    Args:
        report: a report of the run; whether anything was judged does not matter.
    """
    refs = Refs()
    made_of = materials(report, refs)
    return _document(
        metadata=_metadata(report, made_of.model, refs, ()),
        components=made_of.components,
        dependencies=made_of.dependencies,
        compositions=made_of.compositions,
    )


def of_standard(standard: Data, facts: Sequence[Data], lang: str) -> Json:
    """The requirements of a standard and of those that it extends.

    Args:
        standard: what `stdspec.standard.said.standard` gives.
        facts: what `stdspec.standard.said.sources` gives: its name, version, owner and goal, and those of its parents.
        lang: the language of what the requirements say.
    """
    refs = Refs()
    with words.spoken(lang):
        requirements = [item for clause in standard["clauses"] for item in _line(clause, refs)]
    return _document(
        metadata={"tools": {"components": [_tool(refs)]}},
        definitions=defined(requirements, [standard["name"]], facts, refs),
    )


def _document(**parts: Any) -> Json:
    body = present(**parts)
    content = digest_bytes(json.dumps(body).encode("ascii"))  # as ASCII, which has every character of a text
    serial = uuid5(NAMESPACE_URL, f"https://cyclonedx.org/?content={content}")
    head = {"$schema": _SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6"}
    return {**head, "serialNumber": f"urn:uuid:{serial}", "version": 1, **body}


def _metadata(report: Data, model: Json, refs: Refs, judged: Sequence[Json]) -> Json:
    """What the document is about, and by what it was made.

    Args:
        report: the report.
        model: the component that it is about.
        refs: the names that are taken.
        judged: what is said of how it was judged.
    """
    stage = {"name": report["stage"], "description": "the stage of the spec, which says which requirements hold"}
    return present(
        lifecycles=[{"phase": "post-build"}, stage],
        tools={"components": [_tool(refs)]},
        component=model,
        properties=[*properties({name: report[name] for name in _ABOUT}), *judged],
    )


def _judging(report: Data) -> Iterator[Json]:
    """When it was judged and by which text of each standard, and what came of it."""
    sentence = report["summary"]["sentence"]
    yield from properties({"judged_on": report["judged_on"], "summary": sentence, "doubt": report.get("doubt")})
    for fact in report.get("judged_by") or ():
        yield from properties({"standard": f"{fact['name']} {fact['version']} {fact['digest']}"})


def _tool(refs: Refs) -> Json:
    return package("stdspec", __version__, refs, "application", "tool")


def _judged(clauses: Sequence[Data], waivers: Sequence[Data], refs: Refs) -> Iterator[Judged]:
    """Every requirement with its own verdict: where others tighten one, each has one of its own."""
    for clause in clauses:
        root = _requirement(clause, refs, asks=(text.limit(clause["limit"]),))
        parts = {(part["standard"], part["id"]): part for part in clause["parts"]}
        own = parts.pop((root.standard, root.id), None)
        yield _root(clause, root, own)
        for (standard, name), part in parts.items():
            ref = refs.new("requirement", standard, name)
            title = f"Tightens {root.id} of {root.standard}: {root.title}"
            limit = clause["limit"].get(f"{standard}/{name}") if isinstance(clause["limit"], Mapping) else None
            asks = (text.limit(limit),) if limit is not None else ()
            tighter = Requirement(standard, name, ref, title, since=root.since, asks=asks, parent=root.ref)
            yield Judged(tighter, part["verdict"], part["reason"], waiver=_waiver(part, clause, waivers))


def _root(clause: Data, root: Requirement, own: Data | None) -> Judged:
    """The clause itself; its own verdict where the report has the worst of several."""
    if clause["parts"] and own is None:
        return Judged(root, "not-applicable", "what tightens it holds here, and it does not")
    said = own or clause
    return Judged(
        requirement=root,
        verdict=said["verdict"],
        reason=said["reason"],
        path=clause["path"],
        declared=clause["declared"],
        observed=clause["observed"],
        assumed=tuple(clause["assumed"]),
        waiver=clause["waiver"] if said["verdict"] == "waived" else None,
    )


def _waiver(part: Data, clause: Data, waivers: Sequence[Data]) -> Data | None:
    """The waiver that bears a part of a clause."""
    if part["verdict"] != "waived":
        return None
    named = [item for item in (clause["waiver"], *waivers) if item is not None and item["clause"] == part["id"]]
    return named[0] if named else None


def _line(clause: Data, refs: Refs) -> Iterator[Requirement]:
    """A clause of a standard, and those that tighten it."""
    root = _requirement(clause, refs, asks=tuple(_asks(clause)))
    yield root
    for part in clause["tightened_by"]:
        yield _requirement(part, refs, asks=tuple(_asks(part)), parent=root.ref)


def _requirement(clause: Data, refs: Refs, *, asks: tuple[str, ...], parent: str | None = None) -> Requirement:
    return Requirement(
        standard=clause["standard"],
        id=clause["id"],
        ref=refs.new("requirement", clause["standard"], clause["id"]),
        title=words.says(clause),
        level=clause["level"],
        since=clause["from"],
        asks=asks,
        remedy=clause["remedy"],
        cites=tuple(clause["cites"]),
        parent=parent,
        domain=clause["domain"],
        house=clause.get("house"),
    )


def _asks(clause: Data) -> Iterator[str]:
    """What a clause of a standard asks, and when."""
    if clause["rule"]:
        yield text.limit({"rule": clause["rule"]})
    for path, operators in (*clause["require"].items(), *clause["schema"].items()):
        yield f"{path} {text.limit(operators)}"
    for path, operators in clause["when"].items():
        yield f"where {path} {text.limit(operators)}"
