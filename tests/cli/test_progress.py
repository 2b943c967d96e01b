"""Progress: a few plain lines where nobody watches, bars with the time left on a terminal."""

from __future__ import annotations

import io

import pytest

from stdspec.cli.progress import Lines, watched
from stdspec.run.context import Event


def epochs(count: int, *, known: bool = True) -> list[Event]:
    events = [Event("node-start", "train", {"kind": "train"})]
    for epoch in range(1, count + 1):
        data = {"epoch": epoch, "epochs": count if known else None, "metrics": {"loss": 0.12345}, "seconds_left": 75.2}
        events.append(Event("epoch", "train", data))
    return [*events, Event("node-end", "train", {"seconds": 3.21})]


def lines(events: list[Event], capsys: pytest.CaptureFixture[str]) -> list[str]:
    display = Lines()
    for event in events:
        display.take(event)
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("count", [1, 2, 10, 25, 60, 1000])
def test_a_training_takes_few_lines_and_always_its_last(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(epochs(count), capsys)
    assert 2 <= len(said) <= 12
    assert said[-2] == f"train  epoch {count}/{count}  loss 0.1235  1:15 left"
    assert said[-1] == "train  done in 3.2 s"


def test_an_open_end_is_shown_every_ten_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(epochs(25, known=False), capsys)
    assert [line.split("  ")[1] for line in said[:-1]] == ["epoch 10", "epoch 20"]


def epoch(metrics: dict[str, float], watched: str | None, node: str = "train") -> Event:
    data = {"epoch": 100, "epochs": 100, "metrics": metrics, "watched": watched, "seconds_left": 75.2}
    return Event("epoch", node, data)


@pytest.mark.parametrize(
    ("watched", "words"),
    [
        ("validation/mae", "validation/loss 0.09381  validation/mae 0.9741"),
        ("validation/loss", "validation/loss 0.09381"),
        (None, "validation/loss 0.09381"),
        ("validation/unheard", "validation/loss 0.09381"),
    ],
)
def test_an_epoch_shows_the_loss_and_what_decides(
    watched: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = {"train/loss": 0.1, "validation/balanced_accuracy": 0.9742, "validation/mae": 0.97414}
    (said,) = lines([epoch(metrics | {"validation/loss": 0.093812}, watched)], capsys)
    assert said == f"train  epoch 100/100  {words}  1:15 left"


def test_no_line_of_an_epoch_is_wider_than_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = {"validation/loss": 0.093812, "validation/balanced_accuracy": 0.974213}
    (said,) = lines([epoch(metrics, "validation/balanced_accuracy", "train-final")], capsys)
    assert said == "train-final  epoch 100/100  validation/balanced_accuracy 0.9742  1:15 left"
    assert len(said) <= 80


def test_hits_notes_and_warnings_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    events = [
        Event("node-hit", "data", {}),
        Event("note", "", {"text": "the store was mended"}),
        Event("warning", "train", {"text": "the loss rises"}),
    ]
    assert lines(events, capsys) == [
        "data  from the store",
        "note: the store was mended",
        "train  warning: the loss rises",
    ]


def test_a_long_note_about_the_run_is_folded(capsys: pytest.CaptureFixture[str]) -> None:
    keys = [f"compute.limits.some_key_{number}" for number in range(6)]
    said = lines(
        [Event("note", "", {"text": f"declared, but not acted on by this version: {', '.join(keys)}"})], capsys
    )
    assert len(said) > 1
    assert max(map(len, said)) <= 80
    assert said[0].startswith("note: declared")
    assert all(line.startswith("  ") for line in said[1:])
    assert all(any(key in line for line in said) for key in keys)


def test_what_a_training_goes_on_from_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    events = [
        Event("resumed", "train-2", {"step": 120, "epoch": 5}),
        Event("saved", "train-2", {"step": 140, "epoch": 6}),
    ]
    assert lines(events, capsys) == ["train-2  resumed at step 120, epoch 5"]


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    (said,) = lines([Event("note", "", {"text": "a\x1b[2Jb"})], capsys)
    assert said == "note: a\\x1b[2Jb"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "moves"),
    [({}, True), ({"CI": "true"}, False), ({"CI": "false"}, True), ({"TERM": "dumb"}, False)],
)
def test_a_display_moves_only_where_somebody_looks(
    variables: dict[str, str], moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert watched(Terminal()) is moves
    assert not watched(io.StringIO())
