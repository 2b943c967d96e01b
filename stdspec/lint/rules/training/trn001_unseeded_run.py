"""TRN001: a run whose randomness nobody fixed."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.domains import STAGES, reached
from stdspec.lint.look import mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """No seed; from candidate on also a seed or determinism that is only assumed; a tolerance without numbers."""
    seed, stage = spec.get(("seed",)), spec.get(("stage",), STAGES[0])
    decided = stage in STAGES and reached(stage, "candidate")
    trains = "optimizer" in mapping(spec, "training")
    if seed is None:
        yield Fault(("seed",), "no seed is set, so two runs differ; write seed: and a whole number")
    elif decided and spec.assumed(("seed",)):
        yield Fault(("seed",), f"the seed {seed} is only assumed; write seed: and a whole number")
    if not trains:
        return
    path = ("training", "determinism")
    policy = spec.get(path)
    if decided and (policy is None or spec.assumed(path)):
        yield Fault(path, "no determinism policy is decided; write training.determinism: exact, tolerance or off")
    if policy == "tolerance" and not mapping(spec, "training", "tolerance"):
        yield Fault(
            ("training", "tolerance"),
            "determinism within a tolerance needs the tolerance; add training.tolerance: {atol, rtol}",
        )


RULE = Rule(
    code="TRN001",
    slug="unseeded-run",
    summary="The run has no seed, or its determinism is nobody's decision",
    why="Initial weights, shuffling, dropout and splits all draw random numbers. Without a seed no result can be "
    "repeated or "
    "compared. From stage candidate on, the seed and the policy (exact, tolerance, off) must be written, not assumed.",
    check=check,
    good=(
        Case("{stage: candidate, seed: 20, training: {optimizer: {kind: adam}, determinism: exact}}"),
        Case(
            "{stage: research, training: {epochs: 5}}",
            assumed="{seed: 0, training: {optimizer: {kind: adamw}, determinism: exact}}",
        ),
    ),
    bad=(
        Case("seed: null", "seed", "no seed is set, so two runs differ; write seed: and a whole number"),
        Case(
            "{stage: candidate}",
            "seed",
            "the seed 0 is only assumed; write seed: and a whole number",
            assumed="seed: 0",
        ),
        Case(
            "{seed: 1, training: {optimizer: {kind: adam}, determinism: tolerance}}",
            "training.tolerance",
            "determinism within a tolerance needs the tolerance; add training.tolerance: {atol, rtol}",
        ),
    ),
)
