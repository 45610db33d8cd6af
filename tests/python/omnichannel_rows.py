"""Raw tables of the data set `omnichannel`: empty, or with a handful of rows by hand.

write_raw_tables(warehouse, ROWS)  # tables without rows are created empty
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from segmentation.demo.omnichannel.tables import RAW

RAW_SCHEMA = "raw_omnichannel"
POSTGRES_TYPES = {"DOUBLE": "double precision", "VARCHAR": "text"}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

# 2024-03-05 10:11:12 UTC, in seconds: 19,787 days of 86,400 and 36,672 more.
WINTER = 1_709_633_472
# 2024-07-05 08:11:12 UTC: 122 days later and two hours earlier.
SUMMER = WINTER + 122 * 86_400 - 7_200
NO_TIME = 9_223_372_036_854_775_807
LOADED = "2024-12-01 00:00:00"
LOADED_S = 1_733_011_200
LOADED_TEXT = "2024/12/01 00:00:00"


def _each(common: Mapping[str, Any], *rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**common, **row} for row in rows]


def _all(names: str, *rows: Sequence[Any], **common: Any) -> list[dict[str, Any]]:
    """Return rows of the named columns, with what is common to them."""
    return _each(common, *(dict(zip(names.split(), row, strict=True)) for row in rows))


ROWS: Rows = {
    "shop_accounts": _each(
        {
            "account_no": "A1",
            "mail": "old@mail.invalid",
            "given_name": "Ann",
            "family_name": "Lee",
            "phone": "+49 30 1",
            "born": "1990-12-31",
            "street": "Weg 1",
            "zip": "10115",
            "town": "Berlin",
            "country": "DE",
            "registered_at": "2024-01-15T23:30:00Z",
            "changed_at": "2024-01-15T23:30:00Z",
            "deleted": False,
            "loaded_at": LOADED,
        },
        {},
        {"mail": "new@mail.invalid", "changed_at": "2024-07-01T10:00:00Z"},
        {"deleted": True, "changed_at": "2024-11-01T10:00:00Z"},
        {"account_no": "A2", "born": "31.12.1990"},
    ),
    "shop_orders": _each(
        {
            "order_no": "O1",
            "account_no": "A1",
            "placed_at": "2024-03-05T10:11:12Z",
            "sales_channel": "WEB",
            "currency": "EUR",
            "subtotal_cents": 10000,
            "discount_cents": 1000,
            "tax_cents": 1437,
            "shipping_cents": 490,
            "cost_cents": 5000,
            "changed_at": "2024-03-05T10:11:12Z",
            "deleted": False,
            "loaded_at": LOADED,
        },
        {"coupon": "TEN", "campaign_ref": "7"},
        {
            "coupon": "TEN",
            "campaign_ref": "7",
            "subtotal_cents": 9000,
            "changed_at": "2024-03-06T09:00:00Z",
        },
        # A guest in francs, one day after the rate of the third quarter began.
        {
            "order_no": "O2",
            "account_no": None,
            "guest_mail": "guest@mail.invalid",
            "guest_phone": "+41 44 2",
            "placed_at": "2024-07-02T10:00:00Z",
            "changed_at": "2024-07-02T10:00:00Z",
            "sales_channel": "APP",
            "currency": "CHF",
            "campaign_ref": "7",
        },
        # In Berlin it is the first day of the fourth quarter.
        {
            "order_no": "O3",
            "placed_at": "2024-09-30T22:30:00Z",
            "changed_at": "2024-09-30T22:30:00Z",
            "currency": "GBP",
        },
        {"order_no": "O4", "campaign_ref": "7"},
        {
            "order_no": "O4",
            "campaign_ref": "7",
            "changed_at": "2024-03-07T00:00:00Z",
            "deleted": True,
        },
        {"order_no": "O5", "placed_at": "yesterday"},
    ),
    "shop_items": _all(
        "order_no account_no item_no sku pieces paid_cents discount_cents",
        ("O1", "A1", 1, "S1", 2, 8000, 1000),
        ("O2", None, 1, "S2", 1, 9000, 1000),
        loaded_at=LOADED,
    ),
    "shop_refunds": _all(
        "refund_no order_no account_no kind amount_cents",
        ("R1", "O1", "A1", "CANCEL", None),
        ("R2", "O2", None, "REFUND", 500),
        ("R3", "O3", "A1", "RETURN", 1000),
        ("R4", "O3", "A1", "VOID", 1000),
        created_at="2024-10-10T08:00:00Z",
        loaded_at=LOADED,
    ),
    "shop_articles": _all(
        "sku title category brand cost_cents",
        ("S1", "Mug", "Kitchen", "Private", 250),
        ("S2", "Lamp", "Light", "Lumen", 1999),
        loaded_at=LOADED,
    ),
    "till_cards": _all(
        "card_no holder mobile mail birthday sex plz city issued",
        (1, "Lee, Ann", "0170 1", "a@b.invalid", "01.02.1980", "w", "8001", "X", None),
        (2, "Cher", None, None, None, "m", None, None, "15.01.2024"),
        (3, "Doe, Jo", None, None, "1.2.80", "d", None, None, "15.07.2024"),
        exported_at=LOADED,
    ),
    "till_receipts": _all(
        "receipt card_no sold currency list_total rebate paid_total",
        (1, 1, "05.03.2024 10:11:12", "EUR", "1234,50", "34,50", "1200,00"),
        (2, None, "05.07.2024 10:11:12", "CHF", "10,00", "0,00", "10,00"),
        (3, 1, "27.10.2024 02:30:00", "EUR", "12", "0,00", "-3,5"),
        (4, 1, "31.03.2024 02:30:00", None, "5,00", "0,00", "5,00"),
        (5, 1, "5.3.2024 10:11", "EUR", "5,00", "0,00", "5,00"),
        (6, 1, "31.02.2024 10:00:00", "EUR", "5,00", "0,00", "5,00"),
        (7, 1, "05.03.2024 10:11:12", "EUR", "1.234", "0,00", "1.234"),
        (8, 1, "05.03.2024 10:11:12", "EUR", "5,00", "0,00", "12,50 EUR"),
        exported_at=LOADED,
    ),
    "till_lines": _all(
        "receipt card_no position article pieces paid rebate",
        (1, 1, 1, "S1", 3, "1200,00", "34,50"),
        (2, None, 1, "S2", 1, "10,00", "0,00"),
        exported_at=LOADED,
    ),
    "till_returns": _all(
        "receipt card_no returned paid_back",
        (1, 1, "08.03.2024 09:00:00", "200,00"),
        (2, None, "08.07.2024 09:00:00", "4,00"),
        (1, 1, "gestern", "1,00"),
        exported_at=LOADED,
    ),
    "crm_contacts": _each(
        {
            "contact_id": "C1",
            "kind": "B",
            "account_ref": "F1",
            "salutation": "Frau",
            "first_name": "Eva",
            "last_name": "Moser",
            "email": "eva@firm.invalid",
            "birthday": "1975-05-06",
            "country": "Österreich",
            "position": "Buyer",
            "created_ms": WINTER * 1000,
            "modified_ms": WINTER * 1000,
            "is_removed": "N",
            "synced_ms": LOADED_S * 1000,
        },
        {},
        {"is_removed": "Y", "modified_ms": SUMMER * 1000 + 250},
        {
            "contact_id": "C2",
            "kind": "P",
            "account_ref": None,
            "salutation": None,
            "country": "Liechtenstein",
        },
        {"contact_id": "C3", "created_ms": NO_TIME},
        {"contact_id": "C4", "salutation": "Herr", "country": "United Kingdom"},
    ),
    "crm_accounts": _all(
        "account_ref company sector headcount country modified_ms",
        ("F1", "Firm", "Retail", 12, "Schweiz", WINTER * 1000),
        ("F2", "Works", "Steel", 120, "Deutschland", SUMMER * 1000),
        synced_ms=LOADED_S * 1000,
    ),
    "web_events": _all(
        "event_key event platform device ts_ms",
        ("E1", "pv", "web", "d", WINTER * 1000),
        ("E2", "product", "ios", "m", SUMMER * 1000 + 1),
        ("E3", "search", "android", "t", WINTER * 1000),
        ("E4", "cart", "web", "m", WINTER * 1000),
        ("E5", "checkout", "web", "d", WINTER * 1000),
        ("E6", "order", "web", "d", WINTER * 1000),
        ("E7", "login", "web", "d", WINTER * 1000),
        ("E8", "pv", "web", "d", NO_TIME),
        anon_id="v1",
        visit="s1",
        path="/home",
        source="news",
        campaign="spring",
        received_ms=LOADED_S * 1000,
    ),
    "web_logins": _all(
        "anon_id shop_account ts_ms",
        ("v1", "A1", WINTER * 1000),
        ("v2", None, WINTER * 1000),
        received_ms=LOADED_S * 1000,
    ),
    "web_ad_costs": _all(
        "network campaign day cost_micros impressions clicks",
        ("search", "spring", "20240331", 12_345_678, 1000, 7),
        ("search", "spring", "2024-4-1-", 1_000_000, 10, 0),
        received_ms=LOADED_S * 1000,
    ),
    "product_devices": _all(
        "serial shop_account",
        ("D1", "A1"),
        ("D2", None),
        registered="2024-07-05 08:11:12",
        ingested=LOADED,
    ),
    "product_usage": _all(
        "usage_id serial feature used run_no",
        (1, "D1", "timer", "2024-10-27 00:30:00", 4),
        ingested=LOADED,
    ),
    "mailing_subscribers": _all(
        "subscriber address name joined updated",
        (1, "a@b.invalid", "Ann van Lee", "2024-01-05 20:00:00", "2024-01-05 20:00:00"),
        (1, "c@d.invalid", " Ann", "2024-01-05 20:00:00", "2024-07-05 20:00:00"),
        fetched=LOADED,
    ),
    "mailing_campaigns": _all(
        "campaign title audience starts ends cost offer",
        (7, "Spring", "SEG", "2024-03-10 01:30:00", "2024-03-10 03:30:00", 99.95, "S5"),
        (8, "All", "ALL", "2024-11-03 01:30:00", None, None, None),
        (9, "Some", "SOME", "2024-03-10 01:30:00", None, None, None),
        fetched=LOADED,
    ),
    "mailing_cells": _all(
        "subscriber cell sent",
        (1, "SEG", "2024-03-01 12:00:00"),
        (2, "GEN", "2024-03-01 12:00:00"),
        (3, "NONE", None),
        campaign=7,
        drawn="2024-02-29 22:00:00",
        fetched=LOADED,
    ),
    "mailing_activity": _all(
        "activity action happened by_proxy",
        (1, "S", "2024-07-01 12:00:00", 0),
        (2, "O", "2024-07-01 12:00:00", 1),
        (3, "C", "2024-07-01 12:00:00", 0),
        (4, "B", "2024-07-01 12:00:00", 0),
        (5, "U", "2024-07-01 12:00:00", None),
        (6, "A", "2024-07-01 12:00:00", 0),
        # The hour comes twice, and the second is meant.
        (7, "S", "2024-11-03 01:30:00", 0),
        (8, "X", "2024-07-01 12:00:00", 0),
        subscriber=1,
        campaign=7,
        fetched=LOADED,
    ),
    "helpdesk_requesters": _all(
        "requester full_name mail phone created",
        ("Q1", "Ann Lee", "a@b.invalid", None, "2024-03-05T11:11:12+01:00"),
        ("Q2", None, None, "030 1", "05.03.2024 11:11"),
        imported="2024-12-01T00:00:00+00:00",
    ),
    "helpdesk_tickets": _all(
        "ticket opened closed updated stars",
        ("T1", "2024-07-05T10:11:12+02:00", None, "2024-07-05T10:11:12+02:00", None),
        (
            *("T1", "2024-07-05T10:11:12+02:00", "2024-10-27T02:30:00+02:00"),
            *("2024-10-27T02:30:00+01:00", 4),
        ),
        requester="Q1",
        subject="delivery",
        via="chat",
        imported="2024-12-01T00:00:00+00:00",
    ),
    "social_profiles": _all(
        "handle network linked_mail linked_s",
        ("ann", "x", "a@b.invalid", WINTER),
        ("ann", "youtube", None, None),
        pulled_s=LOADED_S,
    ),
    "social_posts": _all(
        "post_id network kind mood posted_s",
        (1, "x", "mention", -0.25, SUMMER),
        (2, "youtube", "comment", 1.0, WINTER),
        (3, "x", "share", None, WINTER * 1000),
        handle="ann",
        pulled_s=LOADED_S,
    ),
    "survey_respondents": _all(
        "respondent mail age_group household income_group invited",
        ("P1", "a@b.invalid", "25-34", 3, "under 30k", "2024/03/05 10:11:12"),
        ("P2", None, None, None, None, "2024/13/05 10:11:12"),
        stored=LOADED_TEXT,
    ),
    "survey_answers": _all(
        "sheet question words points",
        ("H1", "PRI1", None, 5),
        ("H1", "PRI4", "hardly", None),
        respondent="P1",
        survey="style",
        answered="2024/07/05 08:11:12",
        stored=LOADED_TEXT,
    ),
    "survey_prompts": _all(
        "prompt outcome",
        (1, "shown"),
        (2, "done"),
        (3, "no"),
        (4, "left"),
        (5, "maybe"),
        respondent="P1",
        question="PRI1",
        place="account",
        shown="2024/07/05 08:11:12",
        stored=LOADED_TEXT,
    ),
    "survey_consents": _all(
        "entry channel purpose granted",
        (1, "e", "marketing", "yes"),
        (2, "s", "ads", "no"),
        (3, "p", "ads_personal", "yes"),
        (4, "*", "profiling", "no"),
        (5, "e", "service", "yes"),
        (6, "e", "enrichment", "yes"),
        (7, "e", "research", "perhaps"),
        respondent="P1",
        basis="consent",
        proof="log 1",
        changed="2024/07/05 08:11:12",
        stored=LOADED_TEXT,
    ),
}


def write_raw_tables(warehouse: Path, rows: Rows) -> None:
    """Create every raw table of the data set in a DuckDB file, with the rows given."""
    with duckdb.connect(
        str(warehouse), config={"storage_compatibility_version": "v1.5.0"}
    ) as connection:
        for statement, values in _statements(rows, {}, "?"):
            connection.execute(statement, values)


def write_raw_tables_postgres(connection: Any, rows: Rows) -> None:
    """Create every raw table of the data set on PostgreSQL, with the rows given."""
    with connection, connection.cursor() as cursor:
        for statement, values in _statements(rows, POSTGRES_TYPES, "%s"):
            cursor.execute(statement, values or None)


def _statements(
    rows: Rows, types: Mapping[str, str], mark: str
) -> Iterator[tuple[str, list[Any]]]:
    unknown = rows.keys() - RAW.keys()
    if unknown:
        raise KeyError(f"no raw table {', '.join(sorted(unknown))}")
    yield f"create schema {RAW_SCHEMA}", []
    for table, columns in RAW.items():
        name = f"{RAW_SCHEMA}.{table}"
        listed = ", ".join(
            f"{column} {types.get(kind, kind)}" for column, kind in columns.items()
        )
        yield f"create table {name} ({listed})", []
        for row in rows.get(table, []):
            yield _insert(name, row, mark)


def _insert(table: str, row: Mapping[str, Any], mark: str) -> tuple[str, list[Any]]:
    names: Iterable[str] = row.keys()
    marks = ", ".join(mark for _ in row)
    return (
        f"insert into {table} ({', '.join(names)}) values ({marks})",
        list(row.values()),
    )
