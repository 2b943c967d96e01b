"""Asks the rules about whole projects, and leaves out the files in which an earlier run of them found nothing.

A file is quiet while its bytes are the same, and with them the names of the files around it. That holds as long as no
file of the project says where else configs are looked for: what rules then say of one rests on others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec.structs import replace

from stdspec.compose.repository import parsed_document
from stdspec.errors import ComposeError
from stdspec.finding import Finding
from stdspec.lint import adoption, plain
from stdspec.lint.config_file import File, search_path
from stdspec.lint.memory import Memory, Quiet
from stdspec.lint.project import Project


class ProjectRules:
    """The rules about whole projects, and what is remembered of them.

    Attributes:
        quiet: the files in which neither they nor a comment for lint say anything, as far as that is known.
    """

    def __init__(self, memory: Memory) -> None:
        """Takes what earlier runs know."""
        self._memory = memory
        self._around: dict[tuple[str, ...], bytes | None] = {}
        self.quiet: frozenset[str] = frozenset()

    def __call__(self, project: Project) -> Sequence[Finding]:
        """What they find in a project. Those that look at compositions hold each file against the others."""
        if project.compositions:
            return list(plain.of_rules(project))
        loud = self._loud(project)
        found = list(plain.of_rules(loud))
        self._learn(loud, found)
        return found

    def _loud(self, project: Project) -> Project:
        """The project without the files that are known to be quiet; whole, where these count for others."""
        known = {file.path: quiet for file in project.files if (quiet := self._known(file)) is not None}
        if not known:
            return project
        left = tuple(file for file in project.files if file.path not in known)
        chosen = {file.root for file in project.files if file.path in known and known[file.path].groups}
        loud = replace(project, files=left, grouped=frozenset(chosen))
        roots = loud.grouped_roots
        changed = any(known[file.path].grouped != (file.root in roots) for file in project.files if file.path in known)
        if changed or any(_reaches_out(file) for file in left):
            return project
        self.quiet = frozenset(known)
        return loud

    def _known(self, file: File) -> Quiet | None:
        quiet = self._memory.quiet(file.path)
        return quiet if quiet is not None and quiet.around == self._around_of(file) else None

    def _around_of(self, file: File) -> bytes | None:
        """The digest of what it rests on that a file is quiet; None where nobody keeps it."""
        at = (file.root, *file.sources)
        if at not in self._around:
            around = self._memory.around(file.root)
            place = "\n".join(at).encode("utf-8", "surrogateescape")
            self._around[at] = None if around is None else sha256(around + place).digest()
        return self._around[at]

    def _learn(self, project: Project, found: Iterable[Finding]) -> None:
        """Keeps which of the files that were looked at are quiet."""
        told = {item.span.file for item in found if item.span is not None}
        if not told <= project.by_path.keys() or any(_reaches_out(file) for file in project.files):
            return  # a file that says nothing may be why something is said of another one
        for file in project.files:
            around = self._around_of(file)
            if around is not None and file.path not in told and _is_sound(file):
                self._memory.learn_quiet(file.path, Quiet(around, file.root in project.grouped_roots, file.chooses))


def _reaches_out(file: File) -> bool:
    """Whether what rules say of other files may rest on this one, besides the groups that it chooses from."""
    options = (option for item in file.defaults for option in _options(item.value))
    return bool(search_path(file)) or any("/" in option for option in options)


def _options(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def _is_sound(file: File) -> bool:
    """Whether a file can be read without a fault, and holds no comment that speaks to lint."""
    try:
        document = parsed_document(file.path)
    except ComposeError:
        return False
    return document.readable and not document.findings and not adoption.may_comment(document.text)
