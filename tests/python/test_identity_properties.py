"""Customers are a function of the data: random worlds, built on several ways."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_project import NO_TESTS, REPOSITORY, DbtProject
from identity_expected import Customers, anchored, first_seen, joined_exactly
from identity_world_rows import (
    EVENT_TIMES,
    add_bridges,
    decided_pairs,
    record_id,
    shop_of,
)
from identity_worlds import NIGHTS, World, drawn_worlds
from shop import Shop, shop_project

pytestmark = pytest.mark.slow

WORLDS = 200
IDENTITY = (
    *("--select", "+identity__customers", "+identity__aliases"),
    *("+identity__golden_records", "+identity__dropped_edges"),
)
TABLES = (
    "identity__customer_map",
    "identity__customers",
    "identity__aliases",
    "identity__golden_records",
    "identity__golden_record_sources",
    "identity__dropped_identifiers",
    "identity__dropped_edges",
)
# Rules for a while: nobody is joined by e-mail, all born on one day are one person.
OTHER_RULES = """
    delete from main_internal.identity_rules where rule_code like 'email%';
    insert into main_internal.identity_rules (rule_code, priority, comparison, at_least)
    values ('birth_date', 99, 'birth_date', 3)
"""
FIELDS = ("first_name", "last_name", "email", "phone", "birth_date")

Tables = dict[str, set[tuple[Any, ...]]]


@dataclass(frozen=True)
class Builds:
    """Builds of the same worlds.

    Attributes:
        worlds: What is drawn.
        shop: All their rows.
        bridged: The same and the bridges, in another order.
        straight: All rows at once, with all models.
        changed: Tables after two nights, with bridges, decisions and other rules.
        undone: Tables of the same warehouse without those, rows in another order.
        undeleted: Tables without the deletions.
    """

    worlds: list[World]
    shop: Shop
    bridged: Shop
    straight: DbtProject
    changed: Tables
    undone: Tables
    undeleted: Tables


@pytest.fixture(scope="module")
def builds(shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Builds:
    folder, worlds = tmp_path_factory.mktemp("worlds"), drawn_worlds(WORLDS)
    shop = shop_of(worlds)
    straight = shop_project(shop_project_dir, folder / "straight/shop.duckdb", shop)
    build(straight)

    first = shop_of(worlds, lambda row: row["loaded_at"] == NIGHTS[0])
    nightly = shop_project(shop_project_dir, folder / "nightly/shop.duckdb", first)
    build(nightly, *IDENTITY)
    bridged = shop.shuffled(seed=1)
    add_bridges(bridged, worlds)
    bridged.write(nightly.warehouse)
    with duckdb.connect(str(nightly.warehouse)) as connection:
        connection.execute(OTHER_RULES)
        for decision in ("include", "exclude"):
            connection.executemany(
                "insert into main_internal.identity_overrides "
                "values (?, 'shop', ?, 'shop', ?, 'asked')",
                [(decision, *pair) for pair in decided_pairs(worlds, decision)],
            )
    result = nightly.dbt("run", *IDENTITY)
    assert result.success, result.ending
    changed = tables(nightly)
    shop.shuffled(seed=2).write(nightly.warehouse)
    build(nightly, *IDENTITY)

    kept = shop_of(worlds, lambda row: "is_deleted" not in row)
    undeleted = shop_project(shop_project_dir, folder / "undeleted/shop.duckdb", kept)
    build(undeleted, *IDENTITY)
    return Builds(
        worlds, shop, bridged, straight, changed, tables(nightly), tables(undeleted)
    )


def build(project: DbtProject, *options: str) -> None:
    result = project.build(*options, *NO_TESTS)
    assert result.success, result.ending


def tables(project: DbtProject) -> Tables:
    return {
        name: set(project.query(f"select * from main_identity.{name}"))
        for name in TABLES
    }


def customers(found: Tables) -> Customers:
    """Return the customer of each record, from the columns that stand first."""
    mapped = {row[2]: row[0] for row in found["identity__customer_map"]}
    assert len(mapped) == len(found["identity__customer_map"])
    return mapped


def of_worlds(builds: Builds, found: Customers, *, is_written: bool) -> Customers:
    """Return the records of the worlds that are, or are not, written."""
    chosen = {
        record_id(place, 0)[:-1]
        for place, world in enumerate(builds.worlds)
        if world.is_written == is_written
    }
    return {record: one for record, one in found.items() if record[:-1] in chosen}


def test_order_and_nights_change_nothing(builds: Builds) -> None:
    straight = tables(builds.straight)

    assert {name: builds.undone[name] ^ straight[name] for name in TABLES} == {
        name: set() for name in TABLES
    }
    assert len(straight["identity__aliases"]) > WORLDS / 2
    assert len(straight["identity__golden_record_sources"]) > WORLDS


def test_exact_identifiers_make_the_customers_of_union_find(builds: Builds) -> None:
    included = decided_pairs(builds.worlds, "include")
    for found, expected in (
        (builds.undone, joined_exactly(builds.shop, [])),
        (builds.changed, joined_exactly(builds.bridged, included)),
    ):
        exact = of_worlds(builds, customers(found), is_written=False)

        assert exact == of_worlds(builds, expected, is_written=False)
        assert len(set(exact.values())) < len(exact)


def test_the_record_first_seen_names_the_customer(builds: Builds) -> None:
    for found, shop in ((builds.undone, builds.shop), (builds.changed, builds.bridged)):
        assert customers(found) == anchored(customers(found), first_seen(shop))

    # Names, addresses and numbers join records too.
    by_all = of_worlds(builds, customers(builds.undone), is_written=True)
    by_identifiers = of_worlds(builds, joined_exactly(builds.shop, []), is_written=True)
    assert len(set(by_all.values())) < len(set(by_identifiers.values()))


def test_undoing_a_merge_restores_the_old_ids(builds: Builds) -> None:
    """Bridges, decisions and the other rules merge customers, and part some."""
    before, between = customers(tables(builds.straight)), customers(builds.changed)
    merged = set(before.values()) - set(between.values())
    parted = set(between.values()) - set(before.values())

    assert customers(builds.undone) == before
    assert merged <= {row[0] for row in builds.changed["identity__aliases"]}
    assert len(merged) > WORLDS / 10
    assert parted


def test_decisions_hold_while_they_stand(builds: Builds) -> None:
    before, between = customers(tables(builds.straight)), customers(builds.changed)
    together = {
        decision: [
            (before[one] == before[other], between[one] == between[other])
            for one, other in decided_pairs(builds.worlds, decision)
            if before.keys() >= {one, other}
        ]
        for decision in ("include", "exclude")
    }

    assert all(joined for _, joined in together["include"])
    assert not any(joined for _, joined in together["exclude"])
    assert {was for was, _ in together["include"]} == {False, True}
    assert {was for was, _ in together["exclude"]} == {False, True}


def test_a_merged_away_id_resolves_and_shows_nowhere(builds: Builds) -> None:
    texts = builds.straight.query(
        """
        select
            table_schema || '.' || table_name,
            string_agg('shown.' || column_name, ', ')
        from information_schema.columns
        where
            data_type = 'VARCHAR'
            and table_schema in ('main', 'main_restricted', 'main_identity')
            and (table_name, column_name) not in (
                ('identity__aliases', 'alias_customer_id'),
                ('identity__customer_map', 'own_customer_id')
            )
        group by all
        """
    )
    shown = [
        builds.straight.query(
            f"select '{table}', aliases.alias_customer_id from {table} as shown "
            "inner join main_identity.identity__aliases as aliases on "
            f"contains(concat_ws(' ', {columns}), aliases.alias_customer_id) limit 1"
        )
        for table, columns in texts
    ]
    found = tables(builds.straight)
    aliases = {row[0]: row[1] for row in found["identity__aliases"]}
    existing = {row[0] for row in found["identity__customers"]}

    assert not any(shown)
    assert len(texts) > 20
    assert len(aliases) == len(found["identity__aliases"])
    assert set(aliases.values()) <= existing
    assert not existing & aliases.keys()


def test_every_record_of_every_entity_has_one_customer(builds: Builds) -> None:
    """A contract says which entities name a record."""
    contracts = sorted((REPOSITORY / "models" / "input").glob("input__*.yml"))
    entities = [
        model["name"]
        for path in contracts
        for model in yaml.safe_load(path.read_text())["models"]
        if "source_customer_id" in {column["name"] for column in model["columns"]}
    ]
    counted = builds.straight.query(
        " union all ".join(
            f"""
            select
                '{entity}', count(*),
                count(*) filter (where records.customer_count = 1)
            from main_internal.{entity}
            left join (
                select source_system, source_customer_id, count(*) as customer_count
                from main_identity.identity__customer_map
                group by all
            ) as records using (source_system, source_customer_id)
            """
            for entity in entities
        )
    )

    assert {name: mapped for name, _, mapped in counted} == {
        name: rows for name, rows, _ in counted
    }
    delivered = {name for name, rows, _ in counted if rows}
    assert delivered == {f"input__{name}" for name in [*EVENT_TIMES, "order_lines"]}


def test_no_revenue_is_lost_or_doubled(builds: Builds) -> None:
    owners = customers(tables(builds.straight))
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in builds.shop.rows["orders"]:
        expected[owners[row["source_customer_id"]]] += Decimal(row["net_amount"])
    for table in ("features__customers", "features__purchases"):
        found = builds.straight.query(
            f"""
            select shown.customer_id, shown.revenue
            from {table} as shown
            inner join features__as_of_dates as dates
                on shown.as_of_date = dates.as_of_date
            where dates.is_current and shown.revenue <> 0
            """
        )
        assert len(found) == len(expected)
        assert dict(found) == expected
    # Some customers have orders of several records.
    buyers = {row["source_customer_id"] for row in builds.shop.rows["orders"]}
    assert len(buyers) > len(expected)


def test_a_deletion_moves_no_id(builds: Builds) -> None:
    before, after = customers(builds.undeleted), customers(builds.undone)

    assert {record: after[record] for record in before} == before


def test_a_golden_record_shows_nothing_of_a_deleted_record(builds: Builds) -> None:
    owners = customers(builds.undone)
    versions = builds.shop.rows["customer_records"]
    latest = {
        row["source_customer_id"]: row
        for row in sorted(versions, key=lambda row: str(row.get("updated_at")))
    }
    stated = {
        (owners[record], name, str(row[name]))
        for record, row in latest.items()
        for name in FIELDS
        if row.get(name) is not None and "is_deleted" not in row
    }
    golden = builds.straight.query(
        f"select customer_id, {', '.join(FIELDS)} "
        "from main_identity.identity__golden_records"
    )
    shown = {
        (customer, name, str(value))
        for customer, *values in golden
        for name, value in zip(FIELDS, values, strict=True)
        if value is not None
    }

    assert shown <= stated
    assert {place[:2] for place in shown} == {place[:2] for place in stated}
    # Some deletions repeat what the record said.
    assert any("is_deleted" in row and row.get("last_name") for row in latest.values())
