"""Errors carry fact, place and remedy; a package that the light install lacks is one sentence."""

import pytest

from stdspec.errors import InputError, RunError, needs_run_extra


def test_an_error_says_place_fact_and_remedy():
    error = InputError("there is no such file", place="a.yaml:3:1", remedy="check the path")
    assert str(error) == "a.yaml:3:1: there is no such file; check the path"


def test_a_missing_package_names_the_extra():
    with pytest.raises(RunError) as caught, needs_run_extra("monitoring"):
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy.linalg")
    assert str(caught.value) == (
        "monitoring needs the package 'numpy', which is not installed; "
        'install the run extra: pip install "stdspec[run]"'
    )


def test_a_missing_module_of_stdspec_itself_is_our_fault():
    with pytest.raises(ModuleNotFoundError), needs_run_extra("monitoring"):
        raise ModuleNotFoundError("No module named 'stdspec.gone'", name="stdspec.gone")
