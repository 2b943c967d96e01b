"""The training batches of own data modules, made functions of seed and epoch so that an epoch can be begun anywhere.

A loader over a data set with rows by index keeps its sampler, data set and workers; the order of an epoch is drawn from
a stream of its own, and each batch is fetched with a seed of its own. Other loaders are resumed between epochs, if what
they give depends on nothing but that; whether it does is tried, not believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

from stdspec.run.train.seeds import counter_seed, fixed, set_seed

_ORDER: Final = "of the training loader: the order of its rows depends on more than seed and epoch"
_ROWS: Final = "of the training loader: a batch that is fetched twice is not the same twice"
_STREAM: Final = "of the training loader: it is a stream without state_dict and load_state_dict"
_OTHER: Final = "of the training loader: it is no plain DataLoader and has no state_dict and load_state_dict"
_HELD: Final = "of the validation loader: a batch that is fetched twice is not the same twice"


class OwnBatches:
    """The training batches of a data module.

    Attributes:
        reason: why they cannot be begun anywhere, or None.
        between_epochs: whether they can be begun between epochs, at least.
    """

    def __init__(self, stream: int) -> None:
        self.stream = stream
        self.reason: str | None = None
        self.between_epochs = True
        self._order: Order | None = None
        self._tried = False

    def begin(self, epoch: int, start: int) -> None:
        """Let the next iteration begin with batch `start` of epoch `epoch`, both counted from 0."""
        if self._order is not None:
            self._order.epoch, self._order.start = epoch, start

    def wrapped(self, make: Callable[[], Any]) -> Callable[[], Any]:
        """`train_dataloader` of a data module, its loader made to be begun anywhere where that is possible."""

        def train_dataloader() -> Any:
            loader = make()
            if not self._tried:
                self._tried = True
                self._try(loader)
                if not _indexed(loader):  # it may be read but once
                    loader = make()
            if _indexed(loader):
                self._order = _begin_anywhere(loader, self.stream)
            return loader

        return train_dataloader

    def try_validation(self, loaders: Any) -> None:
        """Find out whether the validation gives the same after a resume; what it gives, the rules go by."""
        for loader in loaders if isinstance(loaders, list | tuple) else [loaders]:
            if isinstance(loader, DataLoader) and not _same(*self._first_twice(loader)):
                self.reason, self.between_epochs = self.reason or _HELD, False

    def _first_twice(self, loader: Any) -> list[Any]:
        """The first batch, fetched twice with the same seed."""
        found = []
        for _ in range(2):
            with fixed(self.stream, "try"):
                found.append(next(iter(loader), None))
        return found

    def _try(self, loader: Any) -> None:
        """Find out what can be done with the loader; nothing that the training draws is changed by it."""
        if not _indexed(loader):
            stateful = callable(getattr(loader, "state_dict", None)) and callable(
                getattr(loader, "load_state_dict", None)
            )
            if not (stateful and _sized(loader)):
                stream = isinstance(loader, DataLoader) and isinstance(loader.dataset, IterableDataset)
                self.reason = _STREAM if stream else _OTHER
            if not stateful and not _same(*self._first_twice(loader)):
                self.reason, self.between_epochs = _ROWS, False
            return
        order = _begin_anywhere(loader, self.stream)
        if order.of(1) != order.of(1):
            self.reason, self.between_epochs = _ORDER, False
            return
        order.tried = 1 + loader.num_workers  # the first worker then gets the batch twice
        with fixed(self.stream, "try"):
            fetched = _fetched(loader, self.stream)
        order.tried = 0
        if fetched and not _same(fetched[0], fetched[-1]):
            self.reason, self.between_epochs = _ROWS, False


class Numbered(list[int]):
    """The indices of a batch, with the seed that it is fetched with."""

    seed: int = 0


class Order:
    """The batch sampler of a loader, its order a function of the epoch, begun anywhere.

    Attributes:
        epoch: counted from 0.
        start: the batch that the next iteration begins with, counted from 0.
        tried: how often the first batch is given, and nothing else, while the loader is tried.
    """

    def __init__(self, inner: Any, loader: DataLoader[Any], stream: int) -> None:
        self.inner, self.loader, self.stream = inner, loader, stream
        self.epoch = self.start = self.tried = 0
        holders = (loader, loader.sampler, inner, getattr(inner, "sampler", None))
        found = {
            id(item): item
            for holder in holders
            if isinstance(item := getattr(holder, "generator", None), torch.Generator)
        }
        self._generators = [(item, item.initial_seed()) for item in found.values()]
        self._samplers: list[Any] = [item for item in holders[1:] if callable(getattr(item, "set_epoch", None))]

    def __len__(self) -> int:
        return len(self.inner)

    def of(self, epoch: int) -> list[list[int]]:
        """The indices of each batch of an epoch."""
        for sampler in self._samplers:
            sampler.set_epoch(epoch)
        for generator, seed in self._generators:
            generator.manual_seed(counter_seed(self.stream, "order", epoch, seed))
        with fixed(self.stream, "order", epoch):
            return [list(batch) for batch in islice(self.inner, len(self.inner))]

    def __iter__(self) -> Iterator[Numbered]:
        start, self.start = self.start, 0
        batches = self.of(self.epoch)
        if self.tried:
            batches = [batches[0]] * (self.tried + 1)
        for number, batch in enumerate(batches[start:], start):
            numbered = Numbered(batch)
            numbered.seed = counter_seed(self.stream, "fetch", self.epoch, 0 if self.tried else number)
            yield numbered


class Rows(Dataset[Any]):
    """A data set whose rows are fetched batch by batch with the batch's own seed, in whatever process."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __len__(self) -> int:
        return len(self.inner)

    def __getitem__(self, index: Any) -> Any:
        return self.inner[index]

    def __getitems__(self, indices: list[int]) -> Any:
        if isinstance(indices, Numbered) and get_worker_info() is not None:  # the loop has seeded its own process
            set_seed(indices.seed)
        many = getattr(self.inner, "__getitems__", None)
        return many(list(indices)) if callable(many) else [self.inner[index] for index in indices]

    def __getattr__(self, name: str) -> Any:
        if name == "inner":  # not set yet: a copy is being made
            raise AttributeError(name)
        return getattr(self.inner, name)


