"""Opens the identity tables of the last build."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from segmentation.connections import warehouse_name
from segmentation.fingerprint import quoted
from segmentation.identity.errors import IdentityMissingError
from segmentation.profiles import Profile
from segmentation.warehouse_tables import Query, find_schemas, open_query


@dataclass(frozen=True)
class IdentityTables:
    """The identity tables of an open warehouse.

    Attributes:
        query: Returns all rows of a query.
        schemas: Schema of each table.
        edit_distance: SQL function that counts the edits between two texts.
    """

    query: Query
    schemas: Mapping[str, str]
    edit_distance: str

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a query that has table names in braces."""
        names = {table: quoted(self.schemas[table], table) for table in self.schemas}
        return self.query(sql.format_map(names), *values)


@contextmanager
def open_identity(
    profile: Profile, tables: Collection[str]
) -> Iterator[IdentityTables]:
    """Open these tables of the warehouse for reading.

    Raises:
        IdentityMissingError: A table was not built.
        SegmentationError: The warehouse does not open.
    """
    with open_query(profile) as query:
        schemas: dict[str, str] = {}
        if query is not None:
            schemas = find_schemas(query, tables, profile)
        lacking = set(tables) - schemas.keys()
        if query is None or lacking:
            raise IdentityMissingError(warehouse_name(profile), lacking)
        distance = "levenshtein"
        if profile.adapter == "postgres":
            internal = schemas["int_identity__records"]
            distance = quoted(internal, "segmentation_edit_distance")
        yield IdentityTables(query, schemas, distance)
