"""EVL004: accuracy as the only metric of labels that may be imbalanced."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import categories, entries, mapping, number
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("evaluation", "metrics")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """Accuracy alone, unless a limit shows that no class has less than half its even share."""
    kinds = {str(entry.get("kind", path[-1])) for path, entry in entries(spec, *_PATH)}
    if kinds != {"accuracy"} or spec.get(("training", "task")) == "regression":
        return
    share = number(mapping(spec, "data", "quality", "class_share").get("at_least"))
    classes = len(categories(spec)) or 2
    if share is None or share < 0.5 / classes:
        name = next(path for path, _ in entries(spec, *_PATH))
        yield Fault(
            name,
            "accuracy is the only metric, and nothing shows that the classes are balanced; add balanced_accuracy or "
            "f1, "
            f"or state data.quality.class_share: {{at_least: {0.5 / classes:.3g}}}",
            key=True,
        )


RULE = Rule(
    code="EVL004",
    slug="accuracy-only",
    summary="Accuracy is the only metric of labels that may be imbalanced",
    why="Where one label in a hundred is positive, a model that never says 'positive' is 99 % accurate. Count a "
    "metric that looks "
    "at each class, or state a limit that shows the classes to be balanced.",
    check=check,
    good=(
        Case("evaluation: {metrics: {accuracy: {}, balanced_accuracy: {}}}"),
        Case("{evaluation: {metrics: {accuracy: {}}}, data: {quality: {class_share: {at_least: 0.4}}}}"),
    ),
    bad=(
        Case(
            "{evaluation: {metrics: {hits: {kind: accuracy}}}, data: {quality: {class_share: {at_least: 0.1}}}}",
            "evaluation.metrics.hits",
            "accuracy is the only metric, and nothing shows that the classes are balanced; add balanced_accuracy or "
            "f1, or state data.quality.class_share: {at_least: 0.25}",
        ),
        Case(
            "evaluation: {metrics: {accuracy: {at_least: 0.9}}}",
            "evaluation.metrics.accuracy",
            "accuracy is the only metric, and nothing shows that the classes are balanced; add balanced_accuracy or "
            "f1, "
            "or state data.quality.class_share: {at_least: 0.25}",
        ),
    ),
)
