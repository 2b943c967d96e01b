"""Kinds of faults that can be made at every place of a spec that fits: slips, wrong types, doubled and foreign keys.

What holds at a place is told here by hand, apart from the schemas that the linter reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

import mutations as make
from mutations import Mutant, Place, SpecPath, Text

Found = tuple[str, str, make.Edit, str, str | None]
"""The kind of a mutation, where, the edit, the codes that name it, and the word to suggest."""

FREE = (
    "data/columns", "data/source/digest", "data/transforms", "data/sources", "data/population/reference",
    "compute/secrets", "model/signature/inputs", "model/signature/outputs", "training/loggers", "training/trainer",
    "evaluation/metrics", "evaluation/slices", "evaluation/slices/*/floor", "evaluation/shifts",
    "evaluation/shifts/*/floor", "monitoring/metrics", "monitoring/drift/tests", "governance/risks",
    "governance/suppliers", "training/loss/class_weights",
)  # fmt: skip
"""Mappings whose keys are names of the user's."""

CHOSEN = (
    "stage", "data/modality", "data/columns/*/type", "data/columns/*/role", "compute/engine", "compute/accelerator",
    "compute/strategy", "compute/precision", "model/activation", "model/norm", "training/task",
    "training/determinism", "training/checkpoint/mode", "training/stop/mode", "evaluation/judge",
    "evaluation/interval/kind", "evaluation/metrics/*/average", "deployment/runtime/name",
    "deployment/serving/protocol", "deployment/serving/auth", "monitoring/reference", "monitoring/drift/control",
    "monitoring/drift/tests/*/statistic", "monitoring/update/when/*", "governance/evaluation",
    "governance/risks/*/level", "governance/explanation/method", "data/source/name",
)  # fmt: skip
"""Values that are one of a few words."""

QUANTITIES = {
    "compute/limits/memory": ("4Gib", "4 gigabytes", "lots"),
    "compute/limits/time": ("10mins", "10m", "ten minutes"),
    "compute/limits/ttl": ("1hr", "an hour"),
    "compute/limits/keep_artifacts": ("30 days", "30dd"),
    "monitoring/drift/window": ("1day", "daily"),
    "monitoring/log/keep": ("184 days", "half a year"),
    "monitoring/performance/label_delay": ("7days", "one week"),
    "monitoring/incidents/respond_within": ("4hours", "soon"),
    "monitoring/metrics/*/window": ("5mins", "5 minutes"),
    "deployment/serving/idle": ("10mins", "a while"),
    "deployment/serving/latency/p95": ("20msec", "fast"),
    "deployment/serving/latency/load": ("50 per second", "50rps"),
    "data/source/digest/*": ('"sha256:12"', '"md5:0123456789abcdef0123456789abcdef"'),
    "deployment/retire_on": ('"31.12.2027"', '"2027-13-01"'),
    "governance/review_by": ('"31.05.2027"', '"2027-02-30"'),
    "version": ("v1", '"1.0"'),
}
"""Texts with a grammar, and what has none of it."""

