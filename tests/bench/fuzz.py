"""Feeds `stdspec` with inputs that nobody would write, and tells every one that does not end in words for people.

`python tests/bench/fuzz.py` tries 20,000; `--only KIND:SEED` tries one again, makes it smaller and shows it. An input
fails when an exception is not one of ours, when it takes too long, when a control character or the value of an
environment variable reaches the output, and when what a program is to read cannot be read.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from fuzz_inputs import CANARY, KINDS, Case, made

from stdspec.cli.main import run

SECRET: Final = "canary-7c1f0e"
LIMIT: Final = 5.0
"""Seconds of CPU after which a command line is stopped."""

BATCH: Final = 250
"""Inputs to a process: what the process keeps of them is let go, and a crash stops only so many."""

_STEERS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "json": json.loads,
    "sarif": json.loads,
    "gitlab": json.loads,
    "junit": ElementTree.fromstring,
}
_RAISED: Final = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')


class TooLongError(BaseException):
    """The time of a command line is over; nothing but the outermost handler may catch it."""


@dataclass(frozen=True)
class Result:
    """How a command line ended.

    Attributes:
        words: the command line.
        status: its exit status.
        seconds: CPU time.
        fault: what is wrong, with where; empty when nothing is.
        detail: the traceback, or the text in which something is wrong.
    """

    words: tuple[str, ...]
    status: int
    seconds: float
    fault: str = ""
    detail: str = ""


def tried(case: Case) -> Iterator[Result]:
    """Each command line of an input, in a fresh folder."""
    with tempfile.TemporaryDirectory(prefix="stdspec-fuzz-") as folder, _inside(Path(folder)):
        for name, content in case.files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for words in case.words:
            yield _ended(tuple(words))


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _ended(words: tuple[str, ...]) -> Result:
    """Run one command line in this process."""
    streams = sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    sys.stdout, sys.stderr = out, err
    threshold = gc.get_threshold()
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    begin = time.process_time()
    try:
        status = run(words)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - begin
        sys.stdout, sys.stderr = streams
        gc.unfreeze()
        gc.set_threshold(*threshold)
    printed, said = (stream.buffer.getvalue().decode("utf-8") for stream in (out, err))  # type: ignore[attr-defined]
    fault = _fault(words, status, printed, said)
    return Result(words, status, seconds, fault, (said if status == 3 else printed + said) if fault else "")


def _fault(words: Sequence[str], status: int, printed: str, said: str) -> str:
    """What is wrong with how a command line ended, or nothing."""
    if status not in (0, 1, 2):
        frames = [found for found in _RAISED.findall(said) if "/stdspec/" in found[0]] or _RAISED.findall(said)
        where = f"{Path(frames[-1][0]).name}:{frames[-1][1]} {frames[-1][2]}" if frames else ""
        return f"{said.strip().rpartition(chr(10))[2][:100]} [{where}]"
    if status and not (printed or said):
        return f"status {status} without a word"
    if SECRET in printed + said:
        return "the value of a variable is shown"
    form = words[words.index("--format") + 1] if "--format" in words else "text"
    exact = words[0] == "compile" or "--diff" in words  # what programs take as it is; only a terminal gets escapes
    for text in (said,) if exact else (said, printed):
        if found := _STEERS.search(text):
            return f"{words[0]} shows {found[0]!r} as {form}"
    reader = _READERS.get(form)
    if reader is not None and status in (0, 1):
        try:
            reader(printed)
        except (ValueError, ElementTree.ParseError) as error:
            return f"{form} cannot be read: {str(error)[:60]}"
    return ""


ENVIRONMENT: Final = {CANARY: SECRET, "STDSPEC_DEBUG": "1", "COLUMNS": "100"}
"""What every input is tried with: a secret that must stay one, and tracebacks that are shown."""


def watch() -> None:
    """Stop a command line when its time is over."""

    def stop(*_: object) -> None:
        raise TooLongError

    signal.signal(signal.SIGPROF, stop)


def prepare() -> None:
    """Set what inputs need, for a process that does nothing else."""
    os.environ.update(ENVIRONMENT)
    watch()


def _batch(pipe: Connection, cases: Sequence[tuple[str, int]]) -> None:
    prepare()
    for kind, seed in cases:
        pipe.send((kind, seed, None))
        pipe.send((kind, seed, list(tried(made(kind, seed)))))
    pipe.close()


def results(cases: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, Result]]:
    """Every result, from processes that take a batch each; a process that dies is a result, too."""
    start = multiprocessing.get_context("fork")
    for begin in range(0, len(cases), BATCH):
        left = list(cases[begin : begin + BATCH])
        while left:
            near, far = start.Pipe(duplex=False)
            process = start.Process(target=_batch, args=(far, left))
            process.start()
            far.close()
            yield from _received(near, left)
            process.join()
            if left:
                kind, seed = left.pop(0)
                yield kind, seed, Result((), process.exitcode or 0, 0.0, f"the process died ({process.exitcode})")


def _received(near: Connection, left: list[tuple[str, int]]) -> Iterator[tuple[str, int, Result]]:
    """The results that come through a pipe; what is done is taken from `left`."""
    while True:
        try:
            kind, seed, found = near.recv()
        except EOFError:
            return
        if found is not None:
            left.remove((kind, seed))
            yield from ((kind, seed, item) for item in found)


def smaller(case: Case) -> Case:
    """The case with lines taken out of its files as long as the same fault stays."""
    fault = next((item.fault for item in tried(case) if item.fault), "")
    for name, content in case.files.items():
        lines = content.split(b"\n")
        size = len(lines)
        while size:
            at = 0
            while at < len(lines):
                fewer = replace(case, files={**case.files, name: b"\n".join(lines[:at] + lines[at + size :])})
                if fault and any(item.fault == fault for item in tried(fewer)):
                    case, lines = fewer, lines[:at] + lines[at + size :]
                else:
                    at += size
            size //= 2
    return case


def show(case: Case) -> None:
    """Print a case made smaller, and how it ends."""
    case = smaller(case)
    for name, content in case.files.items():
        print(f"--- {name!r}\n{content.decode('utf-8', 'backslashreplace')}")
    for item in tried(case):
        print(
            f"$ stdspec {item.words}\nstatus {item.status}, {item.seconds:.2f} s, {item.fault}\n{item.detail[-3000:]}"
        )


def main() -> int:
    """Try many, and print how many there were, the slowest, and each kind of failure with an input that shows it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=20_000, help="how many inputs")
    options.add_argument("--seed", type=int, default=0, help="the first seed")
    options.add_argument("--kind", choices=tuple(KINDS), action="append", help="only inputs of this kind")
    options.add_argument("--only", help="one input, as KIND:SEED")
    given = options.parse_args()
    if given.only:
        kind, _, seed = given.only.partition(":")
        prepare()
        show(made(kind, int(seed)))
        return 0
    kinds = given.kind or list(KINDS)
    cases = [(kinds[index % len(kinds)], given.seed + index // len(kinds)) for index in range(given.count)]
    return _summed_up(cases, results(cases))


def _summed_up(cases: Sequence[tuple[str, int]], found: Iterator[tuple[str, int, Result]]) -> int:
    status: Counter[tuple[str, int]] = Counter()
    faults: dict[str, list[str]] = {}
    slowest: list[tuple[float, str, tuple[str, ...]]] = []
    for kind, seed, item in found:
        status[kind, item.status] += 1
        slowest = sorted([*slowest, (item.seconds, f"{kind}:{seed}", item.words)], reverse=True)[:5]
        if item.fault:
            faults.setdefault(item.fault, []).append(f"{kind}:{seed}")
            if len(faults[item.fault]) == 1:
                print(f"{kind}:{seed}  {item.fault}", flush=True)
    print(f"\n{len(cases)} inputs, {sum(status.values())} command lines, seeds {cases[0][1]} to {cases[-1][1]}")
    for kind in dict.fromkeys(kind for kind, _ in cases):
        print(
            f"  {kind}: "
            + ", ".join(f"{n} ended in {code}" for (name, code), n in sorted(status.items()) if name == kind)
        )
    for seconds, name, words in slowest:
        print(f"  slowest: {seconds:.2f} s  {name}  {' '.join(words)[:80]!r}")
    for fault, names in sorted(faults.items(), key=lambda item: -len(item[1])):
        print(f"  {len(names)} x {fault}: {', '.join(names[:4])}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
