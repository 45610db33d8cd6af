"""`segment train clusters --check` tells customers that moved from chance."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from cluster_worlds import Floats
from segmentation.train.clusters.drift import Check, base_date, check, compare
from segmentation.train.clusters.errors import ClustersDriftedError
from segmentation.train.clusters.parameters import Parameters
from segmentation.train.clusters.scaling import Scaling
from segmentation.train.clusters.shifts import psi, rejected

CENTRES = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0], [6.0, 6.0]])
ONES = np.ones(2)
PUBLISHED = Parameters(
    "2024-03-31",
    ("orders", "clicks"),
    Scaling(-50 * ONES, 50 * ONES, 0 * ONES, ONES, ONES),
    (1, 2, 3, 4),
    CENTRES,
)
THEN, NOW, SEASON = date(2024, 3, 31), date(2025, 3, 31), date(2024, 12, 31)


def customers(seed: int, centres: Floats = CENTRES) -> Floats:
    random = np.random.default_rng(seed)
    near = centres[random.integers(4, size=1500)]
    return near + 1.5 * random.standard_normal((1500, 2))


def test_other_customers_of_the_kind_have_the_same_clusters() -> None:
    """Centres are the true ones: a refit differs by what 1,500 customers tell."""
    for seed in range(5):
        found = compare(PUBLISHED, NOW, customers(seed), THEN, customers(seed + 99))
        assert found.failures == []
        check(found)


def test_a_cluster_that_moves_is_found_in_its_centre_and_its_customers() -> None:
    moved = CENTRES + np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [3.0, 0.0]])
    found = compare(PUBLISHED, NOW, customers(1, moved), None, None)
    share, shift = found.movements
    assert share.found > share.bound
    assert shift.found == pytest.approx(3.0, abs=0.5)
    assert found.base is None
    with pytest.raises(ClustersDriftedError, match="2024-03-31 no longer holds"):
        check(found)


def test_an_input_that_shifts_counts_where_the_season_is_known() -> None:
    base, now = customers(1), customers(2)
    now[:, 1] += 1.5

    def found(since: date) -> Check:
        return compare(PUBLISHED, NOW, now, since, base)

    assert [shift.is_alarm for shift in found(THEN).shifts] == [False, True]
    shifted = [text for text in found(THEN).failures if "clicks shifted" in text]
    assert len(shifted) == 1
    assert not [text for text in found(SEASON).failures if "clicks shifted" in text]
    assert not found(SEASON).is_season_known


def test_inputs_are_compared_with_the_same_month_of_another_year() -> None:
    night = date(2025, 3, 30)
    assert base_date([THEN, SEASON, night, NOW], NOW, SEASON) == THEN
    assert base_date([SEASON, night, NOW], NOW, SEASON) == SEASON
    assert base_date([night, NOW], NOW, SEASON) is None
    assert base_date([NOW], NOW, NOW) is None


def test_the_index_is_that_of_the_shares() -> None:
    """(.8 - .5) ln(.8 / .5) + (.2 - .5) ln(.2 / .5) = .4159."""
    index = psi(np.array([5e6, 5e6]), np.array([8e6, 2e6]))
    assert float(index) == pytest.approx(0.4159, abs=1e-4)


def test_discoveries_are_those_of_scipy() -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        chances = random.uniform(size=12) ** 4
        adjusted = false_discovery_control(chances)
        assert rejected(chances.tolist(), 0.01) == (adjusted <= 0.01).tolist()
