"""Finding a source's files: light, and plain about what is missing."""

import subprocess
import sys

import pytest

from stdspec.errors import InputError
from stdspec.run.data.sources import files


def test_finding_files_imports_nothing_heavy():
    code = (
        "import sys, pathlib\n"
        "from stdspec.settings import Settings\n"
        "from stdspec.run.data.sources import files\n"
        "try:\n"
        "    files({'kind': 'sklearn', 'name': 'digits'}, Settings(root=pathlib.Path('.')))\n"
        "except Exception as error:\n"
        "    assert 'not installed' in str(error), error\n"
        "print([name for name in ('sklearn', 'numpy', 'torch') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_packaged_sets_consist_of_their_files(settings):
    pytest.importorskip("sklearn", reason="needs the run extra")
    found = files({"kind": "sklearn", "name": "diabetes"}, settings)
    assert [path.name for path in found] == ["diabetes_data_raw.csv.gz", "diabetes_target.csv.gz"]
    assert all(path.is_file() for path in found)


def test_own_code_has_no_files(settings):
    assert files({"_target_": "acme.data.Claims"}, settings) == []


@pytest.mark.parametrize(
    ("source", "place", "fact", "remedy"),
    [
        (
            {"kind": "parquet", "path": "a.parquet"},
            "data.source.kind",
            "'parquet' cannot be read",
            "cifar10, csv, idx, sklearn",
        ),
        ({"kind": "sklearn", "name": "digit"}, "data.source.name", "no set 'digit'", "did you mean 'digits'?"),
        ({"kind": "csv"}, "data.source.path", "does not say where", None),
        ({"kind": "csv", "path": "???"}, "data.source.path", "does not say where", None),
        ({"kind": "csv", "path": "trian.csv"}, "trian.csv", "does not exist", "did you mean 'train.csv'?"),
        ({"kind": "csv", "path": "."}, "", "is a folder", None),
        ({"kind": "cifar10", "path": "cifar"}, "cifar", "folder does not exist", "data.source.path"),
        ({"kind": "cifar10", "path": "."}, "", "no CIFAR-10 batch", "data_batch_1.bin"),
        ({"kind": "idx", "images": "x"}, "data.source.labels", "does not say where", None),
    ],
)
def test_what_cannot_be_found_is_said_with_place_and_remedy(settings, source, place, fact, remedy):
    (settings.root / "train.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError) as caught:
        files(source, settings)
    assert (caught.value.place or "").endswith(place)
    assert fact in caught.value.message
    if remedy:
        assert remedy in (caught.value.remedy or "")
