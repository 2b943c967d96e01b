"""What a model is made of: the model with its files and its card, its data, and the packages that it was made with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from stdspec.report.bom import card
from stdspec.report.bom.pieces import Json, Refs, hashes, person, present, properties, version

_SEPARATORS: Final = re.compile(r"[-_.]+")
_NAMELESS: Final = "not named"
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION: Final = re.compile(r"[A-Za-z0-9.!+_-]+")
"""What the Python Package Index takes for a name and a version."""


class Materials(Struct, frozen=True):
    """The parts of a document that say what a model is made of.

    Attributes:
        model: the component that the document is about, with its files.
        components: the data, then the packages.
        dependencies: what the model was made from.
        compositions: how complete that is.
    """

    model: Json
    components: list[Json]
    dependencies: list[Json]
    compositions: list[Json]


def materials(report: Mapping[str, Any], refs: Refs) -> Materials:
    """What a report says of the model, its data and its packages."""
    ref = refs.new("model", report["name"])
    data = _data(report, refs)
    packages = list(_packages(report["environment"]["packages"], refs))
    components = [*data, *packages]
    names = [item["bom-ref"] for item in components]
    return Materials(
        model=_model(report, ref, [item["bom-ref"] for item in data], refs),
        components=components,
        dependencies=[present(ref=ref, dependsOn=names), *({"ref": name} for name in names)],
        # The packages that the code imports are recorded, and not those that they import in turn.
        compositions=[{"aggregate": "incomplete", "dependencies": [ref]}] if packages else [],
    )


def _model(report: Mapping[str, Any], ref: str, data: Sequence[str], refs: Refs) -> Json:
    owner = report["owner"] or {}
    files = (report["deployment"] or {}).get("artifacts") or []
    return present(
        type="machine-learning-model",
        bom_ref=ref,
        manufacturer=organization(owner),
        authors=[person(owner["author"])] if owner.get("author") else None,
        name=report["name"],
        version=version(report["version"]),
        description=report.get("description"),
        hashes=hashes(report["weights"]),
        components=[_file(item["file"], item["digest"], refs, item["bytes"]) for item in files],
        modelCard=card.of(report, refs.new("card", report["name"]), data),
    )


def organization(owner: Mapping[str, Any]) -> Json | None:
    """Whose the spec is; None where it does not say."""
    contact = owner.get("contact")
    return present(name=owner.get("team"), contact=[person(contact)] if contact else None) or None


def _file(name: str, digest: Any, refs: Refs, size: int | None = None) -> Json:
    return present(
        type="file",
        bom_ref=refs.new("file", name),
        name=name or _NAMELESS,
        hashes=hashes(digest),
        properties=properties({"bytes": size}),
    )


def _data(report: Mapping[str, Any], refs: Refs) -> list[Json]:
    """The data that the model learnt from and was judged on, as one component; none where a report has none."""
    data = report["data"]
    if data is None:
        return []
    source = data["source"] if isinstance(data["source"], Mapping) else {}
    name = str(source.get("name") or source.get("kind") or data["own"] or "data")
    digests = data["digest"] if isinstance(data["digest"], Mapping) else {}
    described = present(
        type="dataset",
        name=name,
        contents=present(properties=properties({"rows": data["rows"], **_splits(data["splits"])})),
        sensitiveData=[f"{item['column']}: {item['kind']}" for item in _found(data["pii"])],
        description=_description(data),
    )
    return [
        present(
            type="data",
            bom_ref=refs.new("data", name),
            name=name,
            version=version(source.get("version")),
            licenses=_licenses(data["license"]),
            components=[_file(file, digest, refs) for file, digest in digests.items()],
            data=[described],
        )
    ]


def _splits(splits: Mapping[str, Any] | None) -> dict[str, Any]:
    return {f"rows:{part}": count for part, count in (splits or {}).items()}


def _found(listed: Any) -> Iterator[Mapping[str, Any]]:
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, Mapping) and {"column", "kind"} <= item.keys():
            yield item


def _description(data: Mapping[str, Any]) -> str:
    """Where the data come from and whom they stand for, in the words of the spec."""
    origin = data["origin"] if isinstance(data["origin"], Mapping) else {}
    population = data["population"] if isinstance(data["population"], Mapping) else {}
    said = {**origin, "population": population.get("description"), "modality": data["modality"]}
    return "; ".join(f"{name}: {value}" for name, value in said.items() if value is not None)


def _licenses(expression: Any) -> list[Json]:
    """The licence as the spec declares it; the language takes SPDX expressions alone."""
    return [{"expression": expression, "acknowledgement": "declared"}] if expression else []


def _packages(packages: Mapping[str, Any], refs: Refs) -> Iterator[Json]:
    for name, found in packages.items():
        yield package(name, found, refs)


def package(name: str, found: str | None, refs: Refs, kind: str = "library", called: str = "package") -> Json:
    """A package of the Python Package Index, with the address that all tools know it by.

    The address is a package URL of type pypi: the name in the one spelling of all, the version percent-encoded. What
    cannot be the name of a package has none.

    Args:
        name: its name.
        found: its version, where that is known.
        refs: the names that are taken.
        kind: what sort of component it is.
        called: what its name in the document begins with.
    """
    purl = f"pkg:pypi/{_SEPARATORS.sub('-', name).lower()}" if _NAME.fullmatch(name) else None
    if purl is not None and found is not None and _VERSION.fullmatch(found):
        purl = f"{purl}@{quote(found, safe='')}"
    return present(type=kind, bom_ref=refs.new(called, name), name=name or _NAMELESS, version=version(found), purl=purl)
