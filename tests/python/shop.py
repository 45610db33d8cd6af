"""A small shop in raw tables: rows as dictionaries, every column text.

shop = Shop()
shop.add("orders", source_customer_id="ann", net_amount=12.5)
shop.rows["orders"][0]["net_amount"] = "12,5"
project = shop_project(shop_project_dir, tmp_path / "shop.duckdb", shop)
result = project.build()
"""

import copy
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dbt_project import REPOSITORY, DbtProject
from segmentation.fingerprint import quoted

RAW_SCHEMA = "raw_shop"
ENTITIES = (
    "customer_records",
    "customer_attributes",
    "identifiers",
    "products",
    "orders",
    "order_changes",
    "order_lines",
    "events",
    "messages",
    "support_tickets",
    "social_interactions",
    "survey_responses",
    "question_prompts",
    "consents",
    "accounts",
    "campaigns",
    "ad_spend",
)
PASSTHROUGH = {"orders": ["store_id"]}
LOADED_AT = "2024-07-01 00:00:00"

# What a row has unless the test says otherwise; {n} counts the rows of the entity.
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "customer_records": {
        "source_customer_id": "ann",
        "created_at": "2024-01-01 09:00:00",
    },
    "customer_attributes": {
        "source_customer_id": "ann",
        "attribute_name": "age_band",
        "attribute_value": "35-44",
        "attribute_group": "demographic",
        "observed_at": "2024-01-02 09:00:00",
    },
    "identifiers": {
        "source_customer_id": "ann",
        "identifier_type": "login",
        "identifier_value": "login-{n}",
        "observed_at": "2024-01-02 09:00:00",
    },
    "products": {"product_id": "p{n}", "category": "Bread", "brand": "National"},
    "orders": {
        "source_customer_id": "ann",
        "order_id": "o{n}",
        "ordered_at": "2024-03-01 12:00:00",
        "net_amount": "10.00",
    },
    "order_changes": {
        "source_customer_id": "ann",
        "order_id": "o1",
        "changed_at": "2024-04-01 12:00:00",
        "change_type": "refunded",
    },
    "order_lines": {
        "source_customer_id": "ann",
        "order_id": "o1",
        "line_id": "{n}",
        "product_id": "p1",
        "quantity": "1",
        "net_amount": "10.00",
    },
    "events": {
        "source_customer_id": "ann",
        "event_id": "e{n}",
        "event_name": "page_view",
        "surface": "web",
        "occurred_at": "2024-03-01 11:00:00",
    },
    "messages": {
        "source_customer_id": "ann",
        "message_event_id": "m{n}",
        "campaign_id": "spring",
        "channel": "email",
        "event_type": "sent",
        "occurred_at": "2024-03-01 10:00:00",
    },
    "support_tickets": {
        "source_customer_id": "ann",
        "ticket_id": "t{n}",
        "opened_at": "2024-03-02 10:00:00",
    },
    "social_interactions": {
        "source_customer_id": "ann",
        "interaction_id": "i{n}",
        "occurred_at": "2024-03-03 10:00:00",
    },
    "survey_responses": {
        "source_customer_id": "ann",
        "response_id": "r{n}",
        "question_code": "cheap",
        "answer_score": "3",
        "responded_at": "2024-03-04 10:00:00",
    },
    "question_prompts": {
        "source_customer_id": "ann",
        "prompt_id": "q{n}",
        "question_code": "cheap",
        "outcome": "shown",
        "occurred_at": "2024-03-04 09:00:00",
    },
    "consents": {
        "source_customer_id": "ann",
        "consent_id": "k{n}",
        "purpose": "profiling",
        "is_granted": "true",
        "changed_at": "2024-02-01 12:00:00",
    },
    "accounts": {
        "account_id": "A{n}",
        "industry": "Retail",
        "employee_count": "30",
        "updated_at": "2023-12-01 09:00:00",
    },
    "campaigns": {
        "campaign_id": "spring",
        "channel": "email",
        "started_at": "2024-03-01 08:00:00",
        "cost_amount": "30.00",
        "updated_at": "2024-03-01 08:00:00",
    },
    "ad_spend": {
        "channel": "search",
        "campaign_id": "brand",
        "spend_date": "2024-03-01",
        "spend_amount": "10.00",
    },
}

Row = dict[str, Any]


@cache
def columns_of(entity: str) -> list[str]:
    """Return the columns of a raw table: the contract's, then passthrough ones."""
    path = REPOSITORY / "models" / "input" / f"input__{entity}.yml"
    [model] = yaml.safe_load(path.read_text())["models"]
    names = [column["name"] for column in model["columns"]]
    return [name for name in names if name != "source_system"] + PASSTHROUGH.get(
        entity, []
    )


