"""The state of own modules that no state dict holds: attributes that training changes, and what is to be trained.

A list of outputs, a counter, a metric's sums, a generator: Lightning's checkpoints know none of them, and a training
resumed without them goes on differently in silence. What cannot be kept is named.
"""

from __future__ import annotations

import hashlib
import inspect
import pickle
import random
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

import numpy as np
import torch
from lightning.pytorch import LightningModule
from torch import Tensor, nn

_COMMON: Final = frozenset(vars(nn.Module())) | frozenset(vars(LightningModule()))
"""Attributes that every module has: PyTorch's and Lightning's own, kept by their state dicts or set anew."""

_PLAIN: Final = (type(None), bool, int, float, complex, str, bytes)
_FIXED: Final = (type, types.ModuleType, torch.dtype, torch.device, inspect.Signature, torch.jit.ScriptFunction)
"""Types whose values training does not change, beside functions that hold nothing but such."""

_FUNCTIONS: Final = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)

Coded = list[Any]


class Unkept(Exception):
    """An attribute that training changes and that cannot be written down; the text names it."""


class OwnState:
    """The attributes of a module and all modules in it.

    Args:
        module: the module.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self._marks: dict[str, str | None] = {}

    def begin(self) -> None:
        """Note how things are when everything has been set up and nothing trained."""
        self._marks = {
            place: _mark(value) for place, _, _, value in _attributes(self.module) if _strange(value) is not None
        }

    def capture(self) -> dict[str, Any]:
        """Everything as plain data and tensors.

        Raises:
            Unkept: when an attribute has changed that cannot be written down.
        """
        seen: dict[int, int] = {}
        found = {}
        for place, _, _, value in _attributes(self.module):
            strange = _strange(value)
            if strange is None:
                found[place] = _encode(value, seen)
            elif place not in self._marks or self._marks[place] is None or self._marks[place] != _mark(value):
                raise Unkept(f"the attribute '{place}' of the model holds a {type(strange).__name__}")
        return {
            "attributes": found,
            "trained": {name: item.requires_grad for name, item in self.module.named_parameters()},
            "training": {name: item.training for name, item in self.module.named_modules()},
        }

    def restore(self, captured: Mapping[str, Any]) -> None:
        """Set everything as `capture` found it."""
        there = {place: (part, name) for place, part, name, _ in _attributes(self.module)}
        parts = dict(self.module.named_modules())
        seen: list[Any] = []
        for place, coded in captured["attributes"].items():
            path, _, last = place.rpartition(".")
            part, name = there.get(place, (parts[path], last))
            object.__setattr__(part, name, _decode(coded, getattr(part, name, None), seen))
        for place in there.keys() - captured["attributes"].keys() - self._marks.keys():
            part, name = there[place]
            delattr(part, name)
        for name, item in self.module.named_parameters():
            item.requires_grad_(captured["trained"][name])
        for name, part in parts.items():
            part.training = captured["training"][name]


def _attributes(module: nn.Module) -> Iterator[tuple[str, nn.Module, str, Any]]:
    """Dotted name, the module it belongs to, its own name and its value."""
    for path, part in module.named_modules():
        for name, value in list(vars(part).items()):
            if name not in _COMMON:
                yield f"{path}.{name}", part, name, value


def _fixed(value: Any) -> bool:
    return isinstance(value, _FIXED) or (isinstance(value, _FUNCTIONS) and not _held(value))


def _held(function: Any) -> list[Any]:
    """What a function holds that may change: in variables around it, in defaults, or in the object that it is of.

    What it holds of modules is kept with them.
    """
    found, seen, waiting = [], set(), [function]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, (*_PLAIN, *_FIXED, nn.Module)):
            continue
        seen.add(id(item))
        if isinstance(item, _FUNCTIONS):
            waiting += _around(item)
        else:
            found.append(item)
    return found


def _around(function: Any) -> list[Any]:
    """What a function can reach beside its arguments and the names of its module."""
    function = getattr(function, "_torchdynamo_orig_callable", function)  # what `torch.compile` has compiled
    if not isinstance(function, types.FunctionType):
        return [function.__self__]
    found = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # not filled yet
            found.append(cell.cell_contents)
    return found


def _strange(value: Any) -> Any | None:
    """The value itself or the first one in it that `_encode` does not know and that may still change; else None."""
    waiting, seen = [value], set()
    while waiting:
        item = waiting.pop()
        if _opaque(item):
            return item
        if id(item) not in seen and isinstance(item, list | tuple | set | deque | dict):
            seen.add(id(item))
            waiting += [*item, *item.values()] if isinstance(item, dict) else item
    return None


def _opaque(value: Any) -> bool:
    """Whether a value is none that `_encode` knows and may still change."""
    return not isinstance(value, _PLAIN) and _kind(value) is None and not _fixed(value)


def _mark(value: Any) -> str | None:
    """What an opaque value looks like now; None where it does not let itself be looked into."""
    try:
        return hashlib.sha256(pickle.dumps(_held(value) if isinstance(value, _FUNCTIONS) else value)).hexdigest()
    except Exception:  # noqa: BLE001 - own classes raise what they like, and all of it means: no
        return None


def _kind(value: Any) -> str | None:
    return next((kind for kind, (type_, _, _) in _KINDS.items() if type(value) is type_), None)


def _encode(value: Any, seen: dict[int, int]) -> Coded:
    """A value that is not strange, as plain data; one that is met twice is written once, to be one again afterwards."""
    if isinstance(value, _PLAIN):
        return ["plain", value]
    kind = _kind(value)
    if kind is None:  # a fixed one: nothing strange comes here
        return ["fixed"]
    if id(value) in seen:
        return ["again", seen[id(value)]]
    seen[id(value)] = len(seen)
    return [kind, _KINDS[kind][1](value, lambda item: _encode(item, seen))]


def _decode(coded: Coded, current: Any, seen: list[Any]) -> Any:
    """The value again; `current` is what stands in its place now."""
    kind = coded[0]
    if kind == "plain":
        return coded[1]
    if kind == "fixed":
        return current
    if kind == "again":
        return seen[coded[1]]
    place = len(seen)
    seen.append(None)
    made = seen[place] = _KINDS[kind][2](coded[1], current, lambda item, now=None: _decode(item, now, seen))
    return made


def _tensor(kept: Any, current: Any) -> Tensor:
    """The tensor; in place where one of its form is there, which may be a view of a weight."""
    value, device = kept
    form = value.shape, value.dtype
    if type(current) is Tensor and (current.shape, current.dtype) == form and not current.requires_grad:
        return current.copy_(value)
    found: Tensor = value.clone().to(device)
    return found


def _listed(items: Any, current: Any, decode: Any) -> list[Any]:
    now = list(current) if isinstance(current, list | tuple) else []
    now += [None] * (len(items) - len(now))
    return [decode(item, there) for item, there in zip(items, now, strict=False)]


def _mapped(pairs: Any, current: Any, decode: Any) -> dict[Any, Any]:
    now = current if isinstance(current, dict) else {}
    return {name: decode(item, now.get(name)) for name, item in ((decode(key), item) for key, item in pairs)}


def _generator(kept: Any) -> torch.Generator:
    found = torch.Generator(device=kept[1])
    found.set_state(kept[0])
    return found


def _numpy_generator(kept: Any) -> np.random.Generator:
    bits = getattr(np.random, kept["bit_generator"])()
    bits.state = _with_arrays(kept)
    return np.random.Generator(bits)


def _without_arrays(state: Any) -> Any:
    """A bit generator's state without arrays, which are not read back."""
    if isinstance(state, dict):
        return {name: _without_arrays(item) for name, item in state.items()}
    return {"array": state.tolist(), "dtype": str(state.dtype)} if isinstance(state, np.ndarray) else state


