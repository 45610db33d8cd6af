"""The warehouse of a build apart: one session to ask, and no trace left behind."""

from collections.abc import Iterator
from contextlib import contextmanager

from segmentation.apart.build import is_apart, schema_of
from segmentation.apart.errors import WarehouseMissingError
from segmentation.connections import warehouse_name
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.warehouse_tables import Query, open_query


@contextmanager
def opened(profile: Profile) -> Iterator[Query]:
    """Open the warehouse for statements of any kind.

    Raises:
        SegmentationError: It cannot be opened, or does not exist yet.
    """
    with open_query(profile, read_only=False) as query:
        if query is None:
            raise WarehouseMissingError(warehouse_name(profile))
        yield query


@contextmanager
def only_one(profile: Profile) -> Iterator[None]:
    """Make another of the same target wait; what it left would be lost.

    Raises:
        SegmentationError: The warehouse cannot be opened, or does not exist yet.
    """
    with opened(profile) as query:
        if profile.adapter == "postgres":
            name = schema_of(profile).replace("'", "''")
            query(f"select pg_advisory_xact_lock(hashtext('{name}'))")
            yield
            return
    # DuckDB lets one process write at a time, and dbt is the next to open the file.
    yield


def remove_schemas(profile: Profile) -> None:
    """Drop the schemas of this or of an earlier one with all that they hold."""
    with opened(profile) as query:
        # DuckDB lists a schema once for each attached database.
        schemas = query(
            "select distinct schema_name from information_schema.schemata "
            "where catalog_name = current_database() order by 1"
        )
        for (schema,) in schemas:
            if is_apart(profile, schema):
                query(f"drop schema {quoted(schema)} cascade")
