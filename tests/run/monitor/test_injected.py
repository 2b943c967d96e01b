"""Drift that is put in on purpose: heard where the tests can hear it, and said of which it was not."""

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")
pytest.importorskip("torch", reason="needs the run extra")

from toy_run import MONITORING, Model, halves, reference, rows, table

from stdspec.run.data.dataset import Dataset
from stdspec.run.monitor import injected
from stdspec.run.monitor.reference import describe

pytestmark = pytest.mark.run


def _heard(tests, inputs=None, control="none"):
    kept = reference({**MONITORING, "drift": {"control": control, "tests": tests}})
    unseen = table().inputs[halves(1200).validation] if inputs is None else inputs
    return injected.heard(kept, unseen, Model.scores)


def test_every_declared_test_hears_the_drift_that_was_put_in():
    found = _heard(MONITORING["drift"]["tests"], control="benjamini-hochberg")
    assert found == {
        "features": {"statistic": "psi", "injected": injected.RAISED, "rows": 200, "alerted": True, "unheard": []},
        "predictions": {"statistic": "ks", "injected": injected.CHOSEN, "rows": 100, "alerted": True, "unheard": []},
    }


def test_an_alert_that_nothing_reaches_is_deaf():
    found = _heard({"features": {"statistic": "psi", "alert": 50}, "predictions": {"statistic": "ks", "alert": 0}})
    assert [item["alerted"] for item in found.values()] == [False, False]
    assert found["features"]["unheard"] == ["size", "weight", "colour"]


def test_one_deaf_feature_makes_the_test_of_all_deaf_and_is_named():
    found = _heard({"features": {"statistic": "psi", "alert": 0.2}, "size": {"statistic": "psi", "alert": 50}})
    assert (found["features"]["alerted"], found["size"]["alerted"]) == (True, False)
    assert found["size"]["unheard"] == ["size"]
    assert found["features"]["unheard"] == []


def test_a_test_that_looks_at_nothing_hears_nothing():
    found = _heard({"colour": {"statistic": "wasserstein", "alert": 0.1}})  # categories have no such distance
    assert found["colour"]["alerted"] is False


def test_rows_too_few_to_tell_drift_from_chance_raise_no_alert():
    found = _heard({"features": {"statistic": "psi", "alert": 0.2}}, rows(6, 3))
    assert found["features"]["alerted"] is False


@pytest.mark.parametrize("tests", [{}, None, {"features": None}])
def test_without_a_declared_test_nothing_is_said(tests):
    assert _heard(tests) == {}


def test_images_are_brightened():
    random = np.random.default_rng(0)
    pixels = random.uniform(0, 12, (300, 1, 4, 4)).astype(np.float32)
    data = Dataset("image", pixels, np.arange(300) % 2, ("no", "yes"), value_range=(0.0, 16.0))
    kept = describe(data, halves(300), Model(), MONITORING, {})
    found = injected.heard(kept, pixels[halves(300).validation], Model.scores)
    assert found["features"]["injected"] == injected.BRIGHTENED
    assert found["features"]["alerted"] is True
    assert pixels.max() <= 12  # the rows themselves are left as they were
