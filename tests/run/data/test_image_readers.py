"""IDX, NumPy and CIFAR-10 files: what is read, and what is refused."""

import gzip
import struct

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")

from stdspec.errors import InputError
from stdspec.run.data.reader import read
from stdspec.run.data.readers.idx import read_images

PIXELS = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
LABELS = np.array([7, 0, 7], dtype=np.uint8)


def idx(values, kind=0x08):
    header = bytes([0, 0, kind, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return header + values.tobytes()


def pair(folder, images, labels, names=("x", "y")):
    (folder / names[0]).write_bytes(images)
    (folder / names[1]).write_bytes(labels)
    return {"kind": "idx", "images": names[0], "labels": names[1]}


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_idx_files_give_images_with_one_channel(tmp_path, settings, packed):
    found = read(pair(tmp_path, packed(idx(PIXELS)), packed(idx(LABELS))), settings).raw
    assert found.pixels.shape == (3, 1, 4, 5)
    assert np.array_equal(found.pixels[:, 0], PIXELS)
    assert list(found.labels) == ["7", "0", "7"]
    assert found.value_range == (0.0, 255.0)


def test_big_endian_values_are_read_as_numbers(tmp_path, settings):
    wide = (PIXELS.astype(">i2") * 100).astype(">i2")
    found = read(pair(tmp_path, idx(wide, 0x0B), idx(LABELS)), settings).raw
    assert found.pixels.max() == 5900
    assert found.value_range == (0.0, 5900.0)


def test_numpy_files_are_read_with_their_channels(tmp_path, settings):
    np.save(tmp_path / "x.npy", np.ones((3, 2, 4, 5), dtype=np.float32))
    np.save(tmp_path / "y.npy", LABELS)
    found = read({"kind": "idx", "images": "x.npy", "labels": "y.npy"}, settings).raw
    assert found.pixels.shape == (3, 2, 4, 5)


@pytest.mark.parametrize(
    ("images", "labels", "at", "fact"),
    [
        (b"", idx(LABELS), "x", "the file is empty"),
        (b"\x89PNG\r\n", idx(LABELS), "x", "starts with 89 50 4e 47, which is not the magic number of IDX"),
        (idx(PIXELS)[:-3], idx(LABELS), "x", "has 73 bytes where its header announces 76"),
        (idx(PIXELS)[:6], idx(LABELS), "x", "has 6 bytes"),
        (gzip.compress(idx(PIXELS))[:-9], idx(LABELS), "x", "cannot be read"),
        (idx(PIXELS), idx(LABELS[:2]), "y", "there are 3 images and 2 labels"),
        (idx(PIXELS), idx(PIXELS), "y", "labels of shape (3, 4, 5) are not one a row"),
        (idx(LABELS), idx(LABELS), "x", "an array of shape (3,) is no set of images"),
        (idx(PIXELS[:0]), idx(LABELS[:0]), "x", "holds no images"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, settings, images, labels, at, fact):
    with pytest.raises(InputError) as caught:
        read(pair(tmp_path, images, labels), settings)
    assert fact in caught.value.message
    assert caught.value.place.endswith(f"/{at}")


def test_an_array_of_objects_is_refused_and_never_unpickled(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"this is no \.npy file"):
        read_images(tmp_path / "x.npy")


def test_a_batch_may_be_one_npz_file_with_labels(tmp_path):
    np.savez(tmp_path / "x.npz", images=PIXELS, labels=LABELS)
    pixels, labels = read_images(tmp_path / "x.npz")
    assert pixels.shape == (3, 1, 4, 5)
    assert np.array_equal(labels, LABELS)
    np.savez(tmp_path / "z.npz", other=PIXELS)
    with pytest.raises(InputError, match="holds other and none of images"):
        read_images(tmp_path / "z.npz")
    (tmp_path / "w.npz").write_bytes(b"PK nonsense")
    with pytest.raises(InputError, match=r"this is no \.npz file"):
        read_images(tmp_path / "w.npz")


def cifar(folder, **batches):
    folder.mkdir(exist_ok=True)
    for name, labels in batches.items():
        records = b"".join(bytes([label]) + bytes([label * 10]) * 3072 for label in labels)
        (folder / f"{name}.bin").write_bytes(records)
    return {"kind": "cifar10", "path": folder.name}


def test_cifar_batches_are_read_in_order_and_the_test_batch_is_the_test_split(tmp_path, settings):
    found = read(cifar(tmp_path / "c", data_batch_1=[3, 5], data_batch_2=[0], test_batch=[9]), settings)
    assert found.raw.pixels.shape == (4, 3, 32, 32)
    assert list(found.raw.labels) == ["cat", "dog", "airplane", "truck"]
    assert list(found.raw.pixels[:, 0, 0, 0]) == [30, 50, 0, 90]
    assert list(found.raw.predefined) == ["train", "train", "train", "test"]
    assert sorted(found.digests) == ["data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"]


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"", "the file is empty"),
        (bytes(3000), "the file is cut off: 3000 bytes"),
        (bytes([11]) + bytes(3072), "record 1 has the label 11"),
    ],
)
def test_a_damaged_cifar_batch_is_refused(tmp_path, settings, data, fact):
    source = cifar(tmp_path / "c", data_batch_1=[1])
    (tmp_path / "c" / "data_batch_1.bin").write_bytes(data)
    with pytest.raises(InputError) as caught:
        read(source, settings)
    assert fact in caught.value.message
    assert caught.value.place.endswith("c/data_batch_1.bin")
