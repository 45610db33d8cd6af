"""Reads from the warehouse what the last build left there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from segmentation.connections import duckdb_path, open_duckdb, open_postgres
from segmentation.doctor.audit import Audit, read_audit
from segmentation.doctor.findings import Counts, Window
from segmentation.doctor.project import Project
from segmentation.doctor.tables import Tables, Warehouse, in_duckdb, in_postgres
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.release.files import read_release as read_file
from segmentation.release.schema_settings import SchemaSettings
from segmentation.release.schemas import read_release as read_schema
from segmentation.release.served import SERVING, Release
from segmentation.release.settings import PublishSettings
from segmentation.warehouse_tables import postgres_query

WINDOWS = (30, 90, 180, 365)
AUDIT = "measurement__source_audit"
RELEASES = "measurement__releases"
RELEASE_SOURCES = "measurement__release_sources"
CUSTOMERS = "features__customers"
DATES = "int_features__as_of_dates"
STARTS = "int_features__data_starts"


@dataclass(frozen=True)
class BuiltState:
    """What the last build left.

    Attributes:
        counts: Rows by entity and source; empty when nothing was built.
        data_starts: First local day by dated entity and source.
        windows: Windows of the features at the as-of date.
        customers: Customers at the as-of date.
        silent: Features without a value for any of them.
        release: Last release of the ledger.
        served: Release that the file or schema for BI holds.
        released_rows: Rows by entity and source behind the last release.
        audit: Families, layers and rules left open.
    """

    counts: Mapping[tuple[str, str], Counts] = field(default_factory=dict)
    data_starts: Mapping[str, date] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    customers: int = 0
    silent: frozenset[str] = frozenset()
    release: Release | None = None
    served: Release | None = None
    released_rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    audit: Audit = field(default_factory=Audit)


@contextmanager
def open_warehouse(profile: Profile) -> Iterator[Warehouse | None]:
    """Open the warehouse for reading; null when the DuckDB file does not exist yet.

    Raises:
        SegmentationError: It cannot be opened, or is of another kind.
    """
    if profile.adapter == "postgres":
        with open_postgres(profile) as connection:
            query = postgres_query(connection)
            yield Warehouse(
                query,
                lambda project: read_schema(query, _served_schema(project)),
                lambda *name: in_postgres(query, name),
            )
        return
    path = duckdb_path(profile)
    if not path.exists():
        yield None
        return
    settings = PublishSettings.from_profile(profile)
    with open_duckdb(profile, read_only=True) as session:

        def execute(sql: str) -> list[Any]:
            return session.execute(sql).fetchall()

        yield Warehouse(
            execute,
            lambda _: read_file(session, settings.paths().serving),
            lambda *name: in_duckdb(execute, name),
        )


def read_built_state(warehouse: Warehouse, project: Project) -> BuiltState:
    """Read what the last build left; an empty state when there was none."""
    tables = Tables(warehouse, project)
    rows = tables.rows
    counts = {
        (entity, source): Counts(*values)
        for entity, source, *values in rows(
            "entity, source_system, row_count, kept_count, duplicate_count, "
            "corrected_count, excluded_count, quarantined_count, first_event_date, "
            "last_event_date",
            AUDIT,
        )
    }
    starts = rows("entity, source_system, data_starts_at", STARTS, "order by 1, 2")
    observed = rows(
        ", ".join(f"is_observed_{days}d" for days in WINDOWS), DATES, "where is_current"
    )
    releases = rows(
        "run_id, released_at, as_of_date, content_hash, versions",
        RELEASES,
        "order by released_at desc, run_id desc limit 1",
    )
    release = Release(*releases[0]) if releases else None
    released = rows("entity, source_system, row_count, run_id", RELEASE_SOURCES)
    customers, silent = _silent_features(tables)
    first_orders = [day for entity, _, day in starts if entity == "orders"]
    return BuiltState(
        counts=counts,
        data_starts={f"{entity} of {source}": day for entity, source, day in starts},
        windows=_windows(observed, min(first_orders, default=None)),
        customers=customers,
        silent=silent,
        release=release,
        served=warehouse.served(project),
        released_rows={
            (entity, source): count
            for entity, source, count, run_id in released
            if release is not None and run_id == release.run_id
        },
        audit=read_audit(tables),
    )


def _served_schema(project: Project) -> str:
    settings = SchemaSettings.from_meta(project.model(RELEASES).config.meta)
    return settings.served()[SERVING].name


def _windows(observed: Sequence[Any], first: date | None) -> tuple[Window, ...]:
    if not observed:
        return ()
    return tuple(
        Window(days, bool(is_observed), first and first + timedelta(days=days - 1))
        for days, is_observed in zip(WINDOWS, observed[0], strict=True)
    )


def _silent_features(tables: Tables) -> tuple[int, frozenset[str]]:
    project = tables.project
    columns = list(project.model(CUSTOMERS).columns)
    counted = [f"count(nullif(cast({name} as text), 'unknown'))" for name in columns]
    dates = project.model("features__as_of_dates")
    current = quoted(dates.schema, dates.alias)
    found = tables.rows(
        ", ".join(["count(*)", *counted]),
        CUSTOMERS,
        f"where as_of_date = (select max(as_of_date) from {current} where is_current)",
    )
    if not found or not found[0][0]:
        return 0, frozenset()
    total, *known = found[0]
    names = zip(columns, known, strict=True)
    return total, frozenset(name for name, count in names if not count)
