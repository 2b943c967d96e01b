"""The rules that exist, known by their file names, and loaded one by one when they are asked for.

`rules/<domain>/<code>_<slug>.py` holds the rule of that code and slug; those in `rules/hydra/project` look at the files
of a whole project, the others at one composition. Files of codes that `codes` names hold no check: they are the manual
of what is found elsewhere, and lint never loads them.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from stdspec.codes import SLUGS
from stdspec.domains import DOMAINS, FORM
from stdspec.paths import is_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from stdspec.compose.model import Composed
    from stdspec.lint.form import Form
    from stdspec.lint.project import ProjectRule
    from stdspec.lint.rule import Rule

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "HYD015": ("lists",),
    "HYD016": ("lists",),
    "HYD018": ("lists",),
    "HYD019": ("lists",),
    "HYD020": ("lists",),
    "HYD021": ("lists",),
    "HYD022": ("compositions",),
    "HYD023": ("compositions",),
    "HYD024": ("compositions",),
    "HYD025": ("lists", "groups"),
    "HYD027": ("hydra",),
    "HYD028": ("lists",),
    "HYD029": ("lists",),
    "HYD030": ("compositions", "groups"),
    "HYD031": ("lists",),
    "HYD032": ("lists", "grouped"),
    "HYD033": ("hydra",),
    "HYD034": ("lists",),
    "HYD035": ("lists", "hydra"),
    "HYD036": ("compositions",),
    "HYD037": ("lists",),
    "HYD038": ("lists", "headers"),
    "HYD040": ("compositions",),
}
"""What a rule about projects looks at, one of which has to be there for it to say anything; see `Project.holds`.

A single spec has none of it: to load those rules would take a twentieth of the time in which it is linted. A rule that
is not named here is always asked.
"""

_CONCERNS: Final[Mapping[str, Callable[[Composed], object]]] = {
    "HYD010": lambda spec: spec.targets,
    "HYD011": lambda spec: spec.targets,
    "HYD012": lambda spec: spec.targets,
    "HYD013": lambda spec: spec.get(("training", "trainer")),
}
"""For a rule that looks at one thing of a composition alone: that thing."""

_ROOT = Path(__file__).parent / "rules"


@cache
def modules() -> Mapping[str, str]:
    """The code of every rule to its module, in the order of the domains and codes."""
    return MappingProxyType({code: name for code, name in _files().items() if code not in SLUGS})


@cache
def forms() -> Mapping[str, str]:
    """The code of every fault that no rule finds to the module of its manual, in the order of the codes."""
    return MappingProxyType({code: name for code, name in _files().items() if code in SLUGS})


@cache
def _files() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for domain in (*DOMAINS, *FORM):
        folder = f"{_ROOT}/{domain}"
        for name in sorted(os.listdir(folder)) if is_dir(folder) else ():  # noqa: PTH208 - at every start, and five times as fast
            code, _, slug = name.removesuffix(".py").partition("_")
            if code and slug and name.endswith(".py"):
                found[code.upper()] = f"stdspec.lint.rules.{domain}.{name.removesuffix('.py')}"
    return found


@cache
def load(code: str) -> Rule:
    """The rule of a code.

    Raises:
        KeyError: when no rule has it.
    """
    rule: Rule = import_module(modules()[code]).RULE
    return rule


@cache
def load_form(code: str) -> Form:
    """The manual of a code that no rule finds.

    Raises:
        KeyError: when there is none.
    """
    form: Form = import_module(forms()[code]).FORM
    return form


@cache
def project_modules() -> Mapping[str, str]:
    """The code of every rule about whole projects to its module, in order."""
    stems = sorted(path.stem for path in (_ROOT / "hydra" / "project").glob("hyd*.py"))
    return MappingProxyType({s.partition("_")[0].upper(): f"stdspec.lint.rules.hydra.project.{s}" for s in stems})


def about(there: Collection[str]) -> Iterator[str]:
    """The codes of the rules about whole projects that may say something where there is this to look at, in order."""
    return (code for code in project_modules() if code not in NEEDS or any(need in there for need in NEEDS[code]))


def concerns(code: str, spec: Composed) -> bool:
    """Whether there is anything in a composition that the rule of this code looks at."""
    return code not in _CONCERNS or bool(_CONCERNS[code](spec))


@cache
def load_project(code: str) -> ProjectRule:
    """The rule about whole projects of a code.

    Raises:
        KeyError: when no such rule has it.
    """
    rule: ProjectRule = import_module(project_modules()[code]).RULE
    return rule


def unconditional(form: str = "hydra") -> tuple[str, ...]:
    """The codes of the rules that run whatever standards a spec names.

    Args:
        form: hydra for those about composition, which hold for any Hydra config; schema for those about our language.
    """
    return tuple(code for code in modules() if code.startswith(FORM[form]))
