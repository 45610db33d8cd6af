"""Probabilities of the made-up company beside what is true, by decile.

The company is built as of the cut-off of its published parameters, which have seen
nothing of what follows. Truth stands in the schema `truth` (docs/omnichannel.md).
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from click.testing import CliRunner
from numpy.typing import NDArray

from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from segmentation.cli import cli
from segmentation.train.value.backtest import GROUPS, calibration_slope

CUT_OFF = "2025-09-30"
SETTINGS = {
    "segmentation_dataset": "omnichannel",
    "segmentation_as_of": CUT_OFF,
    "segmentation_history_months": 0,
}
# Customers whose records are of one person: of others nothing is true or false.
PEOPLE = """
    select map.customer_id, min(records.person_id) as person_id
    from main_identity.identity__customer_map as map
    inner join truth.records as records using (source_system, source_customer_id)
    group by map.customer_id
    having count(distinct records.person_id) = 1
"""
ASKED = {
    "probability_alive": f"""
        select
            probability_alive,
            coalesce(dropped_out_at >= date '{CUT_OFF}' + interval 1 day, true)
        from main.features__value
        inner join ({PEOPLE}) using (customer_id)
        inner join truth.lifetimes using (person_id)
        where probability_alive is not null
    """,
    # A record of somebody who ordered under another has no first order ahead.
    "first_order_probability_90d": f"""
        select
            first_order_probability_90d,
            coalesce(
                min(ordered_at) >= date '{CUT_OFF}' + interval 1 day
                and min(ordered_at) < date '{CUT_OFF}' + interval 91 day,
                false
            )
        from main.features__value
        inner join ({PEOPLE}) using (customer_id)
        left join truth.orders using (person_id)
        where first_order_probability_90d is not null
        group by customer_id, first_order_probability_90d
    """,
}


@dataclass(frozen=True)
class Calibration:
    """A probability beside what came true.

    Attributes:
        name: Column of `features__value`.
        groups: Customers, mean probability and share that came true, by tenth.
        total: What was expected over what came true, less one.
        slope: Of the latter on the former over the groups; 1 is calibrated.
    """

    name: str
    groups: list[tuple[int, float, float]]
    total: float
    slope: float


def calibrations() -> Iterator[Calibration]:
    """Build the company of 20,000 customers and yield what is asked of it."""
    with tempfile.TemporaryDirectory() as folder:
        project = DbtProject(REPOSITORY, Path(folder) / "company.duckdb", vars=SETTINGS)
        words = ["--project-dir", str(REPOSITORY), "demo", "load", "omnichannel"]
        loaded = CliRunner().invoke(cli, words, env=project.environment)
        assert loaded.exit_code == 0, loaded.output
        result = project.build("--select", "+features__value", *NO_TESTS)
        assert result.success, result.ending
        for name, sql in ASKED.items():
            said, true = np.array(project.query(sql), dtype=float).T
            yield calibration(name, said, true)


def calibration(
    name: str, said: NDArray[np.float64], true: NDArray[np.float64]
) -> Calibration:
    """Compare by tenths; who was said the same of stays together."""
    cuts = np.quantile(said, np.arange(1, GROUPS) / GROUPS)
    group = np.searchsorted(cuts, said, side="left")
    groups = [
        (int(each.sum()), float(said[each].mean()), float(true[each].mean()))
        for each in (group == number for number in np.unique(group))
    ]
    total = float(said.sum() / true.sum() - 1)
    return Calibration(name, groups, total, calibration_slope(said, true))
