"""Which faults are tried again, how often, and what is said of it."""

from __future__ import annotations

import errno
import urllib.error

import pytest

from stdspec.errors import InputError, RunError
from stdspec.run import again


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(again.time, "sleep", found.append)
    return found


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


PASSING = [
    ConnectionResetError(104, "reset"),
    TimeoutError("no answer"),
    OSError(errno.ESTALE, "Stale file handle"),
    urllib.error.HTTPError("https://example.org", 503, "busy", None, None),  # type: ignore[arg-type]
    caused(RunError("acme.Rows raised ConnectionError"), ConnectionError("away")),
    caused(ValueError("rows cannot be read"), TimeoutError()),
]
STAYING = [
    RunError("the rows do not fit", "data.csv:3"),
    InputError("there is no file"),
    FileNotFoundError(errno.ENOENT, "No such file"),
    OSError(errno.ENOSPC, "No space left on device"),
    urllib.error.HTTPError("https://example.org", 404, "absent", None, None),  # type: ignore[arg-type]
    MemoryError(),
    ValueError("unforeseen"),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_may_pass_is_tried_again_with_a_note(error: Exception, waits: list[float]) -> None:
    faults, said = [error, error], []

    def make() -> str:
        if faults:
            raise faults.pop()
        return "made"

    assert again.tried(make, 2, said.append) == "made"
    assert [text.rsplit(", ", 1)[1] for text in said] == ["1 of 2", "2 of 2"]
    assert said[0].startswith("it failed for a reason that may pass (")
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize("error", STAYING, ids=repr)
def test_what_stays_is_raised_at_once(error: Exception, waits: list[float]) -> None:
    calls = []

    def make() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        again.tried(make, 5, calls.append)
    assert calls == [1]
    assert waits == []


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_there_is_an_end_to_it(retries: int) -> None:
    calls = []

    def make() -> None:
        calls.append(1)
        raise ConnectionError("away")

    with pytest.raises(ConnectionError):
        again.tried(make, retries, lambda _: None)
    assert len(calls) == 1 + retries


def test_an_interrupt_is_no_fault() -> None:
    def make() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again.tried(make, 3, lambda _: pytest.fail("nothing is tried again"))
