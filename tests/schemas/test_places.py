"""The language has a place for everything that a shipped clause asks of a spec, and asks it only there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from stdspec import resources
from stdspec.paths import ConfigPath, split_dotted
from stdspec.source.reader import read
from stdspec.validate import schemas

PACKS = sorted(resources.packs().glob("*.yaml"))


def asked(value: Any) -> Iterator[str]:
    """Every `spec.…` path that is a key or the operand {path: …} somewhere in a clause."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str) and key.startswith("spec."):
                yield key
            elif key == "path" and isinstance(item, str) and item.startswith("spec."):
                yield item
            yield from asked(item)
    elif isinstance(value, list):
        for item in value:
            yield from asked(item)


def steps(
    document: dict[str, Any], node: Mapping[str, Any], key: str
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """The schema nodes that a key leads to, in whichever branch of a table it stands."""
    if key in node.get("properties", {}):
        yield document, node["properties"][key]
    elif isinstance(node.get("additionalProperties"), dict):
        yield document, node["additionalProperties"]
    branches = [node[word] for word in ("then", "else") if word in node] + [
        case["then"] for case in node.get("allOf", ())
    ]
    for branch in [*branches, *([node] if "$ref" in node else [])]:
        if "$ref" in branch:
            yield from steps(*target(document, branch["$ref"]), key)
        elif branch is not node:
            yield from steps(document, branch, key)


def target(document: dict[str, Any], reference: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    file, _, pointer = reference.partition("#")
    document = schemas.load(file.removesuffix(".schema.json")) if file else document
    node: Any = document
    for part in pointer.split("/")[1:]:
        node = node[part]
    return document, node


def has_place(path: ConfigPath) -> bool:
    reached = [(schemas.load("spec"), schemas.load("spec"))]
    for key in path:
        if isinstance(key, str):
            reached = [found for document, node in reached for found in steps(document, node, key)]
    return bool(reached)


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.stem)
def test_every_path_of_a_clause_has_a_place_in_the_language(pack: Any) -> None:
    clauses = read(pack).value["clauses"]
    paths = {path for clause in clauses.values() for part in ("require", "when") for path in asked(clause.get(part))}
    assert paths, "the pack asks nothing of a spec"
    lost = sorted(path for path in paths if "*" not in path and not has_place(split_dotted(path)[1:]))
    assert lost == []


@pytest.mark.parametrize(
    "path",
    [
        *(
            "data.source.digest",
            "data.license",
            "data.columns.age.personal.retention",
            "data.quality.freshness.at_most",
        ),
        *(
            "data.population.reference",
            "data.join.missing",
            "compute.limits.ttl",
            "compute.image.digest",
            "compute.secrets.X.from",
        ),
        *(
            "model.base.revision",
            "model.card.limits",
            "training.checkpoint.monitor",
            "training.differential_privacy.epsilon",
        ),
        *(
            "training.batch.micro",
            "evaluation.method.group",
            "evaluation.metrics.sens.threshold",
            "evaluation.incumbent.margin",
        ),
        *("evaluation.external.source.path", "deployment.serving.auth", "deployment.serving.endpoints.ready"),
        *("deployment.previous.version", "monitoring.drift.tests.features.statistic", "monitoring.log.keep"),
        *("governance.fairness.at_least_n", "governance.attacks.poisoning.share", "governance.override.who"),
    ],
)
def test_what_the_clauses_of_base_are_about_has_a_place(path: str) -> None:
    assert has_place(split_dotted(path))


@pytest.mark.parametrize(
    "path", ["data.licence", "training.optimizer.learning_rate", "compute.limits.vram", "owner.name"]
)
def test_what_the_language_does_not_say_has_none(path: str) -> None:
    assert not has_place(split_dotted(path))
