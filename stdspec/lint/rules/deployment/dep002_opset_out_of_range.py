"""DEP002: an ONNX opset that the declared runtime cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping, whole
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("deployment", "exports", "onnx", "opset")
OLDEST: Final = 7
"""The oldest opset that ONNX Runtime runs."""

NEWEST: Final[dict[tuple[int, int], int]] = {
    (1, 12): 17,
    (1, 14): 18,
    (1, 15): 19,
    (1, 17): 20,
    (1, 18): 21,
    (1, 21): 22,
    (1, 22): 23,
}
"""From which ONNX Runtime release on each newest opset is run (its published compatibility table)."""


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """An opset older than any runtime takes, or newer than the oldest runtime that the spec promises."""
    opset = whole(spec.get(_PATH))
    runtime = mapping(spec, "deployment", "runtime")
    if opset is None:
        return
    if opset < OLDEST:
        yield Fault(_PATH, f"opset {opset} is older than {OLDEST}, the oldest that ONNX Runtime runs; raise it")
        return
    release = str(runtime.get("at_least") or "").split(".")
    if runtime.get("name") != "onnxruntime" or len(release) < 2 or not all(part.isdecimal() for part in release[:2]):
        return
    promised = (int(release[0]), int(release[1]))
    newest = max((found for since, found in NEWEST.items() if since <= promised), default=None)
    known = promised <= max(NEWEST)
    if newest is not None and known and opset > newest:
        since = next((release for release, found in NEWEST.items() if found >= opset), None)
        remedy = f"or promise at least {since[0]}.{since[1]}" if since else "or leave it to a newer runtime"
        yield Fault(
            _PATH,
            f"opset {opset} is newer than {newest}, the newest that onnxruntime {runtime['at_least']} runs; lower it, "
            f"{remedy}",
        )


RULE = Rule(
    code="DEP002",
    slug="opset-out-of-range",
    summary="The ONNX opset is outside the runtime's range",
    why="A model exported with an opset that the server's ONNX Runtime does not know does not load, and it is noticed "
    "on the "
    "day of the rollout. The opset must fit the oldest runtime that the spec promises.",
    check=check,
    good=(
        Case("deployment: {exports: {onnx: {opset: 18}}, runtime: {name: onnxruntime, at_least: '1.20'}}"),
        Case("deployment: {exports: {onnx: {opset: 18}}, runtime: null}"),
    ),
    bad=(
        Case(
            "deployment: {exports: {onnx: {opset: 22}}, runtime: {name: onnxruntime, at_least: '1.18'}}",
            "deployment.exports.onnx.opset",
            "opset 22 is newer than 21, the newest that onnxruntime 1.18 runs; lower it, or promise at least 1.21",
        ),
        Case(
            "deployment: {exports: {onnx: {opset: 6}}}",
            "deployment.exports.onnx.opset",
            "opset 6 is older than 7, the oldest that ONNX Runtime runs; raise it",
        ),
    ),
)
