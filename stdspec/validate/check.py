"""Checks plain data against a shipped schema. One fault gives one finding, at the place that has to change.

Before the validator sees a value, what it cannot read is taken out (see `plain`). Interpolations are accepted for any
type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from stdspec.compose.model import Composed
from stdspec.finding import Finding, Span
from stdspec.paths import ConfigPath, Key, dotted, select
from stdspec.validate import kinds, plain, respelt, schemas, translate, words
from stdspec.validate.translate import Fault, Locate, begin, finding


class Checked(Struct, frozen=True):
    """What the schema says of a spec.

    Attributes:
        findings: everything that the language does not allow, in order of output.
        intended: the paths that misspelt keys stand for or that are missing; that nothing stands there is said.
    """

    findings: list[Finding]
    intended: frozenset[ConfigPath]


def check(composed: Composed) -> list[Finding]:
    """Everything in a composed spec that the language does not allow, in order of output."""
    return examine(composed).findings


def examine(composed: Composed) -> Checked:
    """Everything in a composed spec that the language does not allow, and what is said to be missing by it."""

    def locate(path: ConfigPath, key: bool) -> Span | None:
        return begin(composed.key_span(path)) if key else composed.span(path)

    sifted = plain.sift(composed.resolved)
    said = {item.span for item in composed.findings}
    found = [item for item in _sifted_findings(sifted, locate) if item.span not in said]
    settled: set[ConfigPath] = set()
    faults, intended = respelt.without_consequences(_faults(sifted, "spec"))
    found += _missing_values(sifted, locate, intended)
    at_fault = {fault.path for fault in faults}
    for path, item in kinds.mismatches(composed):
        if (*path, "kind") not in at_fault:
            settled.add(path)
            found.append(item)
    for fault in faults:
        if respelt.target(select(composed.value, fault.path)) in at_fault:
            continue  # what it refers to is refused itself
        if fault.path in settled and fault.keyword in ("additionalProperties", "required"):
            continue
        mismatch = kinds.foreign(composed, fault)
        if mismatch:
            settled.add(fault.path)
            found.append(mismatch)
        else:
            found += translate.findings(fault, locate)
    return Checked(sorted(found, key=Finding.sort_key), intended)


def check_data(value: Any, schema_name: str, locate: Locate, *, interpolated: bool = True) -> list[Finding]:
    """Everything in a document that its schema does not allow, in order of output.

    Args:
        value: plain data.
        schema_name: ``standard`` for `schemas/standard.schema.json`.
        locate: the span of what stands at a path; with True, of its key.
        interpolated: whether ``${…}`` will be filled in and may stand for any type; a document that nobody composes
            holds nothing but what is written.
    """
    sifted = plain.sift(value)
    found = [*_sifted_findings(sifted, locate), *_missing_values(sifted, locate)]
    for fault in respelt.without_consequences(_faults(sifted, schema_name, interpolated=interpolated))[0]:
        found += translate.findings(fault, locate)
    return sorted(found, key=Finding.sort_key)


def check_part(value: Any, package: ConfigPath, locate: Locate) -> list[Finding]:
    """Everything in a group file by itself that the language does not allow wherever it is composed in.

    What it lacks may come from elsewhere, so missing keys and ``???`` are no fault.

    Args:
        value: the file's content without its defaults list, plain data.
        package: where it goes in the spec, ``("training", "optimizer")``; empty for the root.
        locate: the span of what stands at a path of the file; with True, of its key.
    """
    nested: Any = value
    for key in reversed(package):
        nested = {key: nested}

    def inside(path: ConfigPath, key: bool) -> Span | None:
        return locate(path[len(package) :], key)

    sifted = plain.sift(nested)
    found = _sifted_findings(sifted, inside)
    for fault in respelt.without_consequences(_faults(sifted, "spec"))[0]:
        if fault.keyword != "required" and len(fault.path) >= len(package):
            found += translate.findings(fault, inside)
    return sorted(found, key=Finding.sort_key)


def _faults(sifted: plain.Sifted, schema_name: str, *, interpolated: bool = True) -> Iterator[Fault]:
    mistyped: set[ConfigPath] = set()
    for error in schemas.validator(schema_name).iter_errors(sifted.value):
        if plain.is_open(error.instance) and (interpolated or error.instance in (plain.OPEN, plain.MISSING_MARK)):
            continue
        fault = translate.read(error)
        if fault.keyword == "type":  # a table and the branch that it refers to both ask for a mapping
            if fault.path in mistyped:
                continue
            mistyped.add(fault.path)
        yield fault
    if sifted.whole_floats:
        yield from _fractions(sifted, schema_name)


def _fractions(sifted: plain.Sifted, schema_name: str) -> Iterator[Fault]:
    """Floats such as 10.0 where a whole number is asked for: JSON Schema takes them, Python's range() does not."""
    wanted = set(sifted.whole_floats)
    for error in schemas.validator(schema_name).iter_errors(_with_fractions(sifted.value, (), wanted)):
        path = tuple(error.instance_path)
        if path in wanted and error.kind.name == "type" and "integer" in error.kind.value:
            fault = translate.read(error)
            yield Fault(
                fault.keyword, fault.limit, path, select(sifted.value, path), fault.document, fault.node, fault.pointer
            )


def _with_fractions(value: Any, path: ConfigPath, wanted: set[ConfigPath]) -> Any:
    if isinstance(value, dict):
        return {key: _with_fractions(item, (*path, key), wanted) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_fractions(item, (*path, index), wanted) for index, item in enumerate(value)]
    return value + 0.5 if path in wanted else value


def _sifted_findings(sifted: plain.Sifted, locate: Locate) -> list[Finding]:
    found = [
        finding("SPC003", f"{words.name(path)} is not a finite number; write a number", path, locate(path, False))
        for path in sifted.not_finite
    ]
    found += [
        finding(
            "SPC002",
            f"{words.name(path)} is no plain data; write text, a number, true, false or null",
            path,
            locate(path, False),
        )
        for path in sifted.not_plain
    ]
    for path in sifted.odd_keys:
        key: Key = path[-1]
        said = "true" if key is True else "false" if key is False else "null" if key is None else str(key)
        message = f"the key {said} is no text; put it in quotes"
        found.append(finding("SPC002", message, (*path[:-1], said), locate(path, True)))
    return found


def _missing_values(
    sifted: plain.Sifted, locate: Locate, intended: frozenset[ConfigPath] = frozenset()
) -> list[Finding]:
    return [
        finding(
            "SPC006",
            f"{words.name(path)} has no value yet (???); give {dotted(path)} a value",
            path,
            locate(path, False),
        )
        for path in sifted.missing
        if not respelt.below(path, intended)
    ]
