"""A distribution in few numbers: bins with counts, and for numbers a sorted sample. What a reference keeps of a column.

Bins of numbers are the deciles of the reference, equal ones merged; the outer bins are open. A category is its own bin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct

from stdspec.run.data.dataset import Array

DECILES: Final = tuple(number / 10 for number in range(1, 10))
SAMPLE: Final = 2000
"""How many values of the reference are kept for tests that compare samples."""


class Summary(Struct, frozen=True):
    """One distribution.

    Attributes:
        n: how many values it was made of.
        counts: values in each bin.
        edges: the upper edges of all bins but the last, each belonging to its bin; empty for a category.
        categories: the categories in the order of the bins, without the last bin, which is for any other.
        sample: sorted values of the reference, at most `SAMPLE`; empty for a category.
    """

    n: int
    counts: tuple[int, ...]
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    sample: tuple[float, ...] = ()

    @property
    def categorical(self) -> bool:
        """Whether it is of categories."""
        return bool(self.categories)

    def count(self, values: Array) -> Array:
        """How many of some values fall into each bin, shape (bins,): numbers, or texts for a category."""
        if self.categorical:
            codes = {name: index for index, name in enumerate(self.categories)}
            places = np.array([codes.get(str(value), len(codes)) for value in values], dtype=np.int64)
        else:
            places = np.searchsorted(np.array(self.edges), values, side="left")
        return np.bincount(places, minlength=len(self.counts))

    def as_json(self) -> dict[str, Any]:
        """The summary as plain data."""
        kept: dict[str, Any] = {"n": self.n, "counts": list(self.counts)}
        if self.categorical:
            return {**kept, "categories": list(self.categories)}
        return {**kept, "edges": list(self.edges), "sample": list(self.sample)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Summary:
        """The summary that `as_json` wrote."""
        return Summary(
            int(data["n"]),
            tuple(data["counts"]),
            tuple(data.get("edges", ())),
            tuple(data.get("categories", ())),
            tuple(data.get("sample", ())),
        )


def of_numbers(values: Array) -> Summary:
    """The summary of numbers, shape (n,), all finite and at least one."""
    ordered = np.sort(values.astype(np.float64))
    edges = np.unique(np.quantile(ordered, DECILES, method="inverted_cdf"))
    if len(edges) == 1:  # a (nearly) constant column: what is less than the constant must show as well
        edges = np.array([np.nextafter(edges[0], -np.inf), edges[0]])
    places = np.linspace(0, len(ordered) - 1, min(SAMPLE, len(ordered))).round().astype(np.int64)
    empty = Summary(len(ordered), (0,) * (len(edges) + 1), tuple(edges.tolist()))
    counts = empty.count(ordered)
    return Summary(empty.n, tuple(int(item) for item in counts), empty.edges, (), tuple(ordered[places].tolist()))


def of_categories(values: Array, categories: Sequence[str]) -> Summary:
    """The summary of texts, shape (n,), over known categories; one more bin counts all others."""
    empty = Summary(len(values), (0,) * (len(categories) + 1), (), tuple(categories))
    return Summary(empty.n, tuple(int(item) for item in empty.count(values)), (), empty.categories)
