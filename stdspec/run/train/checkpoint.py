"""Checkpoints that a training goes on from: on the disk whole or not at all, and never taken for what they are not.

The digest beside a checkpoint is written last: it says that the checkpoint is there. Lightning's own writer stages in
the folder for temporary files, moves and flushes nothing; a full disk costs it the checkpoint before, too.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric.plugins import CheckpointIO
from typing_extensions import override

from stdspec.digest import digest_bytes
from stdspec.run import durable

_SUFFIX: Final = ".ckpt"
_SEAL: Final = ".digest"
_KEPT: Final = 2
"""The newest may be damaged, and the one before it then serves."""

_NOT_NEEDED: Final = ("hyper_parameters", "hparams_name", "hparams_type", "datamodule_hyper_parameters")
"""Parts of Lightning's checkpoint that say how to build the module; it is built from the spec."""


class NotPlain(Exception):
    """A checkpoint that holds other things than tensors and plain data, and so could not be read back safely."""


class Durable(CheckpointIO):
    """Writes and reads the checkpoints of Lightning's Trainer."""

    def __init__(self) -> None:
        self._tried = False

    @override
    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        """Write a checkpoint and its digest, and drop those that are not needed any more.

        Raises:
            NotPlain: when it could not be read back.
            OSError: when it cannot be written; those before it are still there.
        """
        place, buffer = Path(path), io.BytesIO()
        kept = {name: value for name, value in checkpoint.items() if name not in _NOT_NEEDED}
        try:
            torch.save(kept, buffer)
            if not self._tried:
                buffer.seek(0)
                _read(buffer)
                self._tried = True
        except NotPlain:
            raise
        except Exception as error:  # pickling raises what own classes raise
            raise NotPlain(said(error)[:200]) from error
        data = buffer.getvalue()
        durable.write(place, data)
        durable.write(_seal(place), digest_bytes(data).encode())
        for old in _not_needed(place):
            self.remove_checkpoint(old)

    @override
    def load_checkpoint(
        self, path: Any, map_location: Any | None = None, weights_only: bool | None = None
    ) -> dict[str, Any]:
        """Read a checkpoint: tensors and plain data alone, on the CPU.

        Raises:
            NotPlain: when it holds anything else.
        """
        return _read(Path(path))

    @override
    def remove_checkpoint(self, path: Any) -> None:
        """Take a checkpoint away, its seal first."""
        _seal(Path(path)).unlink(missing_ok=True)
        Path(path).unlink(missing_ok=True)


def _read(source: Path | io.BytesIO) -> dict[str, Any]:
    try:
        found: dict[str, Any] = torch.load(source, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:  # torch's advice, to read it all the same, is none to pass on
        named = re.search(r"GLOBAL (\S+)", str(error))
        what = f"a {named[1]}" if named else "other things"
        raise NotPlain(f"it holds {what} beside tensors and plain data") from error
    return found


def name(epoch: int, batch: int) -> str:
    """The file of the checkpoint from which batch `batch` of epoch `epoch` is the next, both from 0."""
    return f"{epoch:06d}-{batch:09d}{_SUFFIX}"


def newest(folder: Path, note: Callable[[str], None]) -> Path | None:
    """The newest checkpoint that is what was written; a damaged one is passed over with a note."""
    for place in _all(folder):
        try:
            sealed = _seal(place).read_text(encoding="utf-8", errors="replace")
            if digest_bytes(place.read_bytes()) == sealed:
                return place
        except FileNotFoundError:  # a kill came before the seal: it was never there
            continue
        note(f"the checkpoint {place.stem} does not match its digest; it is passed over")
    return None


def forget(folder: Path) -> None:
    """Take every checkpoint away."""
    for place in _all(folder):
        Durable().remove_checkpoint(place)


def _all(folder: Path) -> list[Path]:
    """The checkpoints in a folder, the newest first."""
    return sorted(folder.glob(f"*{_SUFFIX}"), reverse=True)


def _not_needed(place: Path) -> list[Path]:
    """What is older than the last few, and what is newer than `place`: nobody could go on from that."""
    found = _all(place.parent)
    here = found.index(place)
    return found[:here] + found[here + _KEPT :]


def said(error: Exception) -> str:
    """The first line of what an error says, or its type where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _seal(place: Path) -> Path:
    return place.with_name(place.name + _SEAL)
