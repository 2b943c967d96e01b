"""GOV002: a high risk that nobody treats or owns."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import entries, lacking, listed
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("governance", "risks")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Risks that were never looked for, risks without a level, and high ones without treatment or owner."""
    if (not spec.get(_PATH) and spec.assumed(_PATH)) or spec.get(_PATH) is None:
        yield Fault(
            _PATH, "no risk is stated; list them in governance.risks, or write risks: {} once there are none", key=True
        )
    for path, risk in entries(spec, *_PATH):
        wanted = ["level"]
        if risk.get("level") == "high":
            wanted += ["treatment", "owner"]
        missing = [key for key in wanted if risk.get(key) in (None, "")]
        if missing:
            high = "high risk" if risk.get("level") == "high" else "risk"
            yield lacking(path, risk, missing, f"{high} '{path[-1]}' has no {listed(missing, 'and no')}; add it")


RULE = Rule(
    code="GOV002",
    slug="untreated-risk",
    summary="A high risk has no treatment or no owner",
    why="A risk that is written down and not treated is an admission. Each high risk needs what is done about it and "
    "who answers "
    "for it; that there are none is a statement, too: risks: {}.",
    check=check,
    good=(
        Case("governance: {risks: {miss: {level: high, treatment: a second reader, owner: lab}}}"),
        Case("governance: {risks: {}}"),
    ),
    bad=(
        Case(
            "governance: {risks: {miss: {level: high, owner: lab}}}",
            "governance.risks.miss",
            "high risk 'miss' has no treatment; add it",
        ),
        Case(
            "governance: {goal: x}",
            "governance.risks",
            "no risk is stated; list them in governance.risks, or write risks: {} once there are none",
            assumed="governance: {risks: {}}",
        ),
    ),
)
