"""Turns one composed spec into its plan: which nodes there are, what each reads and from whom it takes its inputs.

What the spec does not ask for gets no node. Every node holds only the part of the spec that it reads, so that an edit
elsewhere leaves its key alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stdspec import resources
from stdspec.compose.model import Composed
from stdspec.errors import InputError, StdspecError
from stdspec.finding import COMMAND_LINE, Span
from stdspec.paths import MISSING, SHIPPED, ConfigPath, dotted, select, shown, split_dotted
from stdspec.plan.cut import cut
from stdspec.plan.model import Input, Node, Plan
from stdspec.plan.steps import ACCELERATED, OUTPUTS, READS, RUNS, TRAINED_WITH


def build(composed: Composed, root: Path | None = None) -> Plan:
    """The plan of a composed spec.

    Args:
        composed: the composition; it is taken to be valid.
        root: the project's root, to which origins are relative; the folder of the entry file when None.

    Raises:
        InputError: when the spec asks for steps that do not fit together.
    """
    spec = composed.resolved
    writer = _Writer(composed, (root or Path(composed.entry).parent).absolute())
    nodes = tuple(_nodes(spec, writer))
    return Plan(
        name=str(spec.get("name") or "unnamed"),
        stage=str(spec.get("stage") or "research"),
        spec=spec,
        standards=tuple(spec.get("standards") or ()),
        nodes=nodes,
    )


def place(composed: Composed, path: ConfigPath) -> str:
    """Where the value at a config path was written, for people: ``conf/a.yaml:3:7`` or the override's text."""
    origin = composed.origin(path)
    if origin is not None and origin.span.file == COMMAND_LINE:
        return f"{COMMAND_LINE}: {origin.layer}"
    span = composed.span(path) or composed.key_span(path)
    return f"{shown(span.file)}:{span.line}:{span.column}"


@contextmanager
def placed(composed: Composed) -> Iterator[None]:
    """Give a fault inside the block that names a config path the place where that value is written."""
    try:
        yield
    except StdspecError as error:
        path = split_dotted(error.place or "")
        if path and select(composed.resolved, path[:1]) is not MISSING and "/" not in (error.place or ""):
            written = place(composed, path)
            error.place = written if written.startswith(COMMAND_LINE) else f"{written}: {error.place}"
        raise


