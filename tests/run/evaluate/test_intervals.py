"""Intervals against known values, against scipy, and by how often they cover the truth."""

from __future__ import annotations

import time

import pytest

torch = pytest.importorskip("torch", reason="needs the run extra")

import numpy as np
from scipy import stats

from stdspec.run.evaluate.intervals import Units, bootstrap, clopper_pearson, resampled_counts
from stdspec.run.evaluate.metrics import KINDS, Case, Metric

pytestmark = pytest.mark.run


def test_thirty_two_of_thirty_two_says_no_more_than_0_891() -> None:
    lower, upper = clopper_pearson(32, 32, 0.95)
    assert lower == pytest.approx(0.025 ** (1 / 32))
    assert round(lower, 3) == 0.891
    assert upper == 1.0


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (1, 10), (5, 10), (199, 212), (357, 357)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_clopper_pearson_is_scipys_exact_interval(successes: int, trials: int, level: float) -> None:
    known = stats.binomtest(successes, trials).proportion_ci(level, method="exact")
    assert clopper_pearson(successes, trials, level) == pytest.approx((known.low, known.high), abs=1e-12)


def test_no_trials_say_nothing() -> None:
    assert clopper_pearson(0, 0, 0.95) == (0.0, 1.0)


def test_the_same_seed_gives_the_same_resamples_whatever_the_block() -> None:
    units = Units.rows(5, np.array([0, 0, 1, 1, 1]))
    counts = np.concatenate(list(resampled_counts(units, 50, 3)), axis=1)
    again = np.concatenate(list(resampled_counts(units, 50, 3)), axis=1)
    assert np.array_equal(counts, again)
    assert not np.array_equal(counts, np.concatenate(list(resampled_counts(units, 50, 4)), axis=1))


def test_resamples_keep_the_number_of_rows_of_each_class() -> None:
    strata = np.array([0, 1, 1, 0, 2, 1])
    counts = np.concatenate(list(resampled_counts(Units.rows(6, strata), 40, 0)), axis=1)
    for value, size in ((0, 2), (1, 3), (2, 1)):
        assert (counts[strata == value].sum(axis=0) == size).all()


def test_rows_of_one_group_are_drawn_together() -> None:
    groups = np.array(["b", "a", "b", "c"])
    counts = np.concatenate(list(resampled_counts(Units.groups(groups, "by group"), 40, 0)), axis=1)
    assert (counts[0] == counts[2]).all()
    assert (counts[[0, 1, 3]].sum(axis=0) == 3).all()


def test_the_bca_interval_of_a_skewed_mean_is_scipys() -> None:
    values = np.random.default_rng(0).exponential(size=60)
    estimate, lower, upper = bootstrap(
        lambda counts: (values @ counts) / counts.sum(axis=0), Units.rows(60), 0.95, 0, resamples=20_000
    )
    known = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=1).confidence_interval
    assert estimate == pytest.approx(values.mean())
    assert (lower, upper) == pytest.approx((known.low, known.high), abs=0.02)
    plain = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    assert lower > plain.low  # skewed to the right: the correction moves the interval up


def test_intervals_of_auroc_cover_the_truth_about_as_often_as_they_say() -> None:
    rng, covered, rounds = np.random.default_rng(0), 0, 120
    truth = stats.norm.cdf(1.5 / np.sqrt(2))  # of two unit normals 1.5 apart
    metric = Metric("auroc", "auroc", "binary", positive=1)
    for seed in range(rounds):
        target = np.repeat([0, 1], 60)
        score = 1 / (1 + np.exp(-rng.normal(size=120) - 1.5 * target))
        case = Case(target, np.stack([1 - score, score], axis=1))
        _, lower, upper = bootstrap(
            KINDS["auroc"].statistic(case, metric), Units.rows(120, target), 0.9, seed, resamples=400
        )
        covered += lower <= truth <= upper
    assert 0.8 <= covered / rounds <= 0.98


def test_a_statistic_that_is_mostly_undefined_has_no_interval() -> None:
    _, lower, upper = bootstrap(lambda counts: np.where(counts[0] > 0, 1.0, np.nan), Units.rows(5), 0.95, 0, 200)
    assert np.isnan(lower)
    assert np.isnan(upper)


def test_two_thousand_resamples_of_auroc_at_two_thousand_rows_take_less_than_a_second() -> None:
    rng = np.random.default_rng(0)
    target = rng.integers(0, 2, 2000)
    score = rng.random(2000)
    metric = Metric("auroc", "auroc", "binary", positive=1)
    case = Case(target, np.stack([1 - score, score], axis=1))
    start = time.process_time()
    bootstrap(KINDS["auroc"].statistic(case, metric), Units.rows(2000, target), 0.95, 0)
    assert time.process_time() - start < 1.0
