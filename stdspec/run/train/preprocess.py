"""Preprocessing as a torch module: fitted on training rows only, and part of the exported graph.

The steps of `data.transforms` act in the order they are written, each on the width of the raw input; after them the
codes of categories become one-hot columns. Every fitted number is a buffer, so the weights file holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from msgspec import Struct
from torch import Tensor, nn

from stdspec.errors import RunError
from stdspec.run.data.dataset import Dataset
from stdspec.suggest import nearest

Array = npt.NDArray[Any]


class Impute(nn.Module):
    """Replaces NaN by a value for each column, shape of the buffer as one input row or as its leading part."""

    fill: Tensor

    def __init__(self, fill: Tensor) -> None:
        super().__init__()
        self.register_buffer("fill", fill)

    def forward(self, x: Tensor) -> Tensor:
        """``x`` with every NaN replaced."""
        return torch.where(torch.isnan(x), self.fill, x)


class Affine(nn.Module):
    """``(x - shift) / scale``; both buffers broadcast against one input row."""

    shift: Tensor
    scale: Tensor

    def __init__(self, shift: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("shift", shift)
        self.register_buffer("scale", scale)

    def forward(self, x: Tensor) -> Tensor:
        """The scaled input."""
        return (x - self.shift) / self.scale


class OneHot(nn.Module):
    """Keeps the numeric columns of (n, d) and appends one column for each category that the training rows hold.

    Any other code gives zeros in all columns of its feature: no weight of it was ever trained.
    """

    numeric: Tensor
    owner: Tensor
    code: Tensor

    def __init__(self, width: int, categories: Mapping[int, Sequence[int]]) -> None:
        """One column a code.

        Args:
            width: of the input.
            categories: coded column to its codes.
        """
        super().__init__()
        pairs = [(column, code) for column, codes in sorted(categories.items()) for code in codes]
        self.register_buffer(
            "numeric", torch.tensor([i for i in range(width) if i not in categories], dtype=torch.int64)
        )
        self.register_buffer("owner", torch.tensor([column for column, _ in pairs], dtype=torch.int64))
        self.register_buffer("code", torch.tensor([float(code) for _, code in pairs]))

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, numeric columns + categories)."""
        chosen = (x.index_select(1, self.owner) == self.code).to(x.dtype)
        return torch.cat([x.index_select(1, self.numeric), chosen], dim=1)


class _Fitting(Struct, frozen=True):
    """What a step is fitted on.

    Attributes:
        values: the training rows after the steps before, float64, shape (n, d) or (n, channels, height, width).
        chosen: which columns the step acts on, shape (d,); for images all.
        options: the step as the spec writes it.
        low: the declared lower bounds, shape (d,) or (channels, 1, 1); NaN where none holds.
        high: the declared upper bounds, like `low`.
    """

    values: Array
    chosen: Array
    options: Mapping[str, Any]
    low: Array
    high: Array

    def reduce(self, how: Callable[..., Array], **options: Any) -> Array:
        """One number a column, or a channel of shape (channels, 1, 1); NaN is left out by `how`."""
        if self.values.ndim == 2:
            return np.asarray(how(self.values, axis=0, **options), dtype=np.float64)
        rest = tuple(range(2, self.values.ndim))
        return np.asarray(how(self.values, axis=(0, *rest), **options), dtype=np.float64).reshape(
            -1, *(1 for _ in rest)
        )


def _affine(fitting: _Fitting, shift: Array, scale: Array) -> Affine:
    """The scaling of the chosen columns; a column without spread keeps its scale."""
    scale = np.where(np.isfinite(scale) & (scale > 0), scale, 1.0)
    shift = np.where(np.isfinite(shift), shift, 0.0)
    if fitting.values.ndim == 2:
        shift, scale = np.where(fitting.chosen, shift, 0.0), np.where(fitting.chosen, scale, 1.0)
    return Affine(torch.from_numpy(shift).float(), torch.from_numpy(scale).float())


def _standardize(fitting: _Fitting) -> nn.Module:
    return _affine(fitting, fitting.reduce(np.nanmean), fitting.reduce(np.nanstd))


def _minmax(fitting: _Fitting) -> nn.Module:
    """To 0 and 1 from the declared range, a bound that is not declared from the training rows."""
    low = np.where(np.isfinite(fitting.low), fitting.low, fitting.reduce(np.nanmin))
    high = np.where(np.isfinite(fitting.high), fitting.high, fitting.reduce(np.nanmax))
    return _affine(fitting, low, high - low)


_FILLS: Final[dict[str, Callable[..., Array]]] = {"mean": np.nanmean, "median": np.nanmedian}


def _impute(fitting: _Fitting) -> nn.Module:
    """`with` is ``mean``, ``median`` or a number; a column without any value gets 0."""
    how = fitting.options.get("with", "median")
    fill = fitting.reduce(_FILLS[how]) if how in _FILLS else np.full_like(fitting.low, float(how))
    fill = np.where(np.isfinite(fill), fill, 0.0)
    if fitting.values.ndim == 2:  # a column that is not chosen keeps its NaN
        fill = np.where(fitting.chosen, fill, np.nan)
    return Impute(torch.from_numpy(fill).float())


STEPS: Final[dict[str, Callable[[_Fitting], nn.Module]]] = {
    "standardize": _standardize,
    "minmax": _minmax,
    "impute": _impute,
    "one-hot": lambda _fitting: nn.Identity(),  # every category becomes one-hot after the steps
}
"""Kind of a transform to what fits it."""

