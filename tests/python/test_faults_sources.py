"""Raw tables that change under the build: it goes on, sets aside, or stops in words.

The input layer of the shop alone, on raw tables that a test replaces. What a whole
build makes of bad deliveries is in test_bad_input.py, of single values in
test_input_contract.py.
"""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest

from dbt_project import NO_TESTS, DbtProject, DbtResult
from shop import RAW_SCHEMA, Shop, company, shop_project

# What is compared of an entity that a test delivers in another way.
COLUMNS = {
    "orders": "order_id, ordered_at, net_amount",
    "events": "event_id, occurred_at",
    "messages": "message_event_id, occurred_at",
}
ALL = (*(f"+input__{entity}" for entity in COLUMNS), "+input__quarantine")
# Types that say what the text said.
SAME_TYPES = {
    "orders.net_amount": "cast(net_amount as double)",
    "orders.ordered_at": "cast(ordered_at as timestamp)",
    "events.occurred_at": "cast(occurred_at as timestamp) at time zone 'UTC'",
    "messages.occurred_at": "cast(occurred_at as timestamp_s)",
}
# Types that say something else.
OTHER_TYPES = {
    "orders.net_amount": "true",
    "order_lines.net_amount": "{'amount': 1}",
    "ad_spend.spend_amount": "[1, 2]",
    "campaigns.cost_amount": "date '2024-01-01'",
    "events.occurred_at": "20240131",
    "messages.occurred_at": "epoch_ms(cast(occurred_at as timestamp))",
    "support_tickets.opened_at": "time '10:00:00'",
    "consents.is_granted": "5",
}
# Ends of summer time and its beginning, with the instant in UTC, worked out by hand.
MOMENTS = {
    # An hour that comes twice: the offset says which.
    "2023-10-29 02:30:00+02:00": "2023-10-29 00:30:00",
    "2023-10-29 02:30:00+01:00": "2023-10-29 01:30:00",
    "2024-03-31 01:59:59 Europe/Berlin": "2024-03-31 00:59:59",
    "2024-03-31 03:00:00 Europe/Berlin": "2024-03-31 01:00:00",
    "2024-03-31T03:00:00+05:45": "2024-03-30 21:15:00",
    "2024-02-29 23:59:59.999999": "2024-02-29 23:59:59.999999",
}
# Composed, decomposed, invisible, right to left, and letters that grow when lowered.
TEXTS = {
    "composed": "Jos\u00e9",
    "combining": "Jose\u0301",
    "zero width": "Jo\u200bs\u00e9\u200d\ufeff",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd\u202c",
    "dotted capital i": "\u0130STANBUL \u0130",
    "astral": "\U0001f469\u200d\U0001f4bb \U00020bb7",
    "controls": "a\x01b\x7fc\u2028d",
    "a megabyte": "\u00e9" * 500_000,
}


