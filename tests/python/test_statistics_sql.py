"""Intervals and probabilities in SQL are those of papers and of SciPy."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pytest
from scipy import stats

from dbt_project import REPOSITORY, DbtProject

# Newcombe 1998, table II: 56/70 less 48/80 and so on, and method 10 beside them.
NEWCOMBE = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1.0)),
    ((10, 10, 0, 10), (0.6075, 1.0)),
]
SAMPLES = [
    (np.array([3.0, 4.5, 1.0, 9.0, 2.5, 2.0, 7.0, 1.5, 3.5, 4.0]), np.arange(12.0)),
    (np.array([0.0] * 30 + [50.0, 20.0]), np.array([0.0] * 60 + [10.0, 90.0, 30.0])),
]
CHI_SQUARES = [
    (value, degrees)
    for value in (0.001, 0.5, 3.84, 10.8, 25.0)
    for degrees in range(1, 8)
]
TAILS = [0.0, 0.3, 1.0, 1.959964, 3.3, 6.0]
PEOPLE = [500, 800, 5_000, 300_000]


def expressions() -> Mapping[str, str]:
    """Return the SQL of each value that a test expects, by name."""
    found = {}
    for i, (counts, _) in enumerate(NEWCOMBE):
        given = ", ".join(f"'{count}'" for count in counts)
        for sign in "-+":
            found[f"newcombe {i} {sign}"] = f"newcombe_bound({given}, '{sign}')"
    for i, (one, other) in enumerate(SAMPLES):
        square, other_square = (x.var(ddof=1) / len(x) for x in (one, other))
        given = ", ".join(
            f"'{value}e0'"
            for value in (
                one.mean() - other.mean(),
                *(square, len(one), other_square, len(other)),
            )
        )
        for sign in "-+":
            found[f"welch {i} {sign}"] = f"welch_bound({given}, '{sign}')"
    for value, degrees in CHI_SQUARES:
        name = f"chi {value} {degrees}"
        found[name] = f"chi_square_tail('{value}e0', '{degrees}')"
    for value in TAILS:
        found[f"tail {value}"] = f"normal_tail('{value}e0')"
    for people in PEOPLE:
        found[f"sequence {people}"] = f"sequence_factor('{people}e0')"
    for degrees in (9, 20, 200):
        name = f"student {degrees}"
        found[name] = f"student_from_normal('2.772e0', '{degrees}')"
    found["detectable"] = "detectable_difference('0.1e0', '400', '200')"
    return found


@pytest.fixture(scope="module")
def values() -> dict[str, float]:
    """Return what DuckDB makes of each expression."""
    columns = ",\n".join(
        f'{{{{ segmentation.{call} }}}} as "{name}"'
        for name, call in expressions().items()
    )
    with TemporaryDirectory() as folder:
        project = DbtProject(REPOSITORY, Path(folder) / "warehouse.duckdb")
        result = project.dbt("compile", "--inline", f"select {columns}")
        assert result.success, result.log
        sql = result.value.results[0].node.compiled_code
    with duckdb.connect() as connection:
        [row] = connection.execute(sql).df().to_dict("records")
    return {str(name): float(value) for name, value in row.items()}


def test_differences_of_rates_are_those_of_the_paper(
    values: Mapping[str, float],
) -> None:
    for i, (_, (low, high)) in enumerate(NEWCOMBE):
        assert values[f"newcombe {i} -"] == pytest.approx(low, abs=6e-5)
        assert values[f"newcombe {i} +"] == pytest.approx(high, abs=6e-5)


def test_differences_of_means_are_those_of_scipy(values: Mapping[str, float]) -> None:
    for i, (one, other) in enumerate(SAMPLES):
        expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
        width = expected.high - expected.low
        assert values[f"welch {i} -"] == pytest.approx(expected.low, abs=1e-4 * width)
        assert values[f"welch {i} +"] == pytest.approx(expected.high, abs=1e-4 * width)


def test_probabilities_are_those_of_scipy(values: Mapping[str, float]) -> None:
    for value, degrees in CHI_SQUARES:
        assert values[f"chi {value} {degrees}"] == pytest.approx(
            stats.chi2.sf(value, degrees), rel=1e-6
        )
    for value in TAILS:
        assert values[f"tail {value}"] == pytest.approx(stats.norm.sf(value), rel=3e-7)
    for degrees in (9, 20, 200):
        expected = stats.t.ppf(stats.norm.cdf(2.772), degrees)
        assert values[f"student {degrees}"] == pytest.approx(expected, abs=0.01)


def test_sequences_reach_as_far_as_the_paper_says(values: Mapping[str, float]) -> None:
    # Equation 5 of Waudby-Smith et al. with rho of their appendix B.2, alpha .05.
    rho = np.sqrt((-2 * np.log(0.05) + np.log(-2 * np.log(0.05) + 1)) / 5_000)
    for n in PEOPLE:
        scaled = n * rho**2
        half = np.sqrt(
            2 * (scaled + 1) / (n * scaled) * np.log((scaled + 1) ** 0.5 / 0.05)
        )
        assert values[f"sequence {n}"] == pytest.approx(half * np.sqrt(n), rel=1e-6)
    assert values["sequence 800"] < 1.8 * 1.96
    assert values["sequence 300000"] < 1.8 * 1.96


def test_a_test_of_the_detectable_difference_has_a_power_of_80_percent(
    values: Mapping[str, float],
) -> None:
    error = np.sqrt(0.1 * 0.9 * (1 / 400 + 1 / 200))
    power = stats.norm.sf(1.959964 - values["detectable"] / error)
    assert power == pytest.approx(0.8, abs=1e-4)
