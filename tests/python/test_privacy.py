"""What identifies people stays where it belongs.

The shop's customers have addresses and numbers that no word of the project resembles.
They are looked for in every column that is served, and in what dbt and the report
write.
"""

import re
from pathlib import Path

import duckdb
import pytest

from report_page import render
from shop import company

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.-])\+?\d[\d ()/-]{7,}\d(?![\w.-])")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?")
SERVED = ("serving.duckdb", "activation.duckdb")


@pytest.fixture(scope="module")
def canaries() -> set[str]:
    """Return every address and number of the shop's customers, as delivered."""
    records = company().rows["customer_records"]
    found = {row[name] for row in records for name in ("email", "phone") if row[name]}
    assert len(found) > 60
    return found


def is_contact(text: str) -> bool:
    """Whether a text reads like an e-mail address or a telephone number."""
    return bool(ADDRESS.search(text) or NUMBER.search(DAY.sub("", text)))


def texts(file: Path) -> dict[str, set[str]]:
    """Return the distinct texts of each text column of a served file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name "
            "from information_schema.columns where data_type = 'VARCHAR'"
        ).fetchall()
        return {
            f"{table}.{column}": {
                str(value)
                for (value,) in connection.execute(
                    f'select distinct "{column}" from "{schema}"."{table}" '
                    f'where "{column}" is not null'
                ).fetchall()
            }
            for schema, table, column in columns
        }


def test_the_patterns_find_what_they_should(canaries: set[str]) -> None:
    assert all(is_contact(value) for value in canaries)
    assert not is_contact("2024-06-30 23:59:59")
    assert not is_contact("direct_marketing=shop/1, profiling=shop/2")


@pytest.mark.parametrize("name", SERVED)
def test_no_served_column_reads_like_an_address(
    shop_release: Path, canaries: set[str], name: str
) -> None:
    found = texts(shop_release / name)
    assert len(found) > 20
    # Personal tables too: their identifiers are hashes, and copy names nobody.
    assert {
        column: sorted(value for value in held if is_contact(value))[:3]
        for column, held in found.items()
        if any(is_contact(value) for value in held)
    } == {}
    assert not canaries & set().union(*found.values())


def test_nothing_that_is_written_names_anybody(
    shop_release: Path, tmp_path: Path, canaries: set[str]
) -> None:
    render(shop_release / "serving.duckdb", tmp_path / "report.html")
    files = [
        file
        for file in (*shop_release.rglob("*"), tmp_path / "report.html")
        if file.is_file() and not file.name.endswith(".duckdb")
    ]
    kinds = {file.suffix for file in files}
    assert {".sql", ".json", ".html"} <= kinds
    for file in files:
        text = file.read_bytes().decode(errors="replace").lower()
        assert not [value for value in canaries if value.lower() in text], file


def test_the_register_lists_every_served_column(shop_release: Path) -> None:
    with duckdb.connect(str(shop_release / "serving.duckdb"), read_only=True) as one:
        listed = set(
            one.execute(
                "select model_name, column_name, served_in "
                "from activation__served_columns"
            ).fetchall()
        )
        personal = {
            model
            for (model,) in one.execute(
                "select distinct model_name from activation__served_columns "
                "where is_personal"
            ).fetchall()
        }
    held = set()
    for name in SERVED:
        with duckdb.connect(str(shop_release / name), read_only=True) as connection:
            held |= {
                (table, column, name.removesuffix(".duckdb"))
                for table, column in connection.execute(
                    "select table_name, column_name from information_schema.columns "
                    "where table_name <> '_release'"
                ).fetchall()
            }
    assert listed == held
    assert {"contact__reachability", "activation__email"} <= personal
    assert not personal & {table for table, _, place in held if place == "serving"}