@dataclass(frozen=True)
class Input:
    """The input layer of the shop, and how to build it again."""

    project: DbtProject
    manifest: Manifest

    def build(self, *select: str) -> DbtResult:
        """Build some nodes; without the later layers no build goes on from another."""
        options = (*NO_TESTS, "--select", *(select or ALL))
        return self.project.dbt("build", *options, manifest=self.manifest)

    def change(self, *statements: str) -> None:
        """Change the warehouse by hand."""
        with duckdb.connect(str(self.project.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    def deliver(self, columns: Mapping[str, str]) -> None:
        """Deliver columns, named `entity.column`, as other expressions."""
        by_entity: dict[str, list[str]] = {}
        for name, expression in columns.items():
            entity, column = name.split(".")
            by_entity.setdefault(entity, []).append(f"{expression} as {column}")
        for entity, replaced in by_entity.items():
            table = f"{RAW_SCHEMA}.{entity}"
            self.change(
                f"create or replace table {table} as "
                f"select * replace ({', '.join(replaced)}) from {table}"
            )

    def rows(self, *entities: str) -> dict[str, list[Any]]:
        """What became of rows."""
        return {
            entity: self.project.query(
                f"select {COLUMNS[entity]}, row_outcome "
                f"from main_internal.int_input__{entity} order by all"
            )
            for entity in entities or COLUMNS
        }


@pytest.fixture(scope="module")
def parsed_once(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Input:
    warehouse = tmp_path_factory.mktemp("faults") / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, company())
    return Input(project, project.dbt("parse").value)


@pytest.fixture
def shop(parsed_once: Input) -> Input:
    """The company as it delivers, whatever a test before has done to it."""
    views = parsed_once.project.query(
        f"select view_name from duckdb_views() where schema_name = '{RAW_SCHEMA}'"
    )
    parsed_once.change(*(f"drop view {RAW_SCHEMA}.{name}" for (name,) in views))
    company().write(parsed_once.project.warehouse)
    return parsed_once


@pytest.fixture(scope="module")
def delivered(parsed_once: Input) -> dict[str, list[Any]]:
    """What becomes of the company's rows."""
    company().write(parsed_once.project.warehouse)
    result = parsed_once.build()
    assert result.exit_code == 0, result.log
    return parsed_once.rows()


def test_columns_that_are_new_moved_or_typed_change_nothing(
    shop: Input, delivered: dict[str, list[Any]]
) -> None:
    shop.deliver(SAME_TYPES)
    shop.change(
        "create or replace table raw_shop.orders as select 'new' as a_new_column, "
        "ordered_at, net_amount, * exclude (ordered_at, net_amount) "
        "from raw_shop.orders"
    )
    result = shop.build()
    assert result.exit_code == 0, result.log
    assert shop.rows() == delivered
    assert len(delivered["orders"]) == len(company().rows["orders"])


def test_types_that_say_something_else_are_set_aside(shop: Input) -> None:
    shop.deliver(OTHER_TYPES)
    # Of numbers only these are an answer.
    shop.change(
        "create or replace table raw_shop.consents as select * replace ("
        "row_number() over (order by consent_id) - 1 as is_granted) "
        "from raw_shop.consents"
    )
    result = shop.build("+input__quarantine")
    assert result.exit_code == 0, result.log
    found = shop.project.query(
        "select entity || '.' || column_name, reason, count(*) "
        "from main_internal.input__quarantine group by all order by all"
    )
    lost = {name: len(company().rows[name.split(".")[0]]) for name in OTHER_TYPES}
    lost["consents.is_granted"] -= 2
    assert found == sorted((name, "unparsable", lost[name]) for name in OTHER_TYPES)
    assert shop.project.query(
        "select is_granted from main_internal.int_input__consents "
        "where row_outcome = 'kept' order by all"
    ) == [(False,), (True,)]


def test_a_table_that_is_gone_stops_the_build_and_loses_no_row(
    shop: Input, delivered: dict[str, list[Any]]
) -> None:
    assert shop.build().exit_code == 0
    shop.change("drop table raw_shop.orders")
    result = shop.build()
    assert result.exit_code == 1
    assert result.with_status("error") == ["model.shop.stg_shop__orders"]
    message = result.results["model.shop.stg_shop__orders"].message
    assert "Table with name orders does not exist" in message
    assert shop.rows() == delivered


def test_what_comes_twice_never_or_in_any_script_is_what_it_was(shop: Input) -> None:
    few = Shop()
    for number, moment in enumerate(MOMENTS):
        few.add("events", event_id=f"{number}", occurred_at=moment)
    for name, text in TEXTS.items():
        few.add("orders", order_id=name, coupon_code=text)
    # DuckDB keeps this one, which PostgreSQL cannot hold.
    few.add("orders", order_id="nul", coupon_code="a\0b")
    few.add("orders", order_id="\u0130" * 160)
    few.add("orders", order_id="i" * 1_000_000)
    twice = few.copy()
    for row in few.rows["orders"] + few.rows["events"]:
        row["loaded_at"] = "2024-07-02 00:00:00"
    few.appended(twice).write(shop.project.warehouse)
    assert shop.build().exit_code == 0
    # Delivered twice, each counts once; nothing was delivered of messages.
    assert shop.project.query(
        "select row_outcome, count(*) from main_internal.int_input__events "
        "group by all order by all"
    ) == [("duplicate", len(MOMENTS)), ("kept", len(MOMENTS))]
    assert shop.rows("messages") == {"messages": []}
    assert shop.project.query(
        "select event_id, cast(occurred_at as text) "
        "from main_internal.input__events order by event_id"
    ) == [(str(number), moment) for number, moment in enumerate(MOMENTS.values())]
    found = dict(
        shop.project.query(
            "select order_id, coupon_code from main_internal.input__orders"
        )
    )
    assert found.pop("\u0130" * 160) is None
    assert found.pop("nul") == "a\0b"
    assert found == TEXTS
    # An id that is too long is set aside, and shown no longer than a line.
    set_aside = shop.project.query(
        "select reason, delivered_value from main_internal.input__quarantine"
    )
    assert set(set_aside) == {("too_long", "i" * 60)}


def cut(content: bytes) -> bytes:
    """Leave out the end: the footer of Parquet, the checksum of a zipped file."""
    return content[: len(content) * 2 // 3]


def flipped(content: bytes) -> bytes:
    """Flip one bit among the rows."""
    place = len(content) // 3
    return content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :]


def parquet(shop: Input, file: Path) -> str:
    shop.change(f"copy raw_shop.orders to '{file}' (format parquet, compression zstd)")
    return f"read_parquet('{file}')"


def zipped(shop: Input, file: Path) -> str:
    plain = file.with_suffix(".csv")
    shop.change(f"copy raw_shop.orders to '{plain}' (header)")
    file.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    return f"read_csv('{file}', all_varchar = true, compression = 'gzip')"


@pytest.mark.parametrize(
    ("write", "damage"),
    [
        pytest.param(parquet, cut, id="cut Parquet", marks=pytest.mark.slow),
        pytest.param(parquet, flipped, id="flipped Parquet"),
        pytest.param(zipped, cut, id="cut gzip"),
        pytest.param(zipped, flipped, id="flipped gzip", marks=pytest.mark.slow),
    ],
)
def test_a_damaged_file_stops_the_build_and_a_whole_one_loses_no_row(
    shop: Input,
    delivered: dict[str, list[Any]],
    tmp_path: Path,
    write: Callable[[Input, Path], str],
    damage: Callable[[bytes], bytes],
) -> None:
    file = tmp_path / "orders.file"
    table = write(shop, file)
    shop.change(
        "drop table raw_shop.orders", f"create view raw_shop.orders as from {table}"
    )
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    result = shop.build("+int_input__orders")
    assert result.exit_code == 1
    assert result.with_status("error")
    file.write_bytes(whole)
    assert shop.build("+int_input__orders").exit_code == 0
    assert shop.rows("orders") == {"orders": delivered["orders"]}
