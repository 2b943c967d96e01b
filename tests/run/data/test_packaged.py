"""The sets that scikit-learn packages, and the check of declared digests."""

import pytest

pytest.importorskip("sklearn", reason="needs the run extra")

from stdspec.digest import digest_file
from stdspec.errors import InputError
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
def test_the_true_digests_are_accepted_and_recorded(settings, name):
    declared = {path.name: digest_file(path) for path in files({"kind": "sklearn", "name": name}, settings)}
    found = read({"kind": "sklearn", "name": name, "digest": declared}, settings)
    assert found.digests == found.declared == declared


def test_another_digest_is_refused_with_file_declared_and_found(settings):
    wrong = "sha256:" + "0" * 64
    with pytest.raises(InputError) as caught:
        read({"kind": "sklearn", "name": "iris", "digest": {"iris.csv": wrong}}, settings)
    assert caught.value.place.endswith("iris.csv")
    assert wrong in caught.value.message
    assert "the file has the digest sha256:" in caught.value.message


def test_a_digest_of_a_file_that_is_none_is_refused(settings):
    with pytest.raises(InputError) as caught:
        read({"kind": "sklearn", "name": "iris", "digest": {"irs.csv": "sha256:" + "0" * 64}}, settings)
    assert caught.value.place == "data.source.digest.irs.csv"
    assert caught.value.remedy == "did you mean 'iris.csv'?"