def folds(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the folds that are evaluated: ``holdout``, or ``1`` … ``k`` under cross-validation."""
    method = _section(_section(spec, "evaluation"), "method")
    if method.get("kind", "hold-out") == "hold-out":
        return ("holdout",)
    return tuple(str(number) for number in range(1, int(method["k"]) * int(method.get("repeats") or 1) + 1))


def _nodes(spec: Mapping[str, Any], writer: _Writer) -> Iterator[Node]:
    """Every node of the plan, each after its inputs."""
    names = folds(spec)
    own_data = "_target_" in _section(spec, "data")
    bought = _section(spec, "training").get("kind") == "none"
    if own_data and names != ("holdout",):
        where = writer.place(("evaluation", "method", "kind"))
        remedy = "choose override /evaluation/method: hold_out"
        raise InputError(
            "an own data module brings its own split, so there is nothing to cross-validate", where, remedy
        )

    yield writer.node("data", "own-data" if own_data else "data", {})
    rows = {"dataset": Input("data", "dataset")}
    if not own_data:
        yield writer.node("split", "split", rows)
        rows = {**rows, "splits": Input("split", "splits")}

    models = {fold: _model_id(fold, names, bought) for fold in (*names, "final")}
    final = Input(models["final"], "model")
    if bought:
        yield writer.node("model", "bought", {})
    else:
        for fold in names if models["final"] == "train" else (*names, "final"):
            yield writer.node(models[fold], "train", rows, fold=fold)

    metrics: dict[str, Input] = {}
    if _section(spec, "evaluation").get("metrics"):
        predictions: dict[str, Input] = {}
        for fold in names:
            name = "evaluate" if fold == "holdout" else f"evaluate-{fold}"
            yield writer.node(name, "evaluate", {**rows, "model": Input(models[fold], "model")}, fold=fold)
            predictions[name.replace("evaluate", "predictions")] = Input(name, "predictions")
        yield writer.node("gate", "gate", {**rows, **predictions})
        metrics = {"metrics": Input("gate", "metrics")}

    exports: dict[str, Input] = {}
    if not bought and _section(spec, "deployment").get("exports"):
        yield writer.node("export", "export", {**rows, "model": final})
        exports = {"exports": Input("export", "exports")}
        yield writer.node("parity", "parity", {**rows, "model": final, **exports})
    if not own_data and _section(spec, "monitoring").get("reference"):
        yield writer.node("reference", "reference", {**rows, "model": final})
    yield writer.node("package", "package", {"model": final, **exports, **metrics})
    if metrics and (spec.get("stage") != "research" or _section(spec, "model").get("card")):
        yield writer.node("card", "card", {"dataset": rows["dataset"], "model": final, **metrics})


def _model_id(fold: str, names: tuple[str, ...], bought: bool) -> str:
    """The id of the node whose model a fold is evaluated with."""
    if bought:
        return "model"
    return "train" if names == ("holdout",) else f"train-{fold}"


def _leaves(value: Mapping[str, Any], path: ConfigPath = ()) -> Iterator[ConfigPath]:
    for key, item in value.items():
        if isinstance(item, Mapping) and item:
            yield from _leaves(item, (*path, key))
        else:
            yield (*path, key)


def _section(spec: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = spec.get(key)
    return value if isinstance(value, Mapping) else {}


class _Writer:
    """Writes the nodes of one composed spec: cuts their config, finds their origins."""

    def __init__(self, composed: Composed, root: Path) -> None:
        self.composed = composed
        self.root = root
        self.compute = _section(composed.resolved, "compute")
        self.determinism = str(_section(composed.resolved, "training").get("determinism") or "exact")
        self.files: dict[str, str] = {}

    def place(self, path: ConfigPath) -> str:
        """Where the value at a path was written, for people."""
        return place(self.composed, path)

    def node(self, node_id: str, step: str, inputs: Mapping[str, Input], *, fold: str | None = None) -> Node:
        """One node of a step of the table."""
        config = cut(self.composed.resolved, READS[step])
        origins = self._origins(config)
        if fold is not None:
            config["fold"] = fold
        kind, run = RUNS[step]
        return Node(
            id=node_id,
            kind=kind,
            run=run,
            inputs=dict(inputs),
            output=OUTPUTS[step],
            config=config,
            origins=origins,
            resources=self._resources(step),
            determinism=self.determinism if step in TRAINED_WITH else "exact",
        )

    def _origins(self, config: Mapping[str, Any]) -> dict[str, str]:
        """Dotted path to place, for every leaf of a node's config."""
        chains = ((path, self.composed.origins.get(path)) for path in _leaves(config))
        return {dotted(path): self._where(chain[0].span) for path, chain in chains if chain}

    def _where(self, span: Span) -> str:
        if span.file not in self.files:  # few files hold hundreds of values
            self.files[span.file] = _relative(span.file, self.root, self.composed)
        return f"{self.files[span.file]}:{span.line}:{span.column}"

    def _resources(self, step: str) -> dict[str, Any]:
        """What the step asks of the machine; only steps that run the model ask for the accelerator."""
        if step not in ACCELERATED:
            return {"accelerator": "cpu", "devices": 1}
        asked = {key: self.compute[key] for key in ("accelerator", "devices", "nodes") if key in self.compute}
        limits = _section(self.compute, "limits")
        return asked | {key: limits[key] for key in ("memory", "time") if limits.get(key) is not None}


def _relative(file: str, root: Path, composed: Composed) -> str:
    """A file's name in a plan: relative to the project, the entry's folder or the installation; never absolute."""
    if file == COMMAND_LINE:
        return file
    path = Path(file)
    shipped = resources.conf().parent
    in_project = path.is_relative_to(root)
    if path.is_relative_to(resources.conf()) and not (in_project and root == shipped):
        return f"{SHIPPED}/{path.relative_to(shipped).as_posix()}"
    for base in (root, Path(composed.entry).parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.name