_SCALES: Final = frozenset({"standardize", "minmax"})

_EMPTY: Final[dict[str, Callable[[], nn.Module]]] = {
    "standardize": lambda: Affine(torch.zeros(()), torch.ones(())),
    "minmax": lambda: Affine(torch.zeros(()), torch.ones(())),
    "impute": lambda: Impute(torch.zeros(())),
    "one-hot": nn.Identity,
}


class Preprocess(nn.Sequential):
    """The fitted steps in order, then one-hot columns where there are categories.

    Attributes:
        description: plain data from which `rebuild` makes the same module, its buffers still to be loaded.
    """

    def __init__(
        self, kinds: Sequence[str], steps: Sequence[nn.Module], width: int, categories: Mapping[int, Sequence[int]]
    ) -> None:
        encode = [OneHot(width, categories)] if categories else []
        super().__init__(*steps, *encode)
        self.description: dict[str, Any] = {
            "steps": list(kinds),
            "width": width,
            "categories": {str(column): list(codes) for column, codes in sorted(categories.items())},
        }


def fit(dataset: Dataset, rows: Array, transforms: Mapping[str, Any] | None) -> Preprocess:
    """Fit every declared transform on the given rows.

    Args:
        dataset: the raw data.
        rows: the indices of the training rows, shape (k,).
        transforms: `data.transforms`: name to ``{kind, columns, …}``, in order; None for none.

    Raises:
        RunError: when a transform has no such kind or names no column.
    """
    seen = dataset.inputs[rows].astype(np.float64)
    categories = {
        i: [code for code in range(len(item.categories)) if code in seen[:, i]]
        for i, item in enumerate(dataset.features)
        if item.categories
    }
    kinds: list[str] = []
    steps: list[nn.Module] = []
    for name, options in (transforms or {}).items():
        if options is None:  # an entry that an experiment has taken out
            continue
        kind = str(options.get("kind"))
        if kind not in STEPS:
            guess = nearest(kind, STEPS)
            remedy = f"did you mean '{guess}'" if guess else f"the kinds are {', '.join(STEPS)}"
            raise RunError(f"there is no transform of kind '{kind}'", f"data.transforms.{name}.kind", remedy)
        chosen = _chosen(dataset, kind, options.get("columns", "features"), f"data.transforms.{name}.columns")
        low, high = _bounds(dataset, declared=not any(item in _SCALES for item in kinds))
        step = STEPS[kind](_Fitting(seen, chosen, options, low, high))
        with torch.no_grad():
            seen = step.double()(torch.from_numpy(seen)).numpy()
        kinds.append(kind)
        steps.append(step.float())
    return Preprocess(kinds, steps, dataset.inputs.shape[1], categories)


def _chosen(dataset: Dataset, kind: str, columns: Any, place: str) -> Array:
    """Which columns are meant, shape (d,): ``features`` for every one of the fitting type, or names and globs."""
    if dataset.modality != "tabular":
        return np.ones(dataset.inputs.shape[1], dtype=bool)
    wanted = kind == "one-hot"
    fits = np.array([bool(item.categories) == wanted for item in dataset.features], dtype=bool)
    if columns in ("features", None):
        return fits
    chosen = np.zeros(len(fits), dtype=bool)
    for pattern in [columns] if isinstance(columns, str) else columns:
        named = np.array([fnmatchcase(item.name, pattern) for item in dataset.features], dtype=bool)
        if not named.any():
            guess = nearest(pattern, [item.name for item in dataset.features])
            raise RunError(f"no feature is called '{pattern}'", place, f"did you mean '{guess}'" if guess else None)
        if not (named & fits).any():
            fact = "holds numbers" if wanted else "holds categories, which become one-hot columns by themselves"
            raise RunError(f"{kind} does not fit '{pattern}', which {fact}", place, "leave it out")
        chosen |= named & fits
    return chosen


def _bounds(dataset: Dataset, *, declared: bool) -> tuple[Array, Array]:
    """The declared bounds of every column or channel, NaN for none; after a scaling they no longer hold."""
    if dataset.modality != "tabular":
        low, high = dataset.value_range if declared and dataset.value_range else (np.nan, np.nan)
        shape = (dataset.inputs.shape[1],) + (1,) * (dataset.inputs.ndim - 2)
        return np.full(shape, low, dtype=np.float64), np.full(shape, high, dtype=np.float64)
    ranges = [(item.range if declared else None) or (None, None) for item in dataset.features]
    bounds = np.array([[np.nan if value is None else value for value in pair] for pair in ranges], dtype=np.float64)
    return bounds[:, 0], bounds[:, 1]


def rebuild(description: Mapping[str, Any], state: Mapping[str, Tensor]) -> Preprocess:
    """The module that `Preprocess.description` tells of, with its buffers from a state dict.

    Args:
        description: see `Preprocess`.
        state: the module's own entries, names without a prefix.
    """
    steps = [_EMPTY[kind]() for kind in description["steps"]]
    for index, step in enumerate(steps):  # the shape of a buffer is only known from the file
        for name in list(step._buffers):
            step.register_buffer(name, state[f"{index}.{name}"].clone())
    categories = {int(column): codes for column, codes in description["categories"].items()}
    module = Preprocess(description["steps"], steps, int(description["width"]), categories)
    module.load_state_dict(dict(state))
    return module
