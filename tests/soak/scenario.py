"""The raw rows of a data set, each with the nights on which its source delivers it.

Night 0 is the first load. A row is delivered in the night that opens after it was
loaded: at `OPENING` UTC on the day after the as-of date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

import duckdb

from deliveries import Calendar, write_deliveries
from segmentation.demo.raw_data import RawData, RawTable
from segmentation.fingerprint import quoted
from sources import Source

OPENING = time(10)  # later than the local midnight of either company


@dataclass(frozen=True)
class Scenario:
    """Nights of deliveries, the same for the same data, seed and dates.

    Args:
        data: The complete data set on disk.
        sources: How each of its tables is delivered.
        first: As-of date of the first load, night 0.
        nights: Nights after the first load.
        seed: Of every draw.
        folder: Where the delivered rows are kept.
    """

    data: RawData
    sources: Mapping[str, Source]
    first: date
    nights: int
    seed: int
    folder: Path

    def as_of(self, night: int) -> date:
        """Return the as-of date of a night."""
        return self.first + timedelta(days=night)

    def opening(self, night: int) -> datetime:
        """Return the UTC time until which rows were loaded that a night brings."""
        return datetime.combine(self.as_of(night + 1), OPENING)

    @cached_property
    def file(self) -> Path:
        """The DuckDB file with each table's rows and their nights, written once."""
        file = self.folder / "deliveries.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute("set timezone = 'UTC'")
            calendar = Calendar(self.opening(0), self.nights, self.seed)
            for table in self.data.tables:
                rows, source = self.data.select(table), self.sources[table.name]
                write_deliveries(connection, table, rows, source, calendar)
        return file

    def append(self, connection: duckdb.DuckDBPyConnection, night: int) -> int:
        """Bring one night's rows into the raw tables of a warehouse.

        Rows are appended in an order of their own. A table of which rows change in
        place or go is written anew, as its source would.

        Returns:
            The number of rows that came.
        """
        came = 0
        with self._attached(connection):
            for name, columns in self._tables():
                table = f"{self.data.schema}.{name}"
                [[new, gone]] = connection.execute(
                    f"""
                    select
                        count(*) filter (first_night = {night}),
                        count(*) filter (last_night = {night})
                    from deliveries.{name}
                    """
                ).fetchall()
                came += new
                if gone or night == 0:
                    connection.execute(
                        f"create or replace table {table} as "
                        + self._present(name, columns, night, f"night {night}")
                    )
                elif new:
                    connection.execute(
                        f"insert into {table} select {columns} from deliveries.{name} "
                        f"where first_night = {night} "
                        f"order by hash(row_place, 'night {night}')"
                    )
        return came

    def replace(
        self, connection: duckdb.DuckDBPyConnection, night: int, order: str
    ) -> None:
        """Write all that is there after a night at once, in an order of its own."""
        with self._attached(connection):
            for name, columns in self._tables():
                connection.execute(
                    f"create or replace table {self.data.schema}.{name} as "
                    + self._present(name, columns, night, order)
                )

    def raw_data(self, night: int, folder: Path) -> RawData:
        """Return what is there after a night as files, for any engine to load."""
        folder.mkdir(parents=True)
        tables = []
        with duckdb.connect() as connection, self._attached(connection):
            for table, (name, columns) in zip(
                self.data.tables, self._tables(), strict=True
            ):
                query = self._present(name, columns, night, f"files {night}")
                copied = connection.execute(
                    f"copy ({query}) to '{folder / name}.parquet' (format parquet)"
                ).fetchall()
                tables.append(RawTable(name, table.columns, copied[0][0]))
        return RawData(self.data.schema, folder, tuple(tables), self.data.release)

    def _tables(self) -> Iterator[tuple[str, str]]:
        for table in self.data.tables:
            yield table.name, ", ".join(quoted(column) for column in table.columns)

    def _present(self, name: str, columns: str, night: int, order: str) -> str:
        return (
            f"select {columns} from deliveries.{name} where first_night <= {night} "
            f"and (last_night is null or last_night > {night}) "
            f"order by hash(row_place, '{order}')"
        )

    def _attached(self, connection: duckdb.DuckDBPyConnection) -> "_Attached":
        # Rows come in the order that is asked for.
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"create schema if not exists {self.data.schema}")
        return _Attached(connection, self.file)


@dataclass(frozen=True)
class _Attached:
    connection: duckdb.DuckDBPyConnection
    file: Path

    def __enter__(self) -> None:
        self.connection.execute(f"attach '{self.file}' as deliveries (read_only)")

    def __exit__(self, *_: object) -> None:
        self.connection.execute("detach deliveries")