def _with_arrays(state: Any) -> Any:
    if not isinstance(state, dict):
        return state
    if state.keys() == {"array", "dtype"}:
        return np.array(state["array"], dtype=state["dtype"])
    return {name: _with_arrays(item) for name, item in state.items()}


def _own_random(kept: Any) -> random.Random:
    found = random.Random()  # noqa: S311 - own code draws from it
    found.setstate((kept[0], tuple(kept[1]), kept[2]))
    return found


_KINDS: Final[dict[str, tuple[type, Callable[..., Any], Callable[..., Any]]]] = {
    "list": (list, lambda v, enc: [enc(x) for x in v], _listed),
    "tuple": (tuple, lambda v, enc: [enc(x) for x in v], lambda k, now, dec: tuple(_listed(k, now, dec))),
    "set": (set, lambda v, enc: [enc(x) for x in v], lambda k, _now, dec: {dec(x) for x in k}),
    "dict": (dict, lambda v, enc: [[enc(k), enc(x)] for k, x in v.items()], _mapped),
    "deque": (
        deque,
        lambda v, enc: [[enc(x) for x in v], v.maxlen],
        lambda k, _now, dec: deque((dec(x) for x in k[0]), k[1]),
    ),
    "tensor": (
        Tensor,
        lambda v, _enc: [v.detach().cpu().clone(), str(v.device)],
        lambda k, now, _dec: _tensor(k, now),
    ),
    "array": (
        np.ndarray,
        lambda v, _enc: torch.from_numpy(np.ascontiguousarray(v)).clone(),
        lambda k, _now, _dec: k.numpy().copy(),
    ),
    "generator": (
        torch.Generator,
        lambda v, _enc: [v.get_state(), str(v.device)],
        lambda k, _now, _dec: _generator(k),
    ),
    "numpy generator": (
        np.random.Generator,
        lambda v, _enc: _without_arrays(v.bit_generator.state),
        lambda k, _now, _dec: _numpy_generator(k),
    ),
    "random": (
        random.Random,
        lambda v, _enc: [v.getstate()[0], list(v.getstate()[1]), v.getstate()[2]],
        lambda k, _now, _dec: _own_random(k),
    ),
}
"""Kind to its type, to what writes a value of it down, and to what makes it again."""