NUMBERS = {
    "training/optimizer/lr": ("0", "-0.1"),
    "training/optimizer/weight_decay": ("-0.1",),
    "training/epochs": ("0", "-3", "2.5"),
    "training/batch/global": ("0", "-64"),
    "training/batch/micro": ("0",),
    "training/clip": ("0", "-1.0"),
    "training/stop/patience": ("-1",),
    "training/loss/delta": ("0", "-1"),
    "training/loss/label_smoothing": ("1.5", "-0.1"),
    "training/schedule/warmup": ("1.5", "-0.1"),
    "model/dropout": ("1.5", "-0.1"),
    "model/hidden/*": ("0", "-8"),
    "model/channels/*": ("0", "-8"),
    "model/kernel": ("0", "-3"),
    "model/pool": ("0",),
    "compute/devices": ("0", "-1"),
    "compute/nodes": ("0",),
    "compute/limits/retries": ("-1", "1.5"),
    "compute/targets/memory_headroom": ("1.5", "-0.1"),
    "compute/cost/per_hour": ("-1",),
    "data/quality/missing_share/at_most": ("1.5", "-1"),
    "data/quality/class_share/at_least": ("1.5", "-1"),
    "data/quality/rows/at_least": ("-5",),
    "data/splits/shares/train": ("1.7", "-0.7"),
    "data/splits/shares/test": ("2",),
    "evaluation/interval/level": ("1.5", "0", "95"),
    "evaluation/interval/resamples": ("0",),
    "evaluation/method/k": ("1", "0"),
    "evaluation/metrics/*/threshold": ("1.5", "-0.5"),
    "evaluation/slices/*/at_least_n": ("0", "-5"),
    "evaluation/shifts/*/severity": ("-0.1",),
    "evaluation/baseline/margin": ("-0.1",),
    "deployment/exports/*/parity/atol": ("-1",),
    "deployment/exports/onnx/opset": ("0", "-1"),
    "deployment/rollout/canary": ("1.5", "-1"),
    "deployment/serving/replicas/min": ("-1",),
    "deployment/serving/replicas/max": ("-2",),
    "governance/explanation/stability": ("-1",),
    "governance/attacks/membership_inference/max_auc": ("1.5", "-1"),
    "seed": ("-1", "0.5"),
}
"""Numbers outside the range that means anything at their place."""

TEXTS = (
    "name", "stage", "version", "industry", "description", "owner/team", "owner/contact", "data/license",
    "data/origin/*", "data/target/column", "model/card/*", "training/task", "evaluation/judge", "governance/goal",
    "governance/scope", "governance/method", "governance/risks/*/treatment", "monitoring/metrics/*/owner",
    "monitoring/update/approver", "monitoring/incidents/route", "governance/override/*", "deployment/runtime/at_least",
    "compute/precision", "compute/shape",
)  # fmt: skip
"""Values that are texts and nothing else."""

NOT_NULL = (
    "stage", "name", "data/target/column", "data/modality", "data/columns/*", "training/batch", "training/batch/global",
    "training/checkpoint/monitor", "training/checkpoint/mode", "training/optimizer/lr", "model/hidden",
    "model/activation", "model/dropout", "compute/accelerator", "compute/devices", "compute/precision",
    "evaluation/judge", "evaluation/method", "evaluation/shifts/*/severity", "deployment/serving/auth",
    "monitoring/log/keep", "monitoring/drift/tests/*/alert", "governance/risks/*/level", "data/splits/shares",
)  # fmt: skip
"""Values that may not be null."""

FOREIGN = {
    "training/optimizer": {"adamw": "momentum", "adam": "nesterov", "sgd": "betas"},
    "training/schedule": {"constant": "warmup", "cosine": "gamma"},
    "training/loss": {"cross-entropy": "delta", "huber": "class_weights"},
    "model": {"mlp": "kernel", "cnn": "path"},
    "data/source": {"sklearn": "delimiter", "csv": "images"},
    "data/splits": {"random": "group", "stratified": "time"},
    "evaluation/method": {"k-fold": "gap", "hold-out": "k"},
    "evaluation/metrics/*": {"recall": "resamples"},
}
"""A key of another kind's, by the kind that stands there."""

UNKNOWN = "zygomorph"
"""A word that is near no key."""


def matches(path: SpecPath, patterns: Iterator[str] | tuple[str, ...] | dict[str, object]) -> str | None:
    """The pattern that a path fits: as many parts, each like its own."""
    for pattern in patterns:
        parts = pattern.split("/")
        if len(parts) == len(path) and all(map(fnmatchcase, path, parts)):
            return pattern
    return None


def _keys(text: Text, place: Place, path: SpecPath) -> Iterator[Found]:
    """A key that is misspelt in each way, and one that is written twice."""
    if not place.path or place.item:
        return
    key = text.part(place.key)
    yield "duplicated key", key, make.double(text, place), "YML003", None
    free = matches(path[:-1], FREE) or path[-1].startswith("_") or _own(text, place.path[:-1])
    known = {child.path[-1] for child in text.children(place.path[:-1])}
    for slip, wrong in () if free else make.slips(key):
        if wrong not in known:
            yield f"misspelt key, {slip}", f"{key} > {wrong}", make.rename(text, place, wrong), "SPC001", key


