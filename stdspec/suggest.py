"""Guesses which word was meant by one that is not known.

Decides by the number of typing slips (Damerau's: insert, delete, replace, swap neighbours) and by a short table of
names that other tools use for the same thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from typing import Final

ALIASES: Final[Mapping[str, str]] = {
    "learning_rate": "lr",
    "batch_size": "batch",
    "max_epochs": "epochs",
    "num_epochs": "epochs",
    "n_epochs": "epochs",
    "scheduler": "schedule",
    "lr_scheduler": "schedule",
    "early_stopping": "stop",
    "gradient_clip_val": "clip",
    "grad_clip": "clip",
    "criterion": "loss",
    "type": "kind",
    "name": "kind",
    "class_path": "_target_",
    "train": "training",
    "eval": "evaluation",
    "dataset": "data",
    "resources": "compute",
    "label": "target",
    "labels": "target",
    "hidden_sizes": "hidden",
    "layers": "hidden",
    "gpus": "devices",
    "sensitivity": "recall",
    "auc": "auroc",
    "gpu": "cuda",
    "min": "at_least",
    "max": "at_most",
}
"""What people write who come from another tool, and the word of this language."""

_LONGEST: Final = 100
"""Nobody means a longer word by a slip, and comparing two costs the product of their lengths."""

_MOST: Final = 2_000
"""Among more names each guess would take longer than all the rest of a check."""


def nearest(word: str, candidates: Iterable[str], taken: Container[str] = ()) -> str | None:
    """The candidate that was most likely meant, or None when none is near.

    Args:
        word: what was written.
        candidates: the words that are known.
        taken: those that stand there already; of two that are equally near, the other is meant.
    """
    known = sorted(set(candidates))
    return same(word, known) or (slipped(word, known, taken) if len(known) <= _MOST else None)


def slipped(word: str, candidates: Iterable[str], taken: Container[str] = ()) -> str | None:
    """The candidate that is a few typing slips away; other tools' words for it do not count.

    Of two that are as many slips away the one with the same letters is nearer: letters are swapped, left out or doubled
    more often than replaced. Then the one with the same first letter, then the first in order of the alphabet.
    """
    plain = _plain(word)
    if len(plain) > _LONGEST:
        return None
    bound = max(1, len(plain) // 3) if len(plain) > 1 else 0  # one slip makes any letter of any other
    near = ((distance(plain, _plain(candidate), bound), candidate) for candidate in candidates)
    ranked = sorted(
        (slips, name in taken, _strange(plain, _plain(name)), name) for slips, name in near if slips <= bound
    )
    return ranked[0][-1] if ranked else None


def same(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is the word in another spelling, or what another tool's word stands for; None otherwise."""
    known = sorted(set(candidates))
    plain = _plain(word)
    alias = ALIASES.get(plain)
    return next((item for item in known if _plain(item) == plain), alias if alias in known else None)


def distance(one: str, two: str, bound: int) -> int:
    """The optimal string alignment distance of two words; `bound` + 1 stands for anything greater than `bound`."""
    if abs(len(one) - len(two)) > bound:
        return bound + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(two, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > bound:
            return bound + 1
    return row[-1]


def _strange(one: str, two: str) -> tuple[int, bool]:
    """How many letters only one of two words has, and whether they begin differently."""
    left, right = Counter(one), Counter(two)
    return ((left - right) + (right - left)).total(), one[:1] != two[:1]


def _plain(word: str) -> str:
    """Spelling without what people vary: case, and hyphens for underscores."""
    return word.strip().lower().replace("-", "_")
