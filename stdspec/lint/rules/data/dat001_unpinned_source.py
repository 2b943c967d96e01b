"""DAT001: a source whose bytes may change without anybody noticing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import sources
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Every source without a version or without the digest of each file."""
    for path, source in sources(spec):
        name = ".".join(map(str, path))
        if source.get("version") in (None, ""):
            yield Fault((*path, "version"), f"{name} has no version; say which edition of the data it is")
        digest = source.get("digest")
        if not isinstance(digest, dict) or not digest:
            yield Fault((*path, "digest"), f'{name} has no digest; add digest: {{FILE: "sha256:…"}} for each file')
            continue
        for file, value in digest.items():
            if not isinstance(value, str) or not _DIGEST.fullmatch(value):
                yield Fault(
                    (*path, "digest", file),
                    f"the digest of {file} is not sha256: and 64 hex digits; take what `sha256sum` prints",
                )


_PINNED = f"data: {{source: {{kind: csv, path: a.csv, version: '3', digest: {{a.csv: 'sha256:{'0' * 64}'}}}}}}"

RULE = Rule(
    code="DAT001",
    slug="unpinned-source",
    summary="A source has no version, or a file of it has no digest",
    why="A file that changes under a spec changes every result, and nothing shows it. With a version people know which "
    "edition was meant; with a SHA-256 per file a run refuses other bytes.",
    check=check,
    good=(Case(_PINNED), Case(f"data: {{sources: {{left: {_PINNED.partition('source: ')[2]}}}")),
    bad=(
        Case(
            "data: {source: {kind: csv, path: a.csv, version: '3'}}",
            "data.source.digest",
            'data.source has no digest; add digest: {FILE: "sha256:…"} for each file',
        ),
        Case(
            _PINNED.replace("version: '3'", "version: null"),
            "data.source.version",
            "data.source has no version; say which edition of the data it is",
        ),
        Case(
            _PINNED.replace("sha256:0", "md5:0"),
            "data.source.digest.a.csv",
            "the digest of a.csv is not sha256: and 64 hex digits; take what `sha256sum` prints",
        ),
    ),
)
