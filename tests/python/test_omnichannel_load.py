"""`segment demo load omnichannel` loads what was generated, and truth apart from it."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import psycopg2
import pytest
from click.testing import CliRunner, Result

from dbt_project import REPOSITORY
from omnichannel import Generated, generated
from segmentation.cli import cli
from segmentation.demo.omnichannel.tables import RAW, TRUTH

CUSTOMERS = 500
SCHEMAS = {"raw_omnichannel": RAW, "truth": TRUTH}


@pytest.fixture(scope="module")
def company() -> Generated:
    return generated(customers=CUSTOMERS, seed=5)


def load(*options: str, environment: Mapping[str, str]) -> Result:
    words = ["--project-dir", str(REPOSITORY), *options, "demo", "load", "omnichannel"]
    words += ["--customers", str(CUSTOMERS), "--seed", "5"]
    result = CliRunner().invoke(cli, words, env=dict(environment))
    assert result.exit_code == 0, result.output
    return result


def differing(warehouse: Path, company: Generated) -> list[str]:
    """Return the tables whose rows are not those of the files."""
    found = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for schema, data in (("raw_omnichannel", company.raw), ("truth", company.true)):
            for table in data.tables:
                rows = f"select * from {schema}.{table.name}"
                files = data.select(table)
                for one, other in ((rows, files), (files, rows)):
                    sql = f"select count(*) from ({one} except all {other})"
                    if connection.execute(sql).fetchall() != [(0,)]:
                        found.append(table.name)
    return found


def test_rows_are_those_of_the_files_and_a_second_load_leaves_them(
    company: Generated, tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    environment = {"SEGMENTATION_WAREHOUSE": str(warehouse)}

    first = load(environment=environment)
    assert differing(warehouse, company) == []
    load(environment=environment)
    assert differing(warehouse, company) == []

    assert f"{len(RAW)} tables, {company.raw.row_count:,} rows" in first.output
    assert f"{len(TRUTH)} tables, {company.true.row_count:,} rows" in first.output
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns"
        ).fetchall()
    assert set(columns) == {
        (schema, table, column, kind)
        for schema, tables in SCHEMAS.items()
        for table, kinds in tables.items()
        for column, kind in kinds.items()
    }


def test_postgres_takes_the_same_rows(
    company: Generated, postgres: dict[str, str]
) -> None:
    load("--target", "postgres", environment=postgres)

    connection = psycopg2.connect(
        host=postgres["SEGMENTATION_PG_HOST"],
        port=postgres["SEGMENTATION_PG_PORT"],
        user=postgres["SEGMENTATION_PG_USER"],
        password=postgres["SEGMENTATION_PG_PASSWORD"],
        dbname=postgres["SEGMENTATION_PG_DATABASE"],
    )
    with connection, connection.cursor() as cursor:
        for schema, tables in SCHEMAS.items():
            data = company.raw if schema == "raw_omnichannel" else company.true
            for table in data.tables:
                # Texts with accents come through as they are, nulls stay nulls.
                shown = ["count(*)"]
                for column, kind in tables[table.name].items():
                    shown.append(f'count("{column}")')
                    if kind == "VARCHAR":
                        shown.append(f'min("{column}" collate "C")')
                        shown.append(f'max("{column}" collate "C")')
                listed = ", ".join(shown)
                cursor.execute(f"select {listed} from {schema}.{table.name}")
                there = cursor.fetchone()
                plain = listed.replace(' collate "C"', "")
                with duckdb.connect() as files:
                    here = files.execute(
                        f"select {plain} from ({data.select(table)})"
                    ).fetchone()
                assert there == here, table.name
    connection.close()


def test_files_for_rivals(company: Generated, tmp_path: Path) -> None:
    words = ["--project-dir", str(REPOSITORY), "demo", "load", "omnichannel"]
    words += [
        "--customers",
        str(CUSTOMERS),
        "--seed",
        "5",
        "--to",
        str(tmp_path / "to"),
    ]
    result = CliRunner().invoke(cli, words)

    assert result.exit_code == 0, result.output
    written = {
        path.relative_to(tmp_path / "to"): path.read_bytes()
        for path in (tmp_path / "to").rglob("*.parquet")
    }
    folder = company.raw.folder.parent
    assert written == {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*.parquet")
    }
    again = CliRunner().invoke(cli, words)
    assert again.exit_code == 1
    assert "expected a folder without it" in again.output
