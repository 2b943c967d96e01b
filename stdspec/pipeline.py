"""Every stage in order: compose, lint, plan, run, judge, report. Read this first.

A stage takes plain values and gives plain values; files are written only here and in the nodes. What belongs to a
terminal (options, colours, exit codes) is in `cli/`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec import Struct

from stdspec import resources
from stdspec.capability import idle
from stdspec.compose.model import Composed
from stdspec.errors import InputError, StdspecError, needs_run_extra
from stdspec.evidence import Record
from stdspec.finding import Finding, Severity
from stdspec.paths import dotted, shown
from stdspec.plan import build as planner
from stdspec.plan.model import Plan
from stdspec.run.how import AS_USUAL, How
from stdspec.settings import Settings

if TYPE_CHECKING:
    from stdspec.compose.freeze import Frozen
    from stdspec.lint.engine import Report
    from stdspec.run.context import Event
    from stdspec.run.monitor.compare import Comparison

PRIMARY: Final = "config"
"""The primary config where none is named."""

OUTSIDE: Final = "HYD006"
"""The code of a file outside the project, of which nothing is shown."""

Reporter = Callable[["Event"], None]


@dataclass(eq=False)
class RefusedError(StdspecError):
    """The lint gate is closed: the spec has faults of level error."""

    findings: tuple[Finding, ...] = ()
    exit_code: ClassVar[int] = 1


class Outcome(Struct, frozen=True):
    """What a finished run says.

    Attributes:
        plan: what ran.
        folder: the run folder.
        passed: whether the gate and every must that holds are met.
        weights: the digest of the weights.
        records: everything that was observed.
        report: report.json as data, with the verdict of every clause.
        warnings: what lint found below the level of an error.
    """

    plan: Plan
    folder: Path
    passed: bool
    weights: str
    records: tuple[Record, ...]
    report: dict[str, Any]
    warnings: tuple[Finding, ...]


def compose(config_dir: str | None, config_name: str | None, overrides: Sequence[str], settings: Settings) -> Composed:
    """Compose one spec; without a folder, the project's own config groups, else the shipped ones."""
    from stdspec.compose import Broken, compose_with_origins

    folder = config_folder(config_dir, settings)
    try:
        return compose_with_origins(folder, config_name or PRIMARY, overrides, settings=settings)
    except Broken as error:
        raise _refused(error.findings) from None


def look(config_dir: str | None, config_name: str | None, overrides: Sequence[str], settings: Settings) -> Composed:
    """Compose a config of any Hydra project to look at it; the shipped groups are there only for a spec of stdspec.

    Raises:
        RefusedError: when a file that is needed has faults, or lies outside the project.
        ComposeError: when Hydra would refuse, and when a resolver computes which files are composed.
    """
    from stdspec.compose import Broken, compose_with_origins
    from stdspec.compose.shipped import refuse_computed, uses_shipped

    folder, name = config_folder(config_dir, settings), config_name or PRIMARY
    shipped = uses_shipped(folder, name, overrides)
    try:
        composed = compose_with_origins(folder, name, overrides, append_shipped=shipped, settings=settings)
    except Broken as error:
        raise _refused(error.findings) from None
    refuse_computed(composed)
    outside = [item for item in composed.findings if item.code == OUTSIDE]
    if outside:
        raise _refused(outside)
    return composed


def freeze(module: str, folder: str | None, settings: Settings, *, force: bool) -> Frozen:
    """Import a module that the user names, and write what it registers in Hydra's ConfigStore as YAML."""
    from stdspec.compose.freeze import freeze as write

    return write(module, Path(folder) if folder else settings.root / settings.conf, settings, force=force)


def lint(paths: Sequence[str], settings: Settings) -> Report:
    """Every finding of the files and entry points under some paths."""
    from stdspec.lint.engine import lint as lint_paths

    return lint_paths(paths, settings)


def gate(composed: Composed, settings: Settings) -> tuple[Finding, ...]:
    """The findings that do not stop a run.

    Raises:
        RefusedError: when there is a finding of level error.
        InputError: when it is no spec but another config of Hydra.
    """
    from stdspec.lint.composition import is_spec, lint_composed

    if not is_spec(composed):  # nothing of it would have been checked
        remedy = "select stdspec/base in its defaults list, or add stdspec: '1' and what a spec has to state"
        raise InputError("this is no spec: it says nothing of stdspec", shown(composed.entry), remedy)
    findings = tuple(lint_composed(composed, settings))
    if any(item.severity is Severity.ERROR for item in findings):
        raise _refused(findings)
    return findings