def _indexed(loader: Any) -> bool:
    """Whether a loader fetches batches of rows by index, as torch's own does it."""
    return (
        isinstance(loader, DataLoader)
        and type(loader).__iter__ is DataLoader.__iter__
        and not isinstance(loader.dataset, IterableDataset)
        and loader.batch_sampler is not None
        and _sized(loader)
    )


def _sized(loader: Any) -> bool:
    try:
        return len(loader) > 0
    except (TypeError, NotImplementedError):
        return False


def _begin_anywhere(loader: DataLoader[Any], stream: int) -> Order:
    """Put our order and our seeds into a loader; torch forbids to assign these attributes, so that it is done below."""
    if isinstance(loader.batch_sampler, Order):
        return loader.batch_sampler
    order = Order(loader.batch_sampler, loader, stream)
    object.__setattr__(loader, "batch_sampler", order)
    object.__setattr__(loader, "dataset", Rows(loader.dataset))
    return order


def _fetched(loader: DataLoader[Any], stream: int) -> list[Any]:
    """The batches of the loader, each fetched with the same seed."""
    found, batches = [], iter(loader)
    while True:
        set_seed(counter_seed(stream, "fetch", 0, 0))
        try:
            found.append(next(batches))
        except StopIteration:
            return found


def _same(one: Any, other: Any) -> bool:
    """Whether two batches hold the same bits."""
    if isinstance(one, Tensor):
        return (
            isinstance(other, Tensor)
            and (one.shape, one.dtype) == (other.shape, other.dtype)
            and torch.equal(_bytes(one), _bytes(other))
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _bytes(values: Tensor) -> Tensor:
    return values.detach().contiguous().reshape(-1).view(torch.uint8)
