"""What clusters are learned from."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dbt_project import REPOSITORY
from segmentation.profiles import load_profile
from segmentation.train.clusters.source import OUTCOMES, read_panel

DATES = [date(2024, month, 28) for month in (1, 5, 9, 12)]


def test_nobody_who_objects_today_is_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 120 customers 5 object before December, and 7 others in December.

    Who objects at a date has no inputs there.
    """
    warehouse = tmp_path / "warehouse.duckdb"
    monkeypatch.setenv("SEGMENTATION_WAREHOUSE", str(warehouse))
    outcomes = ", ".join(f"1.0 as {name}" for name in OUTCOMES)
    with duckdb.connect(
        str(warehouse), config={"storage_compatibility_version": "v1.5.0"}
    ) as connection:
        connection.execute(
            "create table features__customers as select 'c' || number as customer_id, "
            f"unnest(?::date[]) as as_of_date, {outcomes}, case when as_of_date = ? "
            "then number >= 7 else number < 115 end as is_profiled "
            "from range(120) as numbers(number)",
            [DATES, DATES[3]],
        )
        connection.execute(
            "create table int_segments__behavior_inputs as select customer_id, "
            "as_of_date, 2.0 as orders from features__customers where is_profiled"
        )
    profile = load_profile(REPOSITORY)

    newest = read_panel(profile, "behavior")
    earlier = read_panel(profile, "behavior", through=DATES[2])

    assert newest.dates == tuple(DATES[1:])
    assert [len(newest.earlier.logs), len(newest.before.logs)] == [108, 108]
    assert len(newest.logs) == 113
    assert earlier.dates == tuple(DATES[:3])
    assert [len(earlier.earlier.logs), len(earlier.logs)] == [108, 108]
