"""The script that the project is measured against counts what Python counts."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

import lower_bound
from omnichannel import generated

AS_OF = date(2025, 12, 16)
BERLIN = ZoneInfo("Europe/Berlin")


def seconds_of(text: str) -> datetime:
    """Return a time in UTC that the shop writes, in Berlin."""
    return datetime.fromisoformat(text).astimezone(BERLIN)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Files with the raw tables and with what the script makes of them."""
    folder = tmp_path_factory.mktemp("bound")
    raw, segments = folder / "raw.duckdb", folder / "segments.duckdb"
    data = generated(customers=300).raw
    with duckdb.connect(str(raw)) as connection:
        connection.execute(f"create schema {data.schema}")
        for table in data.tables:
            connection.execute(
                f"create table {data.schema}.{table.name} as {data.select(table)}"
            )
    command = [sys.executable, lower_bound.__file__, str(raw), "--as-of", str(AS_OF)]
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [*command, "--memory", "500MB", "--to", str(segments)],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert set(json.loads(done.stdout)) >= {"read: web_events", "date: segment"}
    return raw, segments


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on one of the files."""
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(sql).fetchall()


def test_orders_of_the_shop_are_their_last_versions(
    company: tuple[Path, Path],
) -> None:
    raw, segments = company
    last: dict[str, tuple[Any, ...]] = {}
    for row in rows(
        raw,
        "select order_no, account_no, placed_at, changed_at, deleted, loaded_at "
        "from raw_omnichannel.shop_orders where account_no is not null "
        "order by changed_at, loaded_at",
    ):
        if seconds_of(row[2]).date() <= AS_OF and seconds_of(row[3]).date() <= AS_OF:
            last[row[0]] = row
    cancelled = {
        order
        for order, at in rows(
            raw,
            "select order_no, created_at from raw_omnichannel.shop_refunds "
            "where kind = 'CANCEL'",
        )
        if seconds_of(at).date() <= AS_OF
    }
    expected = Counter(
        account
        for order, account, _, _, deleted, _ in last.values()
        if not deleted and order not in cancelled
    )

    found = rows(
        segments,
        "select record, order_count from segments "
        "where source_system = 'omni_shop' and record not like 'guest-%' "
        "and order_count > 0",
    )

    assert len(found) > 50
    assert dict(found) == dict(expected)


def test_visits_are_counted_by_the_day_of_berlin(company: tuple[Path, Path]) -> None:
    raw, segments = company
    visits: defaultdict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for record, visit, platform, milliseconds in rows(
        raw, "select anon_id, visit, platform, ts_ms from raw_omnichannel.web_events"
    ):
        day = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(BERLIN).date()
        if AS_OF - timedelta(days=90) < day <= AS_OF:
            visits[record].add((visit, platform != "web", day))
    expected = {record: len(each) for record, each in visits.items()}

    found = rows(
        segments,
        "select record, session_count_90d from segments "
        "where source_system = 'omni_web' and session_count_90d > 0",
    )

    assert len(found) > 200
    assert dict(found) == expected
