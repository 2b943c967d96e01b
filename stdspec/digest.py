"""Canonical bytes and SHA-256 digests: identity is content.

Canonical JSON is UTF-8, keys sorted, no white space, shortest round-trip floats; NaN and infinities are refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

PREFIX = "sha256:"


def canonical_json(value: Any) -> bytes:
    """The one spelling of plain data as JSON.

    Raises:
        ValueError: for a NaN or an infinity.
        TypeError: for a value that is not plain data.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def ordered_json(value: Any) -> bytes:
    """Plain data as JSON with its keys in the order they have, for data in which the order says something.

    Raises:
        ValueError: for a NaN or an infinity.
        TypeError: for a value that is not plain data.
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def digest_bytes(data: bytes) -> str:
    """``sha256:<64 hex digits>`` of some bytes."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def digest(value: Any) -> str:
    """``sha256:<64 hex digits>`` of plain data in canonical JSON."""
    return digest_bytes(canonical_json(value))


def spec_digest(spec: Mapping[str, Any]) -> str:
    """The digest of a resolved spec: what records, waivers and approvals are tied to.

    Raises:
        ValueError: for a NaN or an infinity.
        TypeError: for a value that is not plain data.
    """
    return digest_bytes(ordered_json(dict(spec)))


def digest_file(path: str | os.PathLike[str]) -> str:
    """``sha256:<64 hex digits>`` of a file's bytes, read in blocks.

    Raises:
        OSError: when the file cannot be read.
    """
    with open(path, "rb") as stream:
        return PREFIX + hashlib.file_digest(stream, "sha256").hexdigest()


def short(text: str) -> str:
    """The first twelve hex digits of a digest, for folder names and tables."""
    return text.removeprefix(PREFIX)[:12]