@dataclass
class Shop:
    """Raw rows by entity; change `rows` freely before `write`."""

    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {entity: [] for entity in ENTITIES}
    )

    def add(self, entity: str, **columns: object) -> Row:
        """Append a row with defaults for what is not named; null is None.

        Returns:
            The row itself, which may be changed.
        """
        number = len(self.rows[entity]) + 1
        row: Row = {
            name: value.format(n=number) for name, value in DEFAULTS[entity].items()
        }
        row = {**row, "loaded_at": LOADED_AT, **columns}
        unknown = row.keys() - set(columns_of(entity))
        if unknown:
            raise KeyError(f"{entity} has no column {', '.join(sorted(unknown))}")
        self.rows[entity].append(row)
        return row

    def copy(self) -> "Shop":
        """Return a shop with rows of its own."""
        return Shop(copy.deepcopy(self.rows))

    def appended(self, other: "Shop") -> "Shop":
        """Return this shop and then the rows of another."""
        return Shop(
            {entity: rows + other.rows[entity] for entity, rows in self.rows.items()}
        ).copy()

    def doubled(self, entities: Iterable[str] = ENTITIES, **columns: object) -> "Shop":
        """Return the shop with each row of the entities delivered twice.

        Args:
            entities: Whose rows are repeated.
            columns: What the second copy has instead, for example `loaded_at`.
        """
        doubled = self.copy()
        for entity in entities:
            doubled.rows[entity] += [row | columns for row in self.rows[entity]]
        return doubled

    def shuffled(self, seed: int) -> "Shop":
        """Return the same rows in another order."""
        shuffled, generator = self.copy(), random.Random(seed)
        for rows in shuffled.rows.values():
            generator.shuffle(rows)
        return shuffled

    def write(self, warehouse: Path) -> None:
        """Replace the raw tables of a DuckDB file; every column is text."""
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(
            str(warehouse), config={"storage_compatibility_version": "v1.5.0"}
        ) as connection:
            connection.execute("begin")
            connection.execute(f"create schema if not exists {RAW_SCHEMA}")
            for entity, rows in self.rows.items():
                names, table = columns_of(entity), f"{RAW_SCHEMA}.{entity}"
                typed = ", ".join(f"{quoted(name)} text" for name in names)
                connection.execute(f"create or replace table {table} ({typed})")
                if rows:
                    values = [[_text(row.get(name)) for row in rows] for name in names]
                    lists = ", ".join("unnest(cast(? as text[]))" for _ in names)
                    connection.execute(f"insert into {table} select {lists}", values)
            connection.execute("commit")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def shop_project(
    shop_project_dir: Path, warehouse: Path, shop: Shop | None = None, **settings: Any
) -> DbtProject:
    """Return the shop's dbt project on a warehouse.

    Args:
        shop_project_dir: The session fixture of that name.
        warehouse: DuckDB file; serving.duckdb appears beside it, so that each needs a
            folder of its own. Name it shop.duckdb: files of one name share a parse.
        shop: Raw rows to write first; None leaves the warehouse as it is.
        settings: Of the project: `vars`, `extra_env`, `target`, `profiles_dir`. A new
            set of vars costs a parse, some 5 s.
    """
    if shop is not None:
        shop.write(warehouse)
    return DbtProject(shop_project_dir, warehouse, **settings)


def served_bytes(project: DbtProject) -> list[bytes]:
    """Return the content of both served files."""
    files = ("serving.duckdb", "activation.duckdb")
    return [project.warehouse.with_name(file).read_bytes() for file in files]


def company(customers: int = 40) -> Shop:
    """Return a shop with every entity filled; the same at each call.

    Customer i is `c<i>`: one order every 20 + i days from 2024-01-03 + i days, until
    the end of June. Customers 2 and 3 share an e-mail address, 4 and 5 a telephone
    number, 6 and 7 a login. Some orders are refunded, returned or cancelled, one
    customer in ten is a prospect, customer 8 objects to profiling.
    """
    shop = Shop()
    for number in range(6):
        shop.add(
            "products",
            product_id=f"p{number}",
            product_name=f"Product {number}",
            category=("Bread", "Milk", "Wine")[number % 3],
            brand="Private" if number == 4 else "National",
        )
    for number, size in enumerate((5, 30, None, 2000)):
        shop.add("accounts", account_id=f"A{number}", employee_count=size)
    shop.add("campaigns")
    for month in range(1, 7):
        for channel, amount in (("search", "40.00"), ("display", "25.50")):
            day = f"2024-{month:02d}-10"
            shop.add("ad_spend", channel=channel, spend_date=day, spend_amount=amount)
    for number in range(customers):
        _add_customer(shop, number)
    _share_identifiers(shop)
    shop.add("consents", source_customer_id="c8", is_granted="false")
    return shop


