"""What this version runs of what the language can say: the one table behind a warning of lint and a refusal of the run.

The language is written in full before every part of it has a runner. Whoever gives a part one strikes its line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from stdspec.paths import ConfigPath


class Part(Struct, frozen=True):
    """A part of the language that does not run, or not with every value.

    Attributes:
        path: where it stands; ``*`` is any key.
        what: what a user calls it; ``{}`` is the value.
        remedy: what to do instead.
        runs: the values that do run; null and what is empty always do.
        applies: whether it is read at all, by the mapping that it stands in and the whole spec.
    """

    path: ConfigPath
    what: str
    remedy: str
    runs: tuple[Any, ...] = ()
    applies: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] = lambda *_: True


class Gap(Struct, frozen=True):
    """A place of a spec that this version does not run: where, the fact and what to do."""

    path: ConfigPath
    fact: str
    remedy: str


READS: Final = ("sklearn", "csv", "idx", "cifar10")
"""The kinds of sources with a reader."""

TASKS: Final = ("classification", "regression")
"""The tasks that can be trained and measured."""

PARTS: Final = (
    Part(("data", "source", "kind"), "a source of kind '{}'", f"the kinds that are read are {', '.join(READS)}", READS),
    Part(("data", "sources"), "joining several sources", "join them before and give one under data.source"),
    Part(("data", "modality"), "the modality {}", "choose tabular or image, or own code as data", ("tabular", "image")),
    Part(
        ("data", "columns", "*", "type"),
        "a column of type {}",
        "give it the role ignore, or use own code as data",
        (
            *("float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"),
            *("category", "text", "date", "datetime", "image"),
        ),
        lambda column, _: column.get("role") != "ignore",
    ),
    Part(
        ("data", "columns", "*", "role"),
        "weighting rows by a column",
        "give it the role ignore, or weight the classes by training.loss.class_weights",
        ("feature", "group", "time", "id", "sensitive", "ignore"),
    ),
    Part(("training", "task"), "the task {}", f"choose {' or '.join(TASKS)}", TASKS),
    Part(
        ("training", "differential_privacy"),
        "differentially private training",
        "write null, so that nothing is claimed that does not hold",
    ),
    Part(("compute", "engine"), "the engine {}", "write local", ("local",)),
    Part(("compute", "nodes"), "sharing one fit among {} machines", "write 1", (1,)),
    Part(("compute", "strategy"), "the strategy {}", "write auto or ddp", ("auto", "ddp")),
    Part(
        ("compute", "devices"),
        "sharing the batches of an own data module among {} devices",
        "write 1, or let a source of the language give the data",
        ("auto", 1),
        lambda _, spec: _own(spec, "data"),
    ),
    Part(
        ("evaluation", "method", "repeats"),
        "repeating a hold-out {} times",
        "write 1, or override /evaluation/method: k_fold",
        (1,),
        lambda method, _: method.get("kind") == "hold-out",
    ),
    Part(("evaluation", "method", "aggregate"), "one value for repeated runs", "leave it out: folds are pooled"),
    Part(("evaluation", "incumbent"), "the comparison with an incumbent model", "write null"),
    Part(("evaluation", "external"), "the evaluation on an external set", "write null"),
)
"""Everything that the schemas accept and `stdspec run` refuses, whatever the data and the machine."""


STATED: Final[tuple[ConfigPath, ...]] = (
    ("compute", "cores"),
    ("compute", "limits", "ttl"),
    ("compute", "limits", "keep_artifacts"),
    ("compute", "secrets"),
    ("deployment", "previous"),
    ("deployment", "serving"),
    ("deployment", "rollout"),
    ("monitoring", "performance"),
    ("governance", "explanation"),
    ("governance", "attacks"),
)
"""What a run of this version reads, judges and reports, but does not act on: a run says so of each that is declared."""


def idle(spec: Mapping[str, Any]) -> Iterator[ConfigPath]:
    """The paths that a spec declares and a run does not act on, in the order of the table."""
    for path in STATED:
        for found, value in _found(spec, path):
            if _stands(value, (False,)) and not _empty(value):
                yield found


def _empty(value: Any) -> bool:
    """Whether a mapping decides nothing: every value in it is null or empty."""
    return isinstance(value, Mapping) and all(item in (None, {}, []) or _empty(item) for item in value.values())


def gaps(spec: Mapping[str, Any]) -> Iterator[Gap]:
    """Every place of a spec that this version does not run, in the order of the table.

    A spec under lint may have any value at any place; what the schema refuses is for the schema to say.
    """
    own = _own(spec, "data")
    for part in PARTS:
        if own and part.path[0] == "data":
            continue  # own code reads what it likes
        *above, key = part.path
        for path, holder in _found(spec, tuple(above)):
            if isinstance(holder, Mapping) and _stands(holder.get(key), part.runs) and part.applies(holder, spec):
                yield _gap((*path, key), part.what.format(holder[key]), part.remedy)


def own_recipe(spec: Mapping[str, Any]) -> Gap | None:
    """What does not run where the own model of a spec is a `LightningModule`, which its source or its class tells."""
    compute, model = spec.get("compute"), spec.get("model")
    count = compute.get("devices") if isinstance(compute, Mapping) else None
    if not isinstance(model, Mapping) or not _own(spec, "model") or not _stands(count, ("auto", 1)):
        return None
    return _gap(
        ("compute", "devices"),
        f"sharing {model['_target_']} among {count} devices, which logs the metrics of one,",
        "write 1, or let the module be a torch.nn.Module, so that the loss and the optimizer are the spec's",
    )


def _gap(path: ConfigPath, what: str, remedy: str) -> Gap:
    return Gap(path, f"{what} is part of the language, but this version does not run it yet", remedy)


def _own(spec: Mapping[str, Any], part: str) -> bool:
    """Whether own code is a part of the spec."""
    found = spec.get(part)
    return isinstance(found, Mapping) and "_target_" in found


def _found(value: Any, pattern: ConfigPath, path: ConfigPath = ()) -> Iterator[tuple[ConfigPath, Any]]:
    """The path and the value of everything that stands at a path pattern."""
    if not pattern:
        yield path, value
    elif isinstance(value, Mapping):
        for name in value if pattern[0] == "*" else pattern[:1]:
            if name in value:
                yield from _found(value[name], pattern[1:], (*path, name))


def _stands(value: Any, runs: tuple[Any, ...]) -> bool:
    """Whether a decided value is there that does not run: an open one (`???`, an interpolation) is not decided."""
    if isinstance(value, str) and (value == "???" or "${" in value):
        return False
    return value is not None and value not in ({}, [], "") and value not in runs
