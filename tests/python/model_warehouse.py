"""Models as compiled, run in memory on tables that a test gives."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]

from dbt_project import REPOSITORY, DbtProject
from shared_folder import made_once


def compiled(name: str, models: Collection[str], variables: Mapping[str, Any]) -> Path:
    """Return the folder with each model as DuckDB would run it; made once.

    Args:
        name: Of the folder.
        models: Models to compile.
        variables: Settings that they are compiled with.
    """

    def write(folder: Path) -> None:
        project = DbtProject(REPOSITORY, folder / "warehouse.duckdb", vars=variables)
        result = project.dbt("compile", "--select", *models)
        assert result.success, result.log
        for model in models:
            path = next(project.artifacts.glob(f"compiled/**/{model}.sql"))
            (folder / f"{model}.sql").write_text(path.read_text())

    return made_once(name, write)


class ModelWarehouse:
    """A database in memory, and compiled models to run in it.

    Args:
        folder: Where `compiled` wrote them.
        schemas: Schema of each model, in the order in which one reads another.
    """

    def __init__(self, folder: Path, schemas: Mapping[str, str]) -> None:
        self.schemas = schemas
        self.connection = duckdb.connect()
        # The name that compiled statements give.
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        self.statements = {
            name: (folder / f"{name}.sql").read_text() for name in schemas
        }

    def give(self, name: str, frame: pd.DataFrame) -> None:
        """Create a table anew from a frame."""
        schema, _, _ = name.partition(".")
        self.connection.execute(f"create schema if not exists {schema}")
        self.connection.register("given", frame)
        self.connection.execute(f"create or replace table {name} as from given")
        self.connection.unregister("given")

    def run(self, *names: str) -> None:
        """Build models, all of them by default, each from those before it."""
        for name in names or self.schemas:
            schema = self.schemas[name]
            self.connection.execute(f"create schema if not exists {schema}")
            self.connection.execute(
                f"create or replace table {schema}.{name} as ({self.statements[name]})"
            )

    def rows(self, name: str) -> pd.DataFrame:
        """Return what a model holds."""
        return self.connection.sql(f"from {self.schemas[name]}.{name}").df()
