"""The sets that scikit-learn packages, and the digests of their files."""

import pytest

pytest.importorskip("sklearn", reason="needs the run extra")

from stdspec.digest import digest_file
from stdspec.run.data.reader import read
from stdspec.run.data.sources import SKLEARN_FILES, files

SHAPES = {"breast_cancer": (569, 30), "diabetes": (442, 10), "iris": (150, 4), "wine": (178, 13)}


@pytest.mark.parametrize("name", SHAPES)
def test_tables_have_their_rows_and_columns(settings, name):
    table = read({"kind": "sklearn", "name": name}, settings).raw
    assert (len(table), len(table.columns)) == SHAPES[name]


def test_digits_are_images_in_their_own_range(settings):
    images = read({"kind": "sklearn", "name": "digits"}, settings).raw
    assert images.pixels.shape == (1797, 1, 8, 8)
    assert (images.pixels.min(), images.pixels.max()) == images.value_range == (0.0, 16.0)


def test_diabetes_is_in_its_own_units(settings):
    table = read({"kind": "sklearn", "name": "diabetes"}, settings).raw
    assert 18 <= table.columns["age"].min() <= table.columns["age"].max() <= 80


@pytest.mark.parametrize("name", SKLEARN_FILES)
def test_what_was_read_is_told_by_the_digests_of_its_files(settings, name):
    found = read({"kind": "sklearn", "name": name}, settings)
    assert found.digests == {
        path.name: digest_file(path) for path in files({"kind": "sklearn", "name": name}, settings)
    }
