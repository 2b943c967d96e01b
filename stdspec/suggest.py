"""Guesses which word was meant by one that is not known.

Decides by the number of typing slips (Damerau's: insert, delete, replace, swap neighbours) and by a short table of
names that other tools use for the same thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

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
    "roc_auc": "auroc",
    "auc_roc": "auroc",
    "pr_auc": "average-precision",
    "acc": "accuracy",
    "balanced_acc": "balanced-accuracy",
    "f1_score": "f1",
    "r2_score": "r2",
    "mean_absolute_error": "mae",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
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
    known = tuple(candidates)
    return same(word, known) or (slipped(word, known, taken) if len(_looked_up(known).names) <= _MOST else None)


def slipped(word: str, candidates: Iterable[str], taken: Container[str] = ()) -> str | None:
    """The candidate that is a few typing slips away; other tools' words for it do not count.

    Of two that are as many slips away the one with the same letters is nearer: letters are swapped, left out or doubled
    more often than replaced. Then the one with the same first letter, then the first in order of the alphabet.
    """
    plain = _plain(word)
    if len(plain) > _LONGEST:
        return None
    bound = max(1, len(plain) // 3) if len(plain) > 1 else 0  # one slip makes any letter of any other
    near = _near(plain, bound, tuple(candidates))
    ranked = sorted((slips, name in taken, strange, name) for slips, strange, name in near)
    return ranked[0][-1] if ranked else None


@lru_cache(maxsize=128)
def _near(plain: str, bound: int, candidates: tuple[str, ...]) -> Sequence[tuple[int, tuple[int, bool], str]]:
    """The candidates that so few slips lead to: how many, how strange they look beside the word, and their names."""
    compared = ((distance(plain, spelt, bound), spelt, name) for spelt, name in _comparable(plain, bound, candidates))
    return [(slips, _strange(plain, spelt), name) for slips, spelt, name in compared if slips <= bound]


def same(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is the word in another spelling, or what another tool's word stands for; None otherwise."""
    known = _looked_up(tuple(candidates))
    plain = _plain(word)
    alias = ALIASES.get(plain)
    return known.by_spelling.get(plain, alias if alias in known.names else None)


class _Words(Struct, frozen=True):
    """Candidates, made ready for many words that are held against them.

    Attributes:
        names: the candidates.
        by_spelling: the first of those that are spelt alike, by that spelling.
        by_length: spelling, letters and name of each, by how long the spelling is.
    """

    names: frozenset[str]
    by_spelling: Mapping[str, str]
    by_length: Mapping[int, Sequence[tuple[str, int, str]]]


@lru_cache(maxsize=128)
def _looked_up(candidates: tuple[str, ...]) -> _Words:
    """A file with thousands of faults asks thousands of times for the keys of one table."""
    names = frozenset(candidates)
    by_spelling: dict[str, str] = {}
    by_length: dict[int, list[tuple[str, int, str]]] = {}
    for name in sorted(names):
        spelt = _plain(name)
        by_spelling.setdefault(spelt, name)
        by_length.setdefault(len(spelt), []).append((spelt, _letters(spelt), name))
    return _Words(names, by_spelling, by_length)


def _comparable(plain: str, bound: int, candidates: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The candidates, as spelt and as named, that so few slips may lead to.

    A letter that only one of two words has takes a slip, so that most need not be compared any further.
    """
    known, letters = _looked_up(candidates), _letters(plain)
    for length in range(len(plain) - bound, len(plain) + bound + 1):
        for spelt, theirs, name in known.by_length.get(length, ()):
            if (letters & ~theirs).bit_count() <= bound and (theirs & ~letters).bit_count() <= bound:
                yield spelt, name


def _letters(word: str) -> int:
    """The set of a word's letters as bits; where two letters share one, fewer words are told apart."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


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
