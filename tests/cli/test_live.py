"""The live display: it fits the terminal, and what is done stays above it."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest

from stdspec.cli import live
from stdspec.cli.live import Display, listed, some
from stdspec.run.context import Event

FOLDS = [f"{name}-{fold}" for fold in range(1, 6) for name in ("train", "evaluate")]
NODES = ["data", "split", *FOLDS, "train-final", "gate", "export", "parity", "package", "card"]


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    out = Terminal()
    monkeypatch.setattr(live, "sys", SimpleNamespace(stderr=out, stdout=out))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(live, "_width", lambda: 80)
    return out


def at_work(epoch: dict[str, Any] | None, node: str = "train-3") -> Display:
    display = Display()
    display.nodes, display.done = NODES, NODES.index(node)
    display.work = live.Work(node)
    display.work.epoch = epoch
    return display


def drawn(display: Display, width: int) -> list[str]:
    lines = ["".join(text for text, _ in line) for line in display.lines(width)]
    assert all(len(line) <= width for line in lines), lines
    return [line[1:] for line in lines]


EPOCH = {
    "epoch": 12,
    "epochs": 40,
    "metrics": {"validation/loss": 0.12345, "validation/balanced_accuracy": 0.98765},
    "watched": "validation/balanced_accuracy",
    "seconds_left": 75.2,
}


def test_at_eighty_columns(screen: Terminal) -> None:
    assert drawn(at_work(EPOCH), 80) == [
        " train-3       ━━━──────  12/40  1:15 left  validation/balanced_accuracy 0.9877",
        " validation/loss 0.1235",
        " 6 of 18 done, next: evaluate-3, train-4, evaluate-4, train-5, 7 more",
    ]


def test_at_forty_columns(screen: Terminal) -> None:
    assert drawn(at_work(EPOCH), 40) == [
        " train-3  ━━━────────  12/40  1:15 left",
        " validation/loss 0.1235",
        " validation/balanced_accuracy 0.9877",
        " 6 of 18 done, next: 11 more",
    ]


@pytest.mark.parametrize("width", [8, 20, 33, 40, 57, 60, 61, 79, 80, 120, 200])
@pytest.mark.parametrize("epoch", [None, EPOCH, EPOCH | {"epochs": None, "seconds_left": None}])
def test_no_line_is_wider_than_the_terminal(width: int, epoch: dict[str, Any] | None, screen: Terminal) -> None:
    if width >= 33:
        drawn(at_work(epoch), width)
        drawn(at_work(epoch, "train-final"), width)


def test_before_the_first_epoch_the_time_so_far_is_shown(screen: Terminal) -> None:
    display = at_work(None)
    assert display.work is not None
    display.work.began -= 65
    assert drawn(display, 80)[0] == " train-3       1:05"


def told(screen: Terminal) -> list[str]:
    return screen.getvalue().splitlines()


def test_a_run_from_the_store_is_one_line_and_needs_no_rich(screen: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_live", lambda display: pytest.fail("nothing works here"))
    with live.shown() as take:
        take(Event("plan", "", {"nodes": NODES}))
        for node in NODES:
            take(Event("node-hit", node, {}))
    assert told(screen) == ["✓ data … card (18)  from the store"]


class Still:
    """rich's display, without its thread."""

    def __init__(self, screen: Terminal) -> None:
        self.console, self.screen = self, screen

    def print(self, line: Any, **_: Any) -> None:
        self.screen.write(f"{line.plain}\n")

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


def test_what_is_done_stays(screen: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_live", lambda display: Still(screen))
    said = [
        Event("plan", "", {"nodes": NODES}),
        Event("node-hit", "data", {}),
        Event("node-hit", "split", {}),
        Event("node-start", "train-1", {"kind": "train"}),
        Event("resumed", "train-1", {"step": 120, "epoch": 5}),
        Event("epoch", "train-1", EPOCH | {"epoch": 40}),
        Event("warning", "train-1", {"text": "[odd] text"}),
        Event("node-end", "train-1", {"seconds": 75.2}),
        Event("node-start", "evaluate-1", {"kind": "evaluate"}),
    ]

    def interrupted() -> None:
        with live.shown() as take:
            for event in said:
                take(event)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert told(screen) == [
        "✓ data, split   from the store",
        "↻ train-1       resumed at step 120, epoch 5",
        "• train-1  warning: [odd] text",
        "✓ train-1       40 epochs in 1:15  validation/balanced_accuracy 0.9877",
        "✗ evaluate-1    stopped after 0.0 s",
    ]


def test_without_unicode_the_signs_are_plain(screen: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Terminal, "encoding", "ascii")
    line = "".join(text for text, _ in next(iter(at_work(EPOCH).lines(60))))
    assert line.isascii()
    assert "##------" in line


def test_names_that_do_not_fit_are_counted() -> None:
    assert listed(["a", "b", "c"], 7) == "a, b, c"
    assert listed(["a", "b", "c"], 6) == "a … c (3)"
    assert some(["one", "two", "three"], 16) == "one, two, three"
    assert some(["one", "two", "three"], 15) == "one, two, three"
    assert some(["one", "two", "three"], 11) == "one, 2 more"
    assert some(["one", "two", "three"], 4) == "3 more"
