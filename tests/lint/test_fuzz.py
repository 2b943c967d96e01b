"""A small part of the fuzzer's inputs, every kind of them: each ends in findings, in a sentence, or well."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench"
EACH = 35
"""Inputs of each kind."""

KINDS = ("raw", "mutated", "group", "structure", "standard", "settings", "tree", "long", "command")


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The fuzzer; the files of `tests/bench` are scripts that find each other beside them."""
    monkeypatch.syspath_prepend(str(BENCH))
    module = importlib.import_module("fuzz")
    for name, value in module.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    before = signal.getsignal(signal.SIGPROF)
    module.watch()
    yield module
    signal.signal(signal.SIGPROF, before)


def test_every_kind_has_its_turn(fuzz: ModuleType) -> None:
    assert tuple(fuzz.KINDS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_no_input_ends_in_a_traceback(kind: str, fuzz: ModuleType) -> None:
    faults = []
    for seed in range(1_000_000, 1_000_000 + EACH):
        faults += [(kind, seed, item.fault) for item in fuzz.tried(fuzz.made(kind, seed)) if item.fault]
    assert faults == []


def test_the_fuzzer_sees_what_is_wrong(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    case = fuzz.made("command", 1)
    for act, expected in (
        (lambda _: 3, "[]"),
        (lambda _: 1, "status 1 without a word"),
        (lambda _: sys.stdout.write(fuzz.SECRET) * 0, "the value of a variable is shown"),
        (lambda _: sys.stderr.write("\x1b[1m") * 0, "shows '\\x1b'"),
    ):
        monkeypatch.setattr(fuzz, "run", act)
        assert [expected in item.fault for item in fuzz.tried(case)] == [True]
