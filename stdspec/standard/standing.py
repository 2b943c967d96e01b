"""How a spec stands by its standards: one level for each domain and one for all, with how much of it was judged.

The level is the worst verdict among the musts that hold; where every must is met, the worst among the shoulds. A level
without its coverage would flatter who measures little, so the two are one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct

from stdspec.domains import DOMAINS
from stdspec.standard.verdict import Verdict

RULE: Final = (
    "The level is the worst verdict among the musts that hold, from worst to best: fail, error, stale, no-evidence, "
    "waived, pass. Where every must passes or is waived, it is the worst among the shoulds as well. "
    "A may never counts. Coverage is the share of the clauses that hold which got a verdict other than "
    "no-evidence and error."
)
"""The rule in words, for the report."""

ORDER: Final = (
    *(Verdict.FAIL, Verdict.ERROR, Verdict.STALE, Verdict.NO_EVIDENCE),
    *(Verdict.WAIVED, Verdict.PASS, Verdict.NOT_APPLICABLE),
)
"""The verdicts from worst to best."""

MET: Final = (Verdict.PASS, Verdict.WAIVED)
_NOT_JUDGED: Final = (Verdict.NO_EVIDENCE, Verdict.ERROR)


class Judged(Protocol):
    """What is read of a judgement, or of what was kept of one."""

    @property
    def verdict(self) -> Verdict:
        """One of the seven."""

    @property
    def level(self) -> str:
        """Must, should or may."""

    @property
    def domain(self) -> str:
        """The domain of the clause."""


class Standing(Struct, frozen=True):
    """How a spec stands, as a whole or in one domain.

    Attributes:
        level: the worst verdict that counts; not-applicable where no must and no should holds.
        among: must or should: which of them it is the worst of; empty where none holds.
        holding: how many clauses hold.
        judged: how many of those got a verdict other than no-evidence and error.
    """

    level: Verdict
    among: str
    holding: int
    judged: int

    def as_dict(self) -> dict[str, Any]:
        """The standing as a report shows it."""
        share = round(self.judged / self.holding, 4) if self.holding else None
        coverage = {"holding": self.holding, "judged": self.judged, "share": share}
        return {"level": str(self.level), "among": self.among or None, "coverage": coverage}


def overall(judgements: Iterable[Judged]) -> Standing:
    """How a spec stands by these judgements."""
    held = [item for item in judgements if item.verdict is not Verdict.NOT_APPLICABLE]
    level, among = _level(held)
    return Standing(level, among, len(held), sum(item.verdict not in _NOT_JUDGED for item in held))


def by_domain(judgements: Sequence[Judged]) -> dict[str, Standing]:
    """How a spec stands in each of the eight domains, in their order."""
    return {domain: overall(item for item in judgements if item.domain == domain) for domain in DOMAINS}


def _level(held: Sequence[Judged]) -> tuple[Verdict, str]:
    """The worst verdict that counts, and among which clauses; a waived must is worse than a should that passes."""
    worst = {
        level: min((item.verdict for item in held if item.level == level), key=ORDER.index, default=None)
        for level in ("must", "should")
    }
    must, should = worst["must"], worst["should"]
    if must is not None and (must not in MET or should is None or ORDER.index(must) <= ORDER.index(should)):
        return must, "must"
    return (should, "should") if should is not None else (Verdict.NOT_APPLICABLE, "")
