"""Hold the tables of a DuckDB warehouse and of Spark side by side."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine_comparison import EngineComparison
from segmentation.fingerprint import quoted


@dataclass
class SparkComparison(EngineComparison):
    """Tables of DuckDB and Spark, whose session is the other connection."""

    engine = "Spark"

    def _columns_there(self, schemas: Sequence[str]) -> Mapping[str, list[str]]:
        found = {}
        for schema in schemas:
            for row in self.other.sql(f"show tables in {schema}").collect():
                if not row.isTemporary:
                    name = f"{schema}.{row.tableName}"
                    found[name] = list(self.other.table(name).columns)
        return found

    def _fetch(self, relation: str, types: Mapping[str, str]) -> None:
        folder = self.folder / "rows"
        self.other.table(relation).coalesce(1).write.parquet(str(folder), "overwrite")
        casts = ", ".join(
            f"cast({quoted(name)} as {kind}) as {quoted(name)}"
            for name, kind in types.items()
        )
        # A time of Parquet that knows its zone becomes one without by that of UTC.
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute(
            f"create or replace table there as select {casts} "
            f"from read_parquet('{folder}/*.parquet')"
        )
        shutil.rmtree(folder)