def _own(text: Text, path: SpecPath) -> bool:
    return any(child.path[-1] == "_target_" for child in text.children(path))


def _values(text: Text, place: Place, path: SpecPath) -> Iterator[Found]:
    """Misspelt words, malformed texts, and numbers out of range."""
    written = text.part(place.value)
    if place.kind != "scalar" or written in ("null", "???") or "${" in written:
        return
    chosen = path[-1:] == ("kind",) or matches(path, CHOSEN)
    for slip, wrong in make.slips(written) if chosen else ():
        name = "kind" if path[-1] == "kind" else "value"
        codes = "SPC007 SPC004"
        yield f"misspelt {name}, {slip}", f"{written} > {wrong}", make.put(text, place, wrong), codes, written
    if chosen:
        yield "unknown value", written, make.put(text, place, UNKNOWN), "SPC007 SPC004", ""
    for wrong in QUANTITIES.get(matches(path, QUANTITIES) or "", ()):
        codes = "SPC005 DAT001 DEP001"
        yield "malformed text", f"{written} > {wrong}", make.put(text, place, wrong), codes, None
    for wrong in NUMBERS.get(matches(path, NUMBERS) or "", ()):
        codes = "SPC002 SPC003 DAT006 DEP002 DEP006 DEP007"
        yield "number out of range", f"{written} > {wrong}", make.put(text, place, wrong), codes, None
    if "/".join(path) == "training/optimizer/lr" or matches(path, NUMBERS):
        yield "text for a number", written, make.put(text, place, "plenty"), "SPC002 SPC004 SPC005", None
    if matches(path, TEXTS):
        yield "list for a text", written, make.put(text, place, "[1, 2]"), "SPC002 SPC004 SPC005", None
    if matches(path, NOT_NULL):
        yield "null", written, make.put(text, place, "null"), "SPC002 SPC004 DEP005 DAT006 MON004", None


def _types(text: Text, place: Place, path: SpecPath) -> Iterator[Found]:
    """A mapping or a list where the other is wanted, or a scalar."""
    if not place.path or place.kind == "scalar" or path[-1] == "digest" or _own(text, place.path):
        return
    codes = "SPC002 SPC004 HYD008"
    other = "[1, 2]" if place.kind == "mapping" else "{a: 1}"
    name = "list for a mapping" if place.kind == "mapping" else "mapping for a list"
    yield name, "/".join(path), make.put(text, place, other), codes, None
    yield f"number for a {place.kind}", "/".join(path), make.put(text, place, "7"), codes, None


def _inside(text: Text, place: Place, path: SpecPath) -> Iterator[Found]:
    """An unknown key, and a key of another kind, in each mapping that is closed."""
    if place.kind != "mapping" or matches(path, FREE) or _own(text, place.path):
        return
    yield "unknown key", "/".join(path) or "the top", make.add(text, place, UNKNOWN), "SPC001", ""
    kind = text.places.get((*place.path, "kind"))
    foreign = FOREIGN.get(matches(path, FOREIGN) or "", {}).get(text.part(kind.value) if kind else "")
    if foreign and (*place.path, foreign) not in text.places:
        yield "key of another kind", foreign, make.add(text, place, foreign, "0.5"), "SPC001", None


def _tabs(text: Text, place: Place, path: SpecPath) -> Iterator[Found]:
    """A tab for the blanks before a key on a line of its own."""
    parent = text.places[place.path[:-1]]
    if path and not place.item and not parent.flow and text.text[place.key[0] - 1] == " ":
        yield "tab", text.part(place.key), make.tab(text, place), "YML002", None


KINDS: tuple[Callable[[Text, Place, SpecPath], Iterator[Found]], ...] = (_keys, _values, _types, _inside, _tabs)


def everywhere(text: Text, package: SpecPath) -> Iterator[Mutant]:
    """Every fault of these kinds in one file whose values go to `package` of the spec."""
    for place in text.places.values():
        if place.path[:1] != ("defaults",):
            path = (*package, *place.path)
            for kind in KINDS:
                for name, what, (mutated, at), codes, meant in kind(text, place, path):
                    where = "/".join(path)
                    yield Mutant(name, text.file, f"{where}: {what}", mutated, frozenset(codes.split()), at, meant)
