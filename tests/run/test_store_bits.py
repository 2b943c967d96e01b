"""A thousand flipped bits over everything that an entry holds: each one is found by what a run trusts, and by `verify`.

What a run trusts is `get`: it gives an entry whole or not at all, so that a damaged one is computed again.
"""

from __future__ import annotations

import json
import random
import struct
import zipfile
from pathlib import Path

import pytest

from stdspec.digest import digest
from stdspec.evidence import Record
from stdspec.run import housekeeping
from stdspec.run.store import Store

KEY = digest("a key")
MADE = {"name": "ü", "node": "train", "ingredients": {"threads": 1}, "config": {"lr": 1e-05}, "code": {"a.b": "c"}}
FLIPS = 1000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    chance = random.Random(1)
    with store.lock(KEY), store.workspace(KEY) as out:
        header = json.dumps({"w": {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]}}).encode()
        (out / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + chance.randbytes(256))
        (out / "model.onnx").write_bytes(b"\x08\x0a\x12\x07pytorch" + chance.randbytes(200))
        (out / "model.json").write_text(json.dumps({"kind": "mlp", "wide": [1e-05, 2.5, None, "\u00e9"]}, indent=1))
        (out / "card.md").write_text("# Card\n\nText  \nwith   spaces\n")
        with zipfile.ZipFile(out / "dataset.npz", "w") as archive:
            archive.writestr(zipfile.ZipInfo("rows.npy"), chance.randbytes(300))
        values = [1e-05, 1e22, {"b": 1, "a": "\u2028"}, "E", True, None, [0.1]]
        records = [Record(f"run.model.x{index}", value) for index, value in enumerate(values)]
        store.put(KEY, out, records, {"seconds": 1e-05}, MADE)
    return store


def test_every_flipped_bit_is_found(store: Store) -> None:
    files = sorted(path for path in store.place(KEY).rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".safetensors", ".onnx", ".json", ".md", ".npz"}
    chance, missed = random.Random(2), []
    for number in range(FLIPS):
        path = files[number % len(files)]
        data = path.read_bytes()
        bit = chance.randrange(8 * len(data))
        path.write_bytes(flipped(data, bit))
        if [item.key for item in housekeeping.verify(store).damaged] != [KEY]:
            missed.append((path.name, bit))
        path.write_bytes(data)
    assert missed == []
    assert housekeeping.verify(store).damaged == ()


def test_no_flipped_bit_is_handed_to_a_run(store: Store) -> None:
    place = store.place(KEY)
    sound = {path: path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}
    with store.lock(KEY):
        entry = store.get(KEY)
    assert entry is not None
    notes: list[str] = []
    reader, chance, trusted = Store(store.root, notes.append), random.Random(3), []
    for number in range(FLIPS):
        path = list(sound)[number % len(sound)]
        bit = chance.randrange(8 * len(sound[path]))
        path.write_bytes(flipped(sound[path], bit))
        with reader.lock(KEY):
            if reader.get(KEY) is not None or place.exists():
                trusted.append((path.name, bit))
        for file, data in sound.items():  # made again, as it were
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    assert trusted == []
    assert len(notes) == FLIPS
    assert {path.name for path in sound} == {
        *("dataset.npz", "entry.json", "model.json", "model.onnx", "model.safetensors", "card.md")
    }
    with reader.lock(KEY):
        assert reader.get(KEY) == entry


def test_no_bit_of_a_record_is_without_meaning(store: Store) -> None:
    path = store.place(KEY) / "entry.json"
    data = path.read_bytes()
    for bit in range(0, 8 * len(data), 13):  # every byte or the next one, every place in a byte
        path.write_bytes(flipped(data, bit))
        assert store.peek(KEY) is None, f"bit {bit % 8} of byte {bit // 8}"
    with store.lock(KEY):
        assert store.get(KEY) is None
    assert not path.exists()


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