def _refused(findings: Sequence[Finding]) -> RefusedError:
    errors = sum(item.severity is Severity.ERROR for item in findings)
    count = "1 error" if errors == 1 else f"{errors} errors"
    return RefusedError(f"the spec has {count}, so nothing is run", findings=tuple(findings))


def compile(  # noqa: A001 - the stage's name
    config_dir: str | None, config_name: str | None, overrides: Sequence[str], settings: Settings
) -> Plan:
    """The plan of one spec that passes the lint gate."""
    composed = compose(config_dir, config_name, overrides, settings)
    gate(composed, settings)
    return planner.build(composed, settings.root)


def run(
    config_dir: str | None,
    config_name: str | None,
    overrides: Sequence[str],
    *,
    settings: Settings,
    how: How = AS_USUAL,
    report: Reporter,
) -> Outcome:
    """Compose, lint, plan, execute, judge and report one spec, and leave a run folder.

    Args:
        config_dir: the folder of the primary config, or None for the project's or the shipped one.
        config_name: the primary config's name, or None for ``config``.
        overrides: in Hydra's grammar.
        settings: the project's settings.
        how: how it is run.
        report: takes events, for a progress display.

    Raises:
        RefusedError: when lint finds an error.
        StdspecError: when the run cannot be done.
    """
    from stdspec.run import preflight

    composed = compose(config_dir, config_name, overrides, settings)
    warnings = gate(composed, settings)
    asked = (config_folder(config_dir, settings), config_name or PRIMARY)
    preflight.ask_hydra(composed, *asked, settings.store_path(how.store), settings.version_base)
    plan = planner.build(composed, settings.root)
    with planner.placed(composed):
        return _execute(plan, composed, warnings, settings, how, report)


def monitor(run_folder: str, batch: Path, settings: Settings, delimiter: str = ",") -> Comparison:
    """Compare a batch of data with what a run saw; the run folder may be ``latest``."""
    with needs_run_extra("monitoring"):
        from stdspec.run.monitor.session import monitor as compare

    return compare(run_folder, batch, settings, delimiter)


def _execute(
    plan: Plan,
    composed: Composed,
    warnings: tuple[Finding, ...],
    settings: Settings,
    how: How,
    report: Reporter,
) -> Outcome:
    """Everything after the plan: preflight, nodes, judgement, report, run folder."""
    from stdspec import conclusion
    from stdspec.compose import run_dir, variables
    from stdspec.run import executor, faults, folder, log, preflight
    from stdspec.run.context import Context, Event, planned
    from stdspec.run.records import differences, shortened
    from stdspec.run.store import Store

    hide = partial(variables.hide, secret=variables.names(plan.spec))
    outputs = settings.root / settings.outputs
    final = folder.place(plan, outputs, debug=how.debug, named=how.folder)
    kept = settings.store_path(how.store)
    preflight.check(plan.spec, lambda path: planner.place(composed, path), [final.parent, kept])
    with ExitStack() as stack:
        stack.enter_context(faults.plain(final.parent))
        aside = stack.enter_context(folder.staged(final, outputs))
        journal = log.Log(aside / folder.LOG, hide)

        def tell(event: Event) -> None:
            journal.event(event)
            report(event)

        folder.write_plan(plan, aside)  # first, so that what a kill leaves says what it was to be
        tell(planned(plan))
        if how.debug:
            kept = Path(stack.enter_context(TemporaryDirectory(prefix="stdspec-debug-")))
        if stated := [dotted(path) for path in idle(plan.spec) if not composed.assumed(path)]:
            tell(Event("note", "", {"text": f"declared, but not acted on by this version: {', '.join(stated)}"}))
        if how.folder is None:  # a point of a sweep has been asked for
            for text in run_dir.ignored(composed):
                tell(Event("note", "", {"text": text}))
        nodes = Store(kept, lambda text: tell(Event("note", "", {"text": text})))
        stack.enter_context(nodes.in_use())
        context = Context(plan, settings, tell, debug=how.debug, logs=aside / folder.LOGS)
        with faults.logged(journal, hide, lambda: folder.keep_log(aside, final)), log.listening(journal):
            done = executor.execute(plan, context, nodes, force=how.force)
        ended = conclusion.Ended(plan, composed, warnings, settings, done, nodes)
        found = conclusion.conclude(ended, aside, final, debug=how.debug)
    if how.debug and (short := shortened(found.records)):
        report(Event("note", "", {"text": short}))
    for text in differences(found.records, debug=how.debug):
        report(Event("warning", "", {"text": text}))
    return Outcome(plan, final, found.passed, found.weights, found.records, found.report, warnings)


def config_folder(given: str | None, settings: Settings) -> str:
    """The folder of the primary config: the one given, the project's, or the shipped one."""
    own = settings.root / settings.conf
    return given or str(own if own.is_dir() else resources.conf())