def _add_customer(shop: Shop, number: int) -> None:
    name, start = f"c{number}", date(2024, 1, 3) + timedelta(days=number % 50)
    shop.add(
        "customer_records",
        source_customer_id=name,
        email=f"{name}@mail.invalid",
        phone=f"+1 555 {2000000 + number}",
        gender=("female", "male")[number % 2],
        region=("North", "South", "West")[number % 3],
        account_id=f"A{number % 4}" if number % 6 == 5 else None,
        job_title=("Head of Purchasing", None, "Office Manager", "Poet")[number % 4],
        created_at=f"{start} 08:00:00",
    )
    if number % 7 == 3:
        shop.add(
            "customer_attributes",
            source_customer_id=name,
            attribute_name="income_band",
            attribute_value="high",
            attribute_group="enrichment",
            observed_at=f"{start} 08:30:00",
            provider="Acme",
            licence="2024-17",
            expires_at="2024-06-15 00:00:00",
        )
    shop.add(
        "customer_attributes",
        source_customer_id=name,
        attribute_value=("25-34", "35-44", "65+")[number % 3],
        observed_at=f"{start} 08:30:00",
    )
    shop.add("identifiers", source_customer_id=name, identifier_value=f"login-{name}")
    shop.add("events", source_customer_id=name, occurred_at=f"{start} 07:00:00")
    shop.add("consents", source_customer_id=name, changed_at=f"{start} 08:05:00")
    _add_engagement(shop, name, number, start)
    if number % 10 == 9:
        return
    day, count = start, 0
    while day <= date(2024, 6, 28):
        order = f"{name}-{count}"
        net = 5 + (number * 7 + count * 3) % 40
        shop.add(
            "orders",
            source_customer_id=name,
            order_id=order,
            ordered_at=f"{day} {8 + (number + count) % 12:02d}:15:00",
            channel=("store", "web", "app")[(number + count) % 3],
            store_id=f"s{number % 4}",
            currency_code="USD",
            campaign_id="spring" if number % 4 == 1 else None,
            gross_amount=f"{net + 2}.50",
            discount_amount="2.00",
            net_amount=f"{net}.50",
        )
        for line, amount in (("1", f"{net}.00"), ("2", "0.50")):
            shop.add(
                "order_lines",
                source_customer_id=name,
                order_id=order,
                line_id=line,
                product_id=f"p{(number + count + int(line)) % 6}",
                net_amount=amount,
            )
        _add_change(shop, number, count, day + timedelta(days=4))
        day, count = day + timedelta(days=20 + number), count + 1


def _add_engagement(shop: Shop, name: str, number: int, start: date) -> None:
    record = {"source_customer_id": name}
    shop.add("messages", **record, occurred_at=f"{start} 09:00:00")
    if number % 3 == 0:
        clicked = {"event_type": "clicked", "occurred_at": f"{start} 20:00:00"}
        shop.add("messages", **record, **clicked)
    shop.add("support_tickets", **record, opened_at=f"{start} 10:00:00")
    shop.add("social_interactions", **record, occurred_at=f"{start} 11:00:00")
    shop.add("question_prompts", **record, occurred_at=f"{start} 12:00:00")
    for place, question in enumerate(("cheap", "no_bargains", "green")):
        shop.add(
            "survey_responses",
            **record,
            question_code=question,
            answer_score=1 + (number + place) % 5,
            responded_at=f"{start} 12:05:00",
        )


def _add_change(shop: Shop, number: int, count: int, day: date) -> None:
    kind = {3: "refunded", 5: "returned", 8: "cancelled"}.get((number + 4 * count) % 17)
    if kind is None or day > date(2024, 6, 30):
        return
    shop.add(
        "order_changes",
        source_customer_id=f"c{number}",
        order_id=f"c{number}-{count}",
        changed_at=f"{day} 10:00:00",
        change_type=kind,
        amount=None if kind == "cancelled" else "1.25",
    )


def _share_identifiers(shop: Shop) -> None:
    records = shop.rows["customer_records"]
    if len(records) > 7:
        records[3]["email"] = " C2@Mail.Invalid "
        records[5]["phone"] = "1-555-2000004"
        shop.add("identifiers", source_customer_id="c7", identifier_value="login-c6")
