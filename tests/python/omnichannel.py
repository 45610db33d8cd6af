"""The company with known truth, generated once per size, seed and world.

company = generated(customers=20_000, world="null")
frame = company.truth("persons")
rows = company.rows("select count(*) from raw.shop_orders")
"""

import pickle
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd  # type: ignore[import-untyped]

from segmentation.demo.omnichannel import Company, generate
from segmentation.demo.raw_data import RawData
from shared_folder import made_once

DATA = "data.pickle"


@dataclass(frozen=True)
class Generated:
    """A company on disk.

    Attributes:
        raw: Tables of the nine systems.
        true: What is true.
    """

    raw: RawData
    true: RawData

    def query(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query on `raw.<table>` and `truth.<table>`."""
        with duckdb.connect() as connection:
            for schema, data in (("raw", self.raw), ("truth", self.true)):
                connection.execute(f"create schema {schema}")
                for table in data.tables:
                    connection.execute(
                        f"create view {schema}.{table.name} as {data.select(table)}"
                    )
            return connection.execute(sql).df()

    def truth(self, table: str) -> pd.DataFrame:
        """Return a true table."""
        return self.query(f"select * from truth.{table}")


@cache
def generated(
    customers: int = 20_000, seed: int = 1, world: str = "standard"
) -> Generated:
    """Return a company; it is written once."""
    company = Company(customers=customers, seed=seed, world=world)

    def write(folder: Path) -> None:
        data = generate(company, folder, lambda *_: None)
        (folder / DATA).write_bytes(pickle.dumps(data))

    folder = made_once(f"omnichannel_{world}_{customers}_{seed}", write)
    return Generated(*pickle.loads((folder / DATA).read_bytes()))
