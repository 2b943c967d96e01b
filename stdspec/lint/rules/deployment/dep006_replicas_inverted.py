"""DEP006: replicas that cannot be scaled, or that never go to sleep although they may."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping, number
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("deployment", "serving")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Missing or inverted replicas, and a minimum of 0 without an idle time."""
    serving = mapping(spec, *_PATH)
    if not serving:
        return
    replicas = mapping(spec, *_PATH, "replicas")
    least, most = number(replicas.get("min")), number(replicas.get("max"))
    path = (*_PATH, "replicas")
    if least is None or most is None:
        yield Fault(path, "the replicas are not bounded; write replicas: {min: 1, max: 2}", key=True)
        return
    if least > most:
        yield Fault(path, f"min {least:g} is more than max {most:g}; turn them round")
    elif most == 0:
        yield Fault((*path, "max"), "max 0 never serves anything; allow at least one replica")
    if least == 0 and serving.get("idle") is None:
        yield Fault(
            (*_PATH, "idle"), "replicas may go down to 0 and nothing says when; add idle: and a time, such as 10min"
        )


RULE = Rule(
    code="DEP006",
    slug="replicas-inverted",
    summary="Replicas are not bounded, inverted, or without an idle policy",
    why="More replicas at the least than at the most is refused by every orchestrator, in its own words and late. "
    "Scaling to "
    "nothing needs a time after which it happens.",
    check=check,
    good=(
        Case("deployment: {serving: {replicas: {min: 0, max: 2}, idle: 10min}}"),
        Case("deployment: {serving: null}"),
    ),
    bad=(
        Case(
            "deployment: {serving: {replicas: {min: 3, max: 2}}}",
            "deployment.serving.replicas",
            "min 3 is more than max 2; turn them round",
        ),
        Case(
            "deployment: {serving: {replicas: {min: 0, max: 2}}}",
            "deployment.serving.idle",
            "replicas may go down to 0 and nothing says when; add idle: and a time, such as 10min",
        ),
        Case(
            "deployment: {serving: {auth: bearer}}",
            "deployment.serving.replicas",
            "the replicas are not bounded; write replicas: {min: 1, max: 2}",
        ),
    ),
)
