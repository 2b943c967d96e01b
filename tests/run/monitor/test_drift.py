"""The drift statistics against SciPy, scikit-learn-free hand calculations and simulation."""

import math

import pytest

np = pytest.importorskip("numpy", reason="needs the run extra")
stats = pytest.importorskip("scipy.stats", reason="needs the run extra")

from hypothesis import given
from hypothesis import strategies as st

from stdspec.run.monitor import drift
from stdspec.run.monitor.summary import Summary, of_categories, of_numbers

COUNTS = st.lists(st.integers(0, 500), min_size=3, max_size=3).filter(any).map(np.array)


def test_psi_is_the_sum_over_shares():
    expected = (0.3 - 0.5) * math.log(0.3 / 0.5) + (0.7 - 0.5) * math.log(0.7 / 0.5)
    assert drift.psi(np.array([50, 50]), np.array([30, 70])) == pytest.approx(expected)
    assert drift.psi(np.array([1, 2, 3]), np.array([10, 20, 30])) == 0


def test_an_empty_bin_counts_as_one_in_ten_thousand():
    found = drift.psi(np.array([100, 0]), np.array([50, 50]))
    assert found == pytest.approx((0.5 - 1) * math.log(0.5) + (0.5 - 1e-4) * math.log(0.5 / 1e-4))


@given(COUNTS, COUNTS)
def test_distances_are_symmetric_and_never_negative(left, right):
    assert drift.psi(left, right) == pytest.approx(drift.psi(right, left))
    assert drift.psi(left, right) >= 0
    assert 0 <= drift.jensen_shannon(left, right) <= 1 + 1e-12


def test_jensen_shannon_is_scipys():
    from scipy.spatial.distance import jensenshannon

    left, right = np.array([10, 20, 70]), np.array([40, 40, 0])
    assert drift.jensen_shannon(left, right) == pytest.approx(jensenshannon(left / 100, right / 80, base=2))
    assert drift.jensen_shannon(np.array([1, 0]), np.array([0, 1])) == pytest.approx(1)


@pytest.mark.parametrize("distance", [drift.psi, drift.jensen_shannon])
@pytest.mark.parametrize("n", [15, 100, 1000])
def test_chance_holds_its_level_without_drift(distance, n):
    random = np.random.default_rng(1)
    over = []
    for _ in range(20):
        kept = of_numbers(random.normal(size=1000))
        counts = np.array(kept.counts)
        bound = drift.by_chance(distance, counts, n, 0.05)
        over += [distance(counts, kept.count(random.normal(size=n))) > bound for _ in range(40)]
    assert np.mean(over) < 0.08


def test_chance_shrinks_as_batches_grow():
    counts = np.full(10, 100)
    found = [drift.by_chance(drift.psi, counts, n, 0.05) for n in (20, 100, 1000)]
    assert found == sorted(found, reverse=True)
    # for large samples PSI / (1/n + 1/m) follows a chi-squared distribution with bins - 1 degrees of freedom
    assert found[-1] == pytest.approx(stats.chi2.ppf(0.95, 9) * (1 / 1000 + 1 / 1000), rel=0.1)


def test_ks_and_chi_squared_agree_with_their_definitions():
    left, right = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0])
    value, p = drift.ks(left, right)
    assert value == 0.5
    assert p == pytest.approx(0.7714285714285716)  # exact: 54 of the 70 orders differ as much
    value, p = drift.chi_squared(np.array([30, 70, 0]), np.array([50, 50, 0]))
    assert value == pytest.approx(100 * (10**2 / 40 + 10**2 / 60) / 50)
    assert p == pytest.approx(stats.chi2.sf(value, 1))
    assert drift.chi_squared(np.array([5, 0]), np.array([9, 0])) == (0.0, 1.0)


def test_wasserstein_is_in_standard_deviations():
    random = np.random.default_rng(1)
    values = random.normal(0, 4, 5000)
    assert drift.wasserstein(values, values + 2) == pytest.approx(2 / values.std())
    assert drift.wasserstein(np.zeros(5), np.full(3, 7.0)) == 7


P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(P_VALUES)
def test_benjamini_hochberg_is_scipys(values):
    assert drift.adjusted(values, "benjamini-hochberg") == pytest.approx(list(stats.false_discovery_control(values)))


@given(P_VALUES)
def test_controls_never_lower_a_p_value_and_keep_their_order(values):
    raw, found = np.array(values), {name: np.array(drift.adjusted(values, name)) for name in drift.CONTROLS}
    assert np.array_equal(found["none"], raw)
    tiny = 1e-12
    assert (raw <= found["benjamini-hochberg"] + tiny).all()
    assert (found["benjamini-hochberg"] <= found["holm"] + tiny).all()
    assert (found["holm"] <= found["bonferroni"] + tiny).all()
    assert (found["bonferroni"] <= 1).all()


def test_holm_steps_down():
    assert drift.adjusted([0.01, 0.04, 0.03, 0.005], "holm") == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert drift.adjusted([], "holm") == []


def test_deciles_hold_a_tenth_each_and_outer_bins_are_open():
    kept = of_numbers(np.arange(1000.0))
    assert kept.counts == (100,) * 10
    assert list(kept.count(np.array([-1e9, 99, 100, 1e9]))) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert len(of_numbers(np.arange(10000.0)).sample) == 2000
    assert Summary.from_json(kept.as_json()) == kept


def test_a_constant_column_shows_what_is_less_and_what_is_more():
    kept = of_numbers(np.full(50, 3.0))
    assert kept.counts == (0, 50, 0)
    assert list(kept.count(np.array([2.0, 3.0, 4.0]))) == [1, 1, 1]


def test_a_category_never_seen_has_its_own_bin():
    kept = of_categories(np.array(["a", "b", "a"]), ("a", "b"))
    assert kept.counts == (2, 1, 0)
    assert list(kept.count(np.array(["a", "z", ""]))) == [1, 0, 2]
    assert Summary.from_json(kept.as_json()) == kept
