"""Format sarif: SARIF 2.1.0 with what code scanning on GitHub asks for, within its limits.

The working directory stands for the root of the sources unless the job says where the checkout is. A file of
the checkout is named relative to it, and no time is in the log: the same findings give the same bytes everywhere.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from stdspec import __version__
from stdspec.cli.formats.look import Look
from stdspec.cli.formats.manual import Meaning, meanings
from stdspec.cli.formats.places import from_root, in_file, uri
from stdspec.cli.visible import in_json, visible
from stdspec.finding import Edit, Finding, Related, Severity, Span
from stdspec.lint.aside import Aside
from stdspec.lint.engine import Report
from stdspec.lint.fingerprint import fingerprints, numbered
from stdspec.paths import SHIPPED

MAX_RESULTS: Final = 25_000
MAX_ZIPPED: Final = 10 * 1024 * 1024
"""What code scanning takes: results in a run, and bytes of the whole log after gzip."""

LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_EMBEDDED: Final = re.compile(r"\[(?=[^\[\]]*\]\()|\{\d+\}")
ROOT: Final = "%SRCROOT%"
_INSTALLED: Final = "%STDSPEC%"
_BASES: Final = {
    ROOT: {"description": {"text": "the root of the checkout"}},
    _INSTALLED: {"description": {"text": "where stdspec is installed; stdspec/conf is what ships with it"}},
}
_WORKSPACE: Final = "GITHUB_WORKSPACE"

Json = dict[str, Any]
Result = tuple[Severity, Json]


def render(report: Report, _: Look) -> str:
    """The log; where it would be too large, the mildest findings are left out, and the log says so."""
    found = report.everything
    explained = meanings(found)
    index = {code: number for number, code in enumerate(explained)}
    keys = numbered(fingerprints(found))
    results = [
        (item.severity, _result(item, index, f"{key[:32]}:{number}"))
        for item, (key, number) in zip(found, keys, strict=True)
    ]
    results[len(report.findings) :] = [
        (Severity.INFO, {**result, "suppressions": [_suppression(item)]})
        for item, (_, result) in zip(report.aside, results[len(report.findings) :], strict=True)
    ]
    mild_first = sorted(found, key=lambda item: -item.severity.rank)
    levels = {item.code: LEVELS[item.severity] for item in mild_first}
    rules = [_rule(meaning, levels[code]) for code, meaning in explained.items()]
    return _within(rules, results, MAX_RESULTS, MAX_ZIPPED)


def _within(rules: Sequence[Json], results: Sequence[Result], most: int, zipped: int) -> str:
    """The log with as many results as the limits allow."""
    kept = _worst(results, most)
    text = log(rules, kept, len(results))
    while kept and len(text) > zipped // 4:  # in bytes a text is at most four times as long
        size = len(gzip.compress(text.encode("utf-8", "replace"), mtime=0))
        if size <= zipped:
            break
        kept = _worst(kept, len(kept) * 9 * zipped // (10 * size))
        text = log(rules, kept, len(results))
    return text


def _worst(results: Sequence[Result], most: int) -> Sequence[Result]:
    """At most so many results, those of a worse level first; their order stays."""
    if len(results) <= most:
        return results
    ranked = sorted(range(len(results)), key=lambda number: (results[number][0].rank, number))[:most]
    return [results[number] for number in sorted(ranked)]


def log(rules: Sequence[Json], results: Sequence[Result], found: int) -> str:
    """The log of some results; where there were more of them, it says so."""
    invocation: Json = {"executionSuccessful": True}
    if len(results) < found:
        text = f"{found} findings are too many for one log; the {found - len(results)} mildest are left out"
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    run: Json = {
        "tool": {"driver": {"name": "stdspec", "semanticVersion": __version__, "rules": rules}},
        "invocations": [invocation],
        "originalUriBaseIds": _BASES,
        "columnKind": "unicodeCodePoints",
        "results": [result for _, result in results],
    }
    document = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return in_json(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def _rule(meaning: Meaning, level: str) -> Json:
    explain = f"stdspec explain {meaning.code}"
    return {
        "id": meaning.code,
        "name": "".join(word.capitalize() for word in meaning.slug.split("-")),
        "shortDescription": {"text": visible(f"{meaning.summary}.")},
        "fullDescription": {"text": visible(meaning.why)},
        "help": {
            "text": visible(f"{meaning.summary}. {meaning.why} `{explain}` shows what is refused and accepted."),
            "markdown": visible(f"**{meaning.summary}.** {meaning.why}") + f"\n\n`{explain}` shows examples.",
        },
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["configuration"]},
    }


def _result(item: Finding, index: Mapping[str, int], key: str) -> Json:
    result: Json = {
        "ruleId": item.code,
        "ruleIndex": index[item.code],
        "level": LEVELS[item.severity],
        "message": {"text": plain(item.message)},
        "locations": [_location(item)],
        "partialFingerprints": {"primaryLocationLineHash": key},
    }
    related = [_related(number, one, span) for number, one in enumerate(item.related, 1) if (span := in_file(one.span))]
    if related:
        result["relatedLocations"] = related
    if item.fix and all(map(_open, item.fix)):
        result["fixes"] = [{"artifactChanges": list(_changes(item.fix))}]
    return result


def _suppression(item: Aside) -> Json:
    """What sets a finding aside: a comment is in the source, settings and the baseline are beside it."""
    kind = "inSource" if item.by == "comment" else "external"
    return {"kind": kind, "status": "accepted", "justification": visible(item.reason)}


def plain(text: str) -> str:
    """Text as a SARIF message that means itself: no embedded link, no placeholder."""
    return _EMBEDDED.sub(lambda found: "\\[" if found[0] == "[" else f"{{{found[0]}}}", visible(text))


def _location(item: Finding) -> Json:
    """Where a finding is. Code scanning asks for a place in a file: what has none is shown at the root."""
    span = in_file(item.span)
    physical = _physical(span) if span else {"artifactLocation": {"uri": ".", "uriBaseId": ROOT}}
    location: Json = {"physicalLocation": physical}
    if item.path:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(item.path), "kind": "member"}]
    return location


def _related(number: int, related: Related, span: Span) -> Json:
    return {"id": number, "message": {"text": plain(related.message)}, "physicalLocation": _physical(span)}


def _physical(span: Span) -> Json:
    return {"artifactLocation": artifact(span.file), "region": _region(span)}


def artifact(file: str) -> Json:
    """A file as a log names it."""
    path = from_root(file, _WORKSPACE)
    if path.startswith(SHIPPED):  # a viewer that knows no bases must not take it for a file of the checkout
        return {"uri": uri(f"stdspec{path.removeprefix(SHIPPED)}"), "uriBaseId": _INSTALLED}
    return {"uri": uri(path)} if path.startswith("/") else {"uri": uri(path), "uriBaseId": ROOT}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _open(edit: Edit) -> bool:
    """Whether an edit writes only what whoever accepts it can see."""
    return all(visible(line) == line for line in edit.text.split("\n"))


def _changes(edits: Sequence[Edit]) -> Iterator[Json]:
    for file, group in groupby(sorted(edits, key=lambda edit: edit.span), key=lambda edit: edit.span.file):
        replacements = [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}} for edit in group]
        yield {"artifactLocation": artifact(file), "replacements": replacements}
