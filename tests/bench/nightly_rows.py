"""Deliver the rows of a data set to a warehouse, as their load times say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from scenario import OPENING
from segmentation.demo.raw_data import RawData
from sources import CLOCKS, Source

# Sorts what is larger on disk.
MEMORY = "4GB"


@dataclass
class Nights:
    """Nights of a data set whose tables all say when a row was loaded.

    Attributes:
        data: The complete data set.
        sources: Which column of a table says so, in which clock.
    """

    data: RawData
    sources: Mapping[str, Source]
    _delivered: dict[Path, datetime] = field(default_factory=dict)

    def deliver(self, warehouse: Path, until: date) -> None:
        """Append the rows that were loaded since the last time, until a night."""
        opening = datetime.combine(until + timedelta(days=1), OPENING)
        after = self._delivered.get(warehouse)
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"create schema if not exists {self.data.schema}")
            for table in self.data.tables:
                loaded = self.sources[table.name].loaded
                assert loaded is not None
                column, clock = loaded
                at = CLOCKS[clock][0].format(column=column)
                rows = f"select * from ({self.data.select(table)}) where {at} "
                name = f"{self.data.schema}.{table.name}"
                if after is None:
                    query = f"create table {name} as {rows} <= '{opening}'"
                else:
                    query = (
                        f"insert into {name} {rows} > '{after}' and {at} <= '{opening}'"
                    )
                connection.execute(f"{query} order by {at}")
        self._delivered[warehouse] = opening
