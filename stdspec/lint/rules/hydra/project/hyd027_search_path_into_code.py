"""HYD027: a search path that has code imported while a config is composed."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.lint.project import Project, ProjectCase, ProjectRule, Spot
from stdspec.paths import select


def check(project: Project) -> Iterator[Spot]:
    """Entries of `hydra.searchpath` that name a module rather than files."""
    for file in project.files:
        written = select(file.document.value, ("hydra", "searchpath"))
        for index, item in enumerate(written if isinstance(written, list) else ()):
            if isinstance(item, str) and item.startswith("structured://"):
                span = file.document.marks["hydra", "searchpath", index].value
                yield Spot(
                    span, f"{item} imports code while composing; name a folder of YAML files", "hydra.searchpath"
                )


RULE = ProjectRule(
    code="HYD027",
    slug="search-path-into-code",
    summary="The search path has code imported while a config is composed",
    why="`structured://` imports a module to find its configs, so that reading a config runs code. It cannot be "
    "checked without running it, either. Freeze those configs to YAML and name their folder.",
    check=check,
    good=(
        ProjectCase({"conf/config.yaml": "hydra: {searchpath: [file:///etc/acme]}"}),
        ProjectCase({"conf/config.yaml": "searchpath: ['structured://acme']"}),
    ),
    bad=(
        ProjectCase(
            {"conf/config.yaml": "hydra:\n  searchpath: ['structured://acme.conf']\n"},
            "conf/config.yaml:2",
            "structured://acme.conf imports code while composing; name a folder of YAML files",
        ),
        ProjectCase(
            {"conf/config.yaml": "a: 1\nhydra:\n  searchpath:\n  - structured://acme\n"},
            "conf/config.yaml:4",
            "structured://acme imports code while composing; name a folder of YAML files",
        ),
    ),
)
