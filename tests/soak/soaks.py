"""The soaks: which data are delivered over which nights."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb

from companies import COMPLETE_JOURNEY, OMNICHANNEL
from dbt_project import REPOSITORY, DbtProject
from nightly import Nightly
from omnichannel import generated
from scenario import Scenario
from segmentation.demo import find_data
from segmentation.demo.raw_data import RawData, RawTable
from sources import Source

SOURCES: Mapping[str, Mapping[str, Source]] = {
    "omnichannel": OMNICHANNEL,
    "complete_journey": COMPLETE_JOURNEY,
}
LAST_DAYS = {
    "omnichannel": date(2025, 12, 31),
    "complete_journey": date(2017, 12, 31),
}


def scenario(
    dataset: str, customers: int, nights: int, seed: int, folder: Path
) -> Scenario:
    """Return nights of deliveries that end on the data set's last day.

    Args:
        dataset: A demo data set.
        customers: How many customers the company has, or how many households of the
            real data are taken; 0 are all of them.
        nights: Nights after the first load.
        seed: Of every draw.
        folder: Where rows are written.
    """
    data = _DATA[dataset](customers, folder)
    first = LAST_DAYS[dataset] - timedelta(days=nights)
    return Scenario(data, SOURCES[dataset], first, nights, seed, folder)


def nightly(dataset: str, folder: Path, *selection: str, months: int = 13) -> Nightly:
    """Return the project on an empty warehouse.

    Args:
        dataset: A demo data set.
        folder: Of the warehouse; what it publishes lies beside it.
        selection: Options that choose nodes; none is all of them.
        months: Of history.
    """
    settings = {
        "segmentation_dataset": dataset,
        "segmentation_history_months": months,
        # More goes wrong than a release would stand.
        "segmentation_quarantine_max_share": 0.5,
    }
    project = DbtProject(REPOSITORY, folder / f"{dataset}.duckdb", vars=settings)
    return Nightly(project, selection)


def _company(customers: int, _: Path) -> RawData:
    return generated(customers).raw


def _journey(households: int, folder: Path) -> RawData:
    """Return the real data, or the part that concerns some households."""
    data = find_data("complete_journey")
    if not households:
        return data
    target = folder / "some_households"
    target.mkdir(parents=True)
    tables = []
    with duckdb.connect() as connection:
        [buyers] = [table for table in data.tables if table.name == "transactions"]
        connection.execute(
            "create table chosen as select household_id from "
            f"(select distinct household_id from ({data.select(buyers)})) "
            f"order by hash(household_id) limit {households}"
        )
        for table in data.tables:
            query = data.select(table)
            if "household_id" in table.columns:
                query = f"from ({query}) semi join chosen using (household_id)"
            written = connection.execute(
                f"copy ({query}) to '{target / table.name}.parquet' (format parquet)"
            ).fetchall()
            tables.append(RawTable(table.name, table.columns, written[0][0]))
    return RawData(data.schema, target, tuple(tables), data.release)


_DATA: Mapping[str, Callable[[int, Path], RawData]] = {
    "omnichannel": _company,
    "complete_journey": _journey,
}
