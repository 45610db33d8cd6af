"""Which rows a query reads of which table, as DuckDB's own profile counts them."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import duckdb


def scanned_rows(
    connection: duckdb.DuckDBPyConnection, query: str, part: str = ""
) -> Counter[str]:
    """Run a query and return the rows that it scanned, by `schema.table`.

    A table that a query names twice is scanned twice; blocks that the engine skips by
    their smallest and largest values are not scanned.

    Args:
        connection: To the warehouse whose tables the query names.
        query: Any select statement.
        part: Run only a query whose plan names this.
    """
    if part and part not in _plan(connection, "format json", query):
        return Counter()
    connection.execute("set enable_profiling = 'no_output'")
    connection.execute("set profiling_mode = 'detailed'")
    plan = json.loads(_plan(connection, "analyze, format json", query))
    connection.execute("reset enable_profiling")
    scanned: Counter[str] = Counter()
    # No operators: the engine has answered from the statistics of its blocks.
    open_nodes: list[Mapping[str, Any]] = list(plan.get("operator", []))
    while open_nodes:
        operator = open_nodes.pop()
        open_nodes.extend(operator.get("children", []))
        table = operator.get("extra_info", {}).get("Table")
        if operator["type"] == "TABLE_SCAN" and table:
            scanned[table.split(".", 1)[1]] += int(operator["rows_scanned"])
    return scanned


def _plan(connection: duckdb.DuckDBPyConnection, options: str, query: str) -> str:
    return str(connection.execute(f"explain ({options}) {query}").fetchall()[0][1])
