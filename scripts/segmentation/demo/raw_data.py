"""What a demo data set is: Parquet files and the raw tables that they become."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from segmentation.demo.errors import DataFileChangedError


@dataclass(frozen=True)
class RawTable:
    """A raw table, and the Parquet files that fill it.

    Attributes:
        name: Name of the table.
        columns: DuckDB type by column, in the order of the table.
        row_count: Rows that the files hold.
        files: File, or pattern of files; without it `<name>.parquet`.
    """

    name: str
    columns: Mapping[str, str]
    row_count: int
    files: str = ""


@dataclass(frozen=True)
class RawData:
    """A demo data set on disk.

    Attributes:
        schema: Schema of the raw tables in the warehouse.
        folder: Folder with the Parquet files of the tables.
        tables: The tables, in the order of loading.
        release: The pip requirement whose files these are.
    """

    schema: str
    folder: Path
    tables: tuple[RawTable, ...]
    release: str

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(table.row_count for table in self.tables)

    def select(self, table: RawTable) -> str:
        """Return the query that reads the table's files."""
        path = self.path(table).replace("'", "''")
        names = ", ".join(f'"{name}"' for name in table.columns)
        return f"select {names} from read_parquet('{path}')"

    def path(self, table: RawTable) -> str:
        """Return the path of the table's files, with a pattern where there are many."""
        return str(self.folder / (table.files or f"{table.name}.parquet"))


def check_files(data: RawData) -> None:
    """Compare every file with its table before anything is written.

    The row counts come from the footers, so this reads no data.

    Raises:
        DataFileChangedError: a file is missing or damaged, or has other columns, types
            or rows.
    """
    with duckdb.connect() as connection:
        for table in data.tables:
            file = data.path(table)
            expected = _in_words(table.columns, table.row_count)
            try:
                reader = connection.execute(
                    "describe select * from read_parquet(?)", [file]
                )
                columns = {str(row[0]): str(row[1]) for row in reader.fetchall()}
                counted = connection.execute(
                    "select count(*) from read_parquet(?)", [file]
                ).fetchall()
            except duckdb.Error as error:
                found = f"no readable Parquet ({error})"
                raise DataFileChangedError(
                    file, found, expected, data.release
                ) from error
            found = _in_words(columns, counted[0][0])
            if columns != dict(table.columns) or counted[0][0] != table.row_count:
                raise DataFileChangedError(file, found, expected, data.release)


def _in_words(columns: Mapping[str, str], row_count: int) -> str:
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"{row_count} rows of {listed}"
