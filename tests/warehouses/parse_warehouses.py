"""Compile every model and test for warehouses nobody connects to, and parse the SQL.

The real adapters write the SQL, and sqlglot reads it by the grammar of the warehouse.
A function that the grammar does not know counts as an error unless it stands here.
Nothing is run: that the warehouse has each type, and gives the same rows, is not shown.
"""

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

import sqlglot
from dbt.cli.main import dbtRunner
from sqlglot import exp

REPOSITORY = Path(__file__).resolve().parents[2]
# What an adapter must be told before it compiles; nothing is ever connected to.
WAREHOUSES: dict[str, dict[str, str | int]] = {
    "snowflake": {
        "account": "none",
        "user": "none",
        "password": "none",
        "database": "segmentation",
        "warehouse": "none",
    },
    "bigquery": {"method": "oauth", "project": "segmentation"},
    "databricks": {"host": "none", "http_path": "none", "token": "none"},
    "redshift": {
        "host": "none",
        "user": "none",
        "password": "none",
        "port": 5439,
        "dbname": "segmentation",
    },
}
DATA_SETS = ("complete_journey", "omnichannel")
# Functions that the warehouse has, or that the user must add, though sqlglot's grammar
# gives them no meaning of their own.
KNOWN_FUNCTIONS = {
    "snowflake": frozenset({"normalize"}),
    "bigquery": frozenset({"normalize"}),
    "databricks": frozenset({"conv", "octet_length", "timestamp_micros"}),
    "redshift": frozenset({"normalize", "octet_length", "segmentation_edit_distance"}),
}


class CompileError(Exception):
    """dbt could not compile the project for a warehouse."""


def main(words: Sequence[str] | None = None) -> int:
    """Print what was parsed per warehouse and data set, and each problem.

    Returns:
        The exit code: 1 when any statement has a problem.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouses", nargs="*", default=list(WAREHOUSES))
    found = 0
    for warehouse in parser.parse_args(words).warehouses:
        for data_set in DATA_SETS:
            with tempfile.TemporaryDirectory(prefix="segmentation_sql_") as folder:
                files = compiled(warehouse, data_set, Path(folder))
                problems = [
                    f"{file.name}: {problem}"
                    for file in files
                    for problem in problems_of(file.read_text(), warehouse)
                ]
            print(
                f"{warehouse}, {data_set}: {len(files)} statements parsed, "
                f"{len(problems)} problems"
            )
            for problem in problems:
                print(f"  {problem}")
            found += len(problems)
    return min(found, 1)


def compiled(warehouse: str, data_set: str, folder: Path) -> list[Path]:
    """Return the compiled models, tests and analyses.

    Args:
        warehouse: Type of the adapter.
        data_set: Value of `segmentation_dataset`.
        folder: Where dbt may write.

    Raises:
        CompileError: dbt says what is wrong in its own words.
    """
    output = {"type": warehouse, "schema": "main", **WAREHOUSES[warehouse]}
    profile = {"target": warehouse, "outputs": {warehouse: output}}
    # JSON is YAML too.
    (folder / "profiles.yml").write_text(json.dumps({"segmentation": profile}))
    variables = json.dumps({"segmentation_dataset": data_set})
    words = ["compile", "--no-populate-cache", "--quiet", "--log-level-file", "none"]
    words += ["--project-dir", str(REPOSITORY), "--profiles-dir", str(folder)]
    words += ["--target", warehouse, "--vars", variables]
    words += ["--target-path", str(folder), "--log-path", str(folder)]
    with unconnected(warehouse):
        result = dbtRunner().invoke(words)
    if not result.success:
        raise CompileError(f"{warehouse}, {data_set}: {result.exception}")
    return sorted((folder / "compiled").rglob("*.sql"))


@contextmanager
def unconnected(warehouse: str) -> Iterator[None]:
    """Let the adapter find an empty warehouse, and refuse to connect to any."""
    adapter: Any = importlib.import_module(f"dbt.adapters.{warehouse}").Plugin.adapter

    def no_relations(*_: Any, **__: Any) -> list[Any]:
        return []

    def refuse(*_: Any) -> NoReturn:
        raise CompileError(f"compiling for {warehouse} asks for a connection")

    with ExitStack() as stack:
        for owner, name, stand_in in (
            (adapter, "list_relations", no_relations),
            (adapter, "get_relation", lambda *_, **__: None),
            (adapter.ConnectionManager, "open", refuse),
            (adapter.ConnectionManager, "close", lambda _, connection: connection),
        ):
            stack.enter_context(mock.patch.object(owner, name, stand_in))
        yield


def problems_of(sql: str, warehouse: str) -> list[str]:
    """Return what the grammar of a warehouse does not know, in words."""
    try:
        statements = sqlglot.parse(sql, read=warehouse)
    except sqlglot.errors.SqlglotError as error:
        return [str(error).splitlines()[0]]
    unread = {
        node.name.lower() if isinstance(node, exp.Anonymous) else str(node)[:60]
        for statement in statements
        if statement is not None
        for node in statement.find_all(exp.Anonymous, exp.Command)
    }
    return [f"unknown: {name}" for name in sorted(unread - KNOWN_FUNCTIONS[warehouse])]


if __name__ == "__main__":
    sys.exit(main())
