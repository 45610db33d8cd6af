"""Models of platform values on tables that stand in for what they read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]
from psycopg2.extras import execute_values

from dbt_project import DbtProject

IDENTIFIERS = "main_identity.int_contact__identifiers"
RECORDS = "main_identity.identity__golden_records"
RULES = "main_internal.platform_rules"
MODELS = ("int_activation__platform_identifiers", "int_activation__platform_names")
NAMES = ("first_name", "last_name", "city", "region", "postal_code", "country")
CONTACTS = ("email", "phone")
Row = tuple[Any, ...]


class PlatformWarehouse:
    """The two models on one engine, whose inputs are given."""

    def __init__(self, project: DbtProject) -> None:
        self.project = project
        self._execute("create schema if not exists main_identity")

    def seed(self, *names: str) -> None:
        """Load seeds of the project."""
        result = self.project.dbt("seed", "--full-refresh", "--select", *names)
        assert result.success, result.log

    def give_rules(self, rules: Sequence[tuple[str, str, str]]) -> None:
        """Let rules hold, each a platform, a field and the rule; names stay plain."""
        rows = [(*rule, "plain", "2000-01-01") for rule in rules]
        self._give(RULES, "platform, field, rule, encoding, valid_from date", rows)

    def give_people(self, people: Sequence[Mapping[str, str | None]]) -> None:
        """Give people with values of fields of the seed, each known by their number.

        The hash of an identifier is its kind and that number.
        """
        held = [
            (f"{number}", kind, f"{kind} {number}", person[kind], "true")
            for number, person in enumerate(people)
            for kind in CONTACTS
            if person.get(kind) is not None
        ]
        columns = "customer_id, identifier_type, identifier_hash, spelling"
        self._give(IDENTIFIERS, f"{columns}, is_usable boolean", held)
        records = [
            (f"{number}", *(person.get(name) for name in NAMES))
            for number, person in enumerate(people)
        ]
        columns = ", ".join(["customer_id", *NAMES[:-1], "country_code"])
        self._give(RECORDS, columns, records)

    def build(self, as_of: str) -> None:
        """Run both models as of a day."""
        settings = {**self.project.vars, "segmentation_as_of": as_of}
        project = replace(self.project, vars=settings)
        result = project.dbt("run", "--select", *MODELS)
        assert result.success, result.ending

    def hashes(self) -> dict[tuple[str, str], str | None]:
        """Return the hash of each platform and identifier."""
        rows = self.project.query(
            "select platform, identifier_hash, platform_value_hash "
            "from main_restricted.int_activation__platform_identifiers"
        )
        found = {(platform, key): value for platform, key, value in rows}
        assert len(found) == len(rows)
        return found

    def names(self) -> dict[tuple[str, str], dict[str, str | None]]:
        """Return the names of each platform and customer, by field."""
        rows = self.project.query(
            f"select platform, customer_id, {', '.join(NAMES)} "
            "from main_restricted.int_activation__platform_names"
        )
        found = {
            (platform, key): dict(zip(NAMES, values, strict=True))
            for platform, key, *values in rows
        }
        assert len(found) == len(rows)
        return found

    def _give(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        typed = ", ".join(c if " " in c else f"{c} text" for c in columns.split(", "))
        self._execute(f"drop table if exists {table}; create table {table} ({typed})")
        if self.project.target == "postgres":
            with self.project.connection() as connection:
                sql = f"insert into {table} values %s"
                execute_values(connection.cursor(), sql, rows, page_size=10_000)
                connection.cursor().execute(f"analyze {table}")
                connection.commit()
        else:
            frame = pd.DataFrame(rows, dtype=object)
            with duckdb.connect(str(self.project.warehouse)) as connection:
                connection.register("frame", frame)
                connection.execute(f"insert into {table} select * from frame")

    def _execute(self, statements: str) -> None:
        if self.project.target == "postgres":
            with self.project.connection() as connection:
                connection.cursor().execute(statements)
                connection.commit()
        else:
            with duckdb.connect(str(self.project.warehouse)) as connection:
                connection.execute(statements)
