"""Hydra projects that hold no spec of ours: composed without the shipped options, and judged by Hydra's terms alone.

What stdspec forbids in a spec (resolvers, targets that nobody allowed) is a habit there, and no fault. A config that
cannot be composed because something is registered in code, or comes from a plugin, is said to be unchecked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from stdspec import resources
from stdspec.codes import SLUGS
from stdspec.compose import compose_with_origins, entries
from stdspec.compose.entries import Entry
from stdspec.compose.mains import Programs, programs
from stdspec.compose.model import Composed
from stdspec.compose.policy import inside
from stdspec.compose.rules import Rules
from stdspec.domains import FORM
from stdspec.errors import ComposeError
from stdspec.finding import Finding, Severity
from stdspec.lint import catalog, dialect, plugins, secret
from stdspec.lint.config_file import files_of, has_group, search_path
from stdspec.lint.dialect import Dialect
from stdspec.lint.project import Project
from stdspec.paths import is_dir, is_file
from stdspec.settings import Settings
from stdspec.suggest import nearest

if TYPE_CHECKING:
    from stdspec.lint.mapped import Used

_SEVERITIES: Final[dict[str, Severity | None]] = {
    "HYD001": Severity.INFO,
    "HYD002": Severity.WARNING,
    "HYD004": None,
    "HYD005": None,
    "HYD006": Severity.WARNING,
    "HYD013": None,
    "YML004": Severity.INFO,
    "YML005": None,
    "YML008": None,
}
"""Codes that weigh less in a config of somebody else's language; None where they say nothing there."""

_DANGEROUS: Final = ("'os.", "'subprocess.", "'builtins.", "'posix.", "'shutil.", "'sys.", "'pickle.", "'importlib.")


_AT_RUN_TIME: Final = ("${hydra.", "${hydra}")
"""References to Hydra's own settings, which a run has and a composition here has not."""


class Refusal(Struct, frozen=True):
    """An entry point of a plain project that is refused."""

    entry: Entry
    name: str
    finding: Finding


