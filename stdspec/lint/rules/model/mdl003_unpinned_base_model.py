"""MDL003: a base model that is named but neither pinned nor licensed."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import listed
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("model", "base")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """A base model without revision, license or digest."""
    base = spec.get(_PATH)
    if isinstance(base, dict):
        missing = [key for key in ("revision", "license", "digest") if base.get(key) in (None, "")]
        if missing:
            yield Fault(
                _PATH, f"the base model has no {listed(missing, 'and no')}; add what its publisher states", key=True
            )


_BASE = "name: acme/resnet, revision: 3f2a1c9, license: Apache-2.0"

RULE = Rule(
    code="MDL003",
    slug="unpinned-base-model",
    summary="The base model has no revision, licence or digest",
    why="A model hub serves whatever its publisher last uploaded. Without a revision and a digest nobody can say what "
    "was "
    "fine-tuned, and without a licence nobody may ship it.",
    check=check,
    good=(Case(f"model: {{base: {{{_BASE}, digest: 'sha256:{'0' * 64}'}}}}"), Case("model: {base: null}")),
    bad=(
        Case(
            f"model: {{base: {{{_BASE}}}}}", "model.base", "the base model has no digest; add what its publisher states"
        ),
        Case(
            "model: {base: {name: acme/resnet}}",
            "model.base",
            "the base model has no revision, license and no digest; add what its publisher states",
        ),
    ),
)
