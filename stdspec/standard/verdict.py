"""A verdict: what one clause of one standard says of one spec and the evidence of its run."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from stdspec.finding import Span


class Verdict(StrEnum):
    """The seven verdicts. Only PASS is a pass; no evidence never is."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    ERROR = "error"
    NOT_APPLICABLE = "not-applicable"
    NO_EVIDENCE = "no-evidence"
    STALE = "stale"
    WAIVED = "waived"


UNSAID: Final = "not said: "
"""How the reason begins for which a clause of a mapped spec has no evidence, where its map does not say enough."""


class Judgement(Struct, frozen=True):
    """The verdict on one clause, with what it was judged by.

    Attributes:
        id: the clause's id.
        standard: the standard that holds it, ``stdspec/base@1``.
        domain: the domain of the clause.
        level: must, should or may.
        verdict: one of the seven.
        says: the clause in words, by language, ``{"en": …, "zh": …}``.
        look_at: the paths that were read.
        declared: what the spec says there, as far as it does.
        observed: what the run recorded there, as far as it did.
        limit: what was asked, as written in the clause.
        reason: one plain sentence: why this verdict.
        place: where in the spec, when a part of the spec decided it.
        path: the dotted config or record path that decided it.
        cites: references, each ``{"ref", "relation", "status"}``.
        remedy: what to do when it fails.
        assumed: paths that were judged by but only assumed.
        since: the stage from which the clause holds.
        waiver: the waiver that bears it, as `Waiver.as_dict` shows it; None for every other verdict than waived.
        parts: the clause and those that tighten it, each with its verdict, where more than one of them holds.
    """

    id: str
    standard: str
    domain: str
    level: str
    verdict: Verdict
    says: dict[str, str]
    look_at: tuple[str, ...]
    declared: Any
    observed: Any
    limit: Any
    reason: str
    place: Span | None
    path: str
    cites: tuple[dict[str, str], ...]
    remedy: str
    assumed: tuple[str, ...]
    since: str
    waiver: dict[str, Any] | None = None
    parts: tuple[dict[str, str], ...] = ()
