"""What a `_target_` names is found in source, and nothing is imported to find it."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

import pytest

from stdspec.lint import catalog, trainer
from stdspec.lint.arguments import arguments
from stdspec.lint.target import resolve
from stdspec.paths import dotted
from stdspec.settings import Settings
from tests.lint.specs import spec

SOURCES = {
    "acme/__init__.py": "from .nets import Net as Best\nfrom acme.late import *\n",
    "acme/nets.py": (
        "raise RuntimeError('imported')\n"
        "from dataclasses import dataclass\n"
        "class Base:\n    def __init__(self, width: int, *, depth: int = 2, **rest: int) -> None: ...\n"
        "class Net(Base):\n    class Inner:\n        pass\n"
        "@dataclass\nclass Record:\n    x: int\n"
        "def build(a, b=1): ...\n"
        "made = type('made', (), {})\n"
        "if made:\n    class Maybe: ...\n"
        "try:\n    import nothing_like_it\nexcept ImportError:\n    class Fallback: ...\n"
    ),
    "acme/late.py": "class Starred:\n    pass\n",
    "acme/lazy.py": "def __getattr__(name): ...\n",
    "acme/broken.py": "class Net(:\n",
    "acme/circle_a.py": "from acme.circle_b import X\n",
    "acme/circle_b.py": "from acme.circle_a import X\n",
    "space/inner/mod.py": "class Here: ...\n",
}


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, ...]:
    for name, text in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return (tmp_path,)


@pytest.mark.parametrize(
    "name",
    [
        "acme.nets.Net",
        "acme.nets.Net.Inner",
        "acme.nets.build",
        "acme.nets.Maybe",
        "acme.nets.Fallback",
        "acme.Best",
        "acme.Starred",
        "space.inner.mod.Here",
        "json.JSONDecoder",
    ],
)
def test_what_source_defines_is_found(name: str, roots: tuple[Path, ...]) -> None:
    found = resolve(name, roots)
    assert (found.fault, found.unchecked) == (None, None)
    assert found.definition is not None
    assert "acme" not in sys.modules


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("acme.nets.Nett", "there is nothing called 'Nett' in 'acme.nets'; did you mean 'acme.nets.Net'?"),
        ("acme.models.Net", "there is no module 'models' in 'acme'"),
        ("acme.net.Net", "there is no module 'net' in 'acme'; did you mean 'acme.nets'?"),
        ("acme.nets", "'acme.nets' is a module; name a class in it"),
        ("acme.nets.Net.Outer", "'Net' in 'acme.nets' has no 'Outer'"),
        ("acme.broken.Net", "'acme.broken' cannot be read: line 1: invalid syntax"),
        (
            "space.inner.mod.There",
            "there is nothing called 'There' in 'space.inner.mod'; did you mean 'space.inner.mod.Here'?",
        ),
    ],
)
def test_what_source_does_not_define_is_a_fault(name: str, fault: str, roots: tuple[Path, ...]) -> None:
    assert resolve(name, roots).fault == fault


@pytest.mark.parametrize(
    "name", ["not_installed_at_all.Net", "acme.nets.made", "acme.lazy.Anything", "acme.circle_a.X", "math.sin"]
)
def test_what_source_cannot_tell_is_not_checked(name: str, roots: tuple[Path, ...]) -> None:
    found = resolve(name, roots)
    assert found.fault is None
    assert found.unchecked is not None


def test_arguments_are_read_through_inheritance(roots: tuple[Path, ...]) -> None:
    taken = arguments(resolve("acme.nets.Net", roots), "acme.nets.Net", roots)
    assert taken is not None
    assert (taken.names, taken.required, taken.open_ended) == (("width", "depth"), frozenset({"width"}), True)
    made = arguments(resolve("acme.nets.build", roots), "acme.nets.build", roots)
    assert made is not None
    assert (made.names, made.required, made.open_ended) == (("a", "b"), frozenset({"a"}), False)


def test_arguments_that_a_decorator_makes_are_not_guessed(roots: tuple[Path, ...]) -> None:
    assert arguments(resolve("acme.nets.Record", roots), "acme.nets.Record", roots) is None


def _trainer(text: str) -> list[tuple[str, str, bool]]:
    found = catalog.load("HYD013").check(spec(text), Settings(root=Path("/")))
    return [(dotted(fault.path), fault.message, fault.note) for fault in found]


@pytest.mark.skipif(find_spec("lightning") is None, reason="needs the run extra")
def test_trainer_keys_are_held_against_lightnings_own_source() -> None:
    assert _trainer("training: {trainer: {log_every_n_steps: 10, enable_model_summary: false}}") == []
    assert _trainer("training: {trainer: {log_every_n_step: 10}}") == [
        (
            "training.trainer.log_every_n_step",
            "Lightning's Trainer takes no argument 'log_every_n_step'; did you mean log_every_n_steps?",
            False,
        )
    ]


def test_trainer_keys_are_not_checked_without_lightning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PathFinder, "find_spec", lambda *_: None)
    trainer.takes.cache_clear()
    try:
        assert _trainer("training: {trainer: {anything: 1}}") == [
            ("training.trainer", "Lightning is not installed, so training.trainer is not checked", True)
        ]
    finally:
        trainer.takes.cache_clear()