class Gathered(Struct):  # not frozen: lint gathers in it
    """What one run of lint gathers for the rules about whole projects."""

    roots: dict[str, None] = {}
    compositions: list[tuple[Entry, Composed]] = []
    refusals: list[Refusal] = []
    settings: Settings | None = None
    maps: Used | None = None
    _dialects: dict[str, Dialect] = {}
    _plain: dict[tuple[str, str], bool] = {}

    def apart(self) -> Gathered:
        """An empty one that knows which roots are plain, for what may have to be gathered again in its turn."""
        return Gathered(_dialects=self._dialects, _plain=self._plain)

    def meet(self, entry: Entry) -> None:
        """Takes note of an entry point, whether it is composed or what was found of it before is said again."""
        self.roots[entry.config_dir] = None
        self.is_plain(entry)

    def is_plain(self, entry: Entry) -> bool:
        """Whether no config under the root of an entry point says anything of stdspec."""
        root, name = entry.config_dir, entry.config_name
        if (root, name) not in self._plain:
            composed = root != str(resources.conf()) and is_file(f"{root}/{name}.yaml")
            if composed and root not in self._dialects:
                self._dialects[root] = dialect.under(root)
            self._plain[root, name] = composed and not self._dialects[root].ours
        return self._plain[root, name]

    def by_itself(self, file: str, found: Iterable[Finding], settings: Settings) -> Iterable[Finding]:
        """What is found in a file by itself, by what it means where the file lies."""
        if not any(file.startswith(f"{root}/") for root, said in self._dialects.items() if not said.ours):
            return found
        found = [item for item in found if not item.code.startswith(FORM["schema"])]
        return weighed(found, settings) if entries.document(file).readable else found

    def composed(self, entry: Entry, settings: Settings) -> Composed:
        """The composition of an entry point; the shipped options are there only for those who name them.

        Raises:
            ComposeError: when Hydra would refuse.
        """
        if self.is_plain(entry):
            return self._by_hydra(entry, entry.overrides, settings)
        return compose_with_origins(entry.config_dir, entry.config_name, entry.overrides, settings=settings)

    def without_plugins(self, entry: Entry, settings: Settings) -> Composed | None:
        """The composition of an entry point whose plugins are missing; None when that was not what was wrong."""
        try:
            return self._by_hydra(entry, (*entry.overrides, *_WITHOUT_PLUGINS), settings)
        except ComposeError:
            return None

    def _by_hydra(self, entry: Entry, overrides: tuple[str, ...], settings: Settings) -> Composed:
        """A composition by Hydra's terms alone, and by those of Hydra 1.1 where the files were written for it."""
        return compose_with_origins(
            entry.config_dir,
            entry.config_name,
            overrides,
            append_shipped=False,
            settings=settings,
            version_base="1.1" if self._dialects[entry.config_dir].old else None,
            strict=False,
        )

    def by_map(self, entry: Entry, composed: Composed, settings: Settings) -> list[Finding]:
        """What the map of a project finds in a composition; nothing where there is none."""
        if settings.map is None:
            return []
        from stdspec.lint import mapped  # few projects have one

        self.maps = self.maps or mapped.Used()
        return self.maps.look(entry.config_dir, composed, settings)

    def add(self, entry: Entry, composed: Composed) -> None:
        """Keeps a composition for the rules; one that reads outside the project is not looked at any further."""
        if all(item.code != "HYD006" for item in composed.findings):
            self.compositions.append((entry, composed))

    def findings(
        self, files: Sequence[str], said: Iterable[Finding], rules: Callable[[Project], Iterable[Finding]]
    ) -> Iterator[tuple[Finding, list[str]]]:
        """Every finding about the project, with the entry points it reaches.

        Args:
            files: the files that were looked at.
            said: what was found before; a fault that is said there is not said again.
            rules: those about whole projects.
        """
        root = str(self.settings.root) if self.settings else ""
        roots = {root: root not in self._dialects or self._dialects[root].ours for root in self.roots}
        project = Project(
            tuple(files_of((path for path in files if not leads_away(path, root)), roots)),
            tuple(self.compositions),
            lambda: programs(root) if root else Programs(),
            Rules(packages=_packages(self.settings)),
        )
        around = replace(project, files=(*project.files, *files_of(self._refused_in(project), roots)))
        before_all = tuple(said)
        before = {(around.whole(item.span), item.severity) for item in before_all if item.code == "HYD008"}
        refusals = list(judged(self.refusals, around))
        fatal = {around.whole(item.span) for item, _ in refusals if item.severity is Severity.ERROR}
        fatal |= {place for place, severity in before if severity is Severity.ERROR}
        places = set()
        for item in rules(project):
            whole = around.whole(item.span)
            places.add(whole)
            if (whole, item.severity) not in before:  # what a rule warns of may be what stops a composition
                stops = item.severity is Severity.WARNING and whole in fatal
                yield replace(item, severity=Severity.ERROR) if stops else item, []
        refused: dict[str, tuple[Finding, list[str]]] = {}
        for item, name in refusals:
            if around.whole(item.span) not in places:
                refused.setdefault(item.message, (item, []))[1].append(name)
        yield from refused.values()
        told = (*before_all, *(item.finding for item in self.refusals))
        composed = replace(project, files=tuple(files_of(self._composed_only(project, told), roots)))
        yield from ((item, []) for item in of_rules(composed, secret.CODES))

    def _composed_only(self, project: Project, said: Iterable[Finding]) -> Iterator[str]:
        """The files that nobody asked to look at, and of which findings show lines: no secret may stand there."""
        root = str(self.settings.root) if self.settings else ""
        spans = (span for item in said for span in (item.span, *(one.span for one in item.related)) if span is not None)
        for path in dict.fromkeys(span.file for span in spans):
            ships = path.startswith(f"{resources.conf()}/")
            if path not in project.by_path and not ships and is_file(path) and not leads_away(path, root):
                yield path

    def _refused_in(self, project: Project) -> Iterator[str]:
        """The files in which entry points are refused and which nobody asked to look at."""
        for path in dict.fromkeys(item.finding.span.file for item in self.refusals if item.finding.span):
            if path not in project.by_path and is_file(path):
                yield path


