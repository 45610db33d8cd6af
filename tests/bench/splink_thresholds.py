"""The customers that Splink's scored pairs give at any threshold."""

from pathlib import Path

import duckdb
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# Match weights are bits: 0 is a probability of one half, 4.25 of .95.
WEIGHTS = tuple(np.arange(-5, 20.5, 0.5).tolist())


def write_answers(records: Path, edges: Path, folder: Path) -> dict[str, float]:
    """Write one answer per threshold, for the truth to choose from.

    Args:
        records: Parquet with record_number from 0, source_system, source_customer_id.
        edges: Parquet with record_number_l, record_number_r and match_weight.
        folder: Where the answers go.

    Returns:
        Threshold by name of its file without the ending.
    """
    names = {f"splink_{number}": weight for number, weight in enumerate(WEIGHTS)}
    with duckdb.connect() as connection:
        [(count,)] = connection.execute(f"select count(*) from '{records}'").fetchall()
        pairs = connection.execute(f"select * from '{edges}'").fetchnumpy()
        for name, weight in names.items():
            kept = pairs["match_weight"] >= weight
            ends = tuple(
                pairs[f"record_number_{side}"][kept].astype(np.int64) for side in "lr"
            )
            graph = coo_array((np.ones(len(ends[0])), ends), shape=(count, count))
            _, labels = connected_components(graph, directed=False)
            connection.register("labels", {"number": np.arange(count), "of": labels})
            connection.execute(
                f"""
                copy (
                    select source_system, source_customer_id, labels.of as customer_id
                    from '{records}' as records
                    inner join labels on records.record_number = labels.number
                ) to '{folder / name}.parquet' (format parquet)
                """
            )
            connection.unregister("labels")
    return names
