"""Write raw tables to Spark, each of them whole or not at all."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from segmentation.connections import open_spark, warehouse_name
from segmentation.demo.errors import LoadFailedError
from segmentation.demo.raw_data import RawData
from segmentation.profiles import Profile

SPARK_TYPES = {
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}


def load_spark(
    sets: Sequence[RawData], profile: Profile, advance: Callable[[str, float], None]
) -> None:
    """Replace the raw tables of data sets.

    A reader sees a table as it was or as it is now. Iceberg has no transaction over
    several: a load that fails leaves those before it new, and a second load finishes.

    Args:
        sets: The data sets on disk.
        profile: A Spark target of the method session.
        advance: Called with a table's name and the number of rows just written.

    Raises:
        LoadFailedError: Spark refused.
    """
    from pyspark.errors import PySparkException

    session = open_spark(profile)
    for data in sets:
        session.sql(f"create schema if not exists {data.schema}")
        for table in data.tables:
            name = f"{data.schema}.{table.name}"
            casts = ", ".join(
                f"cast({column} as {SPARK_TYPES[kind]}) as {column}"
                for column, kind in table.columns.items()
            )
            # DuckDB reads what the files hold; Spark would guess at some types.
            with tempfile.TemporaryDirectory(prefix="segmentation_demo_") as folder:
                file = Path(folder) / "rows.parquet"
                with duckdb.connect() as connection:
                    connection.execute(
                        f"copy ({data.select(table)}) to '{file}' (format parquet)"
                    )
                session.read.parquet(str(file)).createOrReplaceTempView("delivered")
                try:
                    session.sql(
                        f"create or replace table {name} using iceberg as "
                        f"select {casts} from delivered"
                    )
                except PySparkException as error:
                    raise LoadFailedError(
                        warehouse_name(profile), name, str(error)
                    ) from error
            advance(table.name, table.row_count)