_WITHOUT_PLUGINS: Final = (
    "hydra/job_logging=default",
    "hydra/hydra_logging=default",
    "hydra/sweeper=basic",
    "hydra/launcher=basic",
)
"""What stands in for options of plugins that are not installed here: nothing of them reaches the composition."""


def weighed(found: Iterable[Finding], settings: Settings) -> list[Finding]:
    """The findings of a composition in a plain project, by what they mean there."""
    kept = []
    for item in found:
        if item.code == "HYD010" and not settings.allow_targets and not item.message.startswith(_DANGEROUS):
            continue
        if item.code == "HYD002" and item.message.startswith(_AT_RUN_TIME):
            continue
        severity = _SEVERITIES.get(item.code, item.severity)
        if severity is not None:
            fix = item.fix if severity is item.severity else ()  # what may be meant there is not to be changed
            kept.append(replace(item, severity=severity, fix=fix))
    return kept


def leads_away(path: str, root: str) -> bool:
    """Whether a file is a link out of the project. What it says is nobody's business here."""
    return os.path.islink(path) and not inside(path, root, os.path.dirname(path))  # noqa: PTH114, PTH120 - of each file


def _packages(settings: Settings | None) -> dict[str, str]:
    return {name: str(settings.root / folder) for name, folder in settings.packages} if settings else {}


def of_rules(project: Project, codes: Container[str] | None = None) -> Iterator[Finding]:
    """What the rules about whole projects find, or those of some codes."""
    for code in catalog.about(project.holds):
        if codes is not None and code not in codes:
            continue
        rule = catalog.load_project(code)
        for spot in rule.check(project):
            severity = Severity.INFO if spot.note else rule.severity
            yield Finding(rule.code, rule.slug, severity, spot.message, spot.path, spot.span, (), spot.fix)


def judged(refusals: Sequence[Refusal], project: Project) -> Iterator[tuple[Finding, str]]:
    """The refused entry points: as errors, or as unchecked where code or a plugin may supply what is missing."""
    for item in refusals:
        reason = _unchecked(item, project)
        if reason is None:
            yield item.finding, item.name
        else:
            message = f"not checked: {reason}"
            yield Finding("HYD014", SLUGS["HYD014"], Severity.INFO, message, "", item.finding.span), item.name


def _misspelt(root: str, group: str) -> bool:
    """Whether a group that no folder holds is a slip away from one that a folder does hold."""
    above, _, name = group.rpartition("/")
    folder = Path(root, above)
    return folder.is_dir() and nearest(name, (item.name for item in folder.iterdir() if item.is_dir())) is not None


def _absent_folder(entry: Entry, project: Project) -> str | None:
    """An entry of the search path at which no folder is; a relative one starts where the program is run."""
    primary = project.by_path.get(f"{entry.config_dir}/{entry.config_name}.yaml")
    written = search_path(primary) if primary else ()
    return next((text for text, _ in written if not is_dir(project.folder(text) or "")), None)


def _unchecked(item: Refusal, project: Project) -> str | None:
    """Why a refused entry point is no fault that can be known of; None when it is one."""
    found = project.item_at(item.finding.span)
    if found is not None:
        file, default = found
        group = file.group_of(default)
        if default.value == "???":
            return f"the option of {group} is left open ('???') for the command line; choose one to have it checked"
        if group.split("/")[0] == "hydra":
            absent = plugins.missing(group, default.value)
            if absent is not None:
                return absent
        elif default.group is not None and not has_group(file.root, group) and not _misspelt(file.root, group):
            return f"no folder holds the group '{group}', which code may register; freeze it to YAML to check it"
        named = default.path is not None and default.path != "_self_" and "${" not in default.path
        named = named and not is_file(Path(file.root, f"{default.path}.yaml"))
        if named and project.may_register:
            return f"no file holds '{default.path}', which code may register; freeze it to YAML to check it"
        absent = _absent_folder(item.entry, project)
        if absent is not None:
            return f"{absent} of the search path is no folder from here; run lint from where it is one"
    fact = item.finding.message.partition(";")[0]
    if fact.startswith("Hydra refuses this composition"):
        return f"{fact}; a plugin may be missing here"
    if not item.entry.sure:
        return f"composed by itself this config is refused ({fact}); lint it with its primary"
    return None
