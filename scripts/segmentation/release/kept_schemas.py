"""Keeps schemas that were served before, beside those that are."""

from collections.abc import Mapping

from segmentation.fingerprint import quoted
from segmentation.release import schemas
from segmentation.release.schema_settings import ServedSchema
from segmentation.release.served import KEPT_RELEASES, Release
from segmentation.release.settings import PublishError
from segmentation.release.swap_lock import lock_tables
from segmentation.warehouse_tables import Query


class ViewsOnServedTablesError(PublishError):
    """Somebody's views read served tables and would have to be dropped with them."""


class KeptSchemas:
    """What is kept of the served schemas: a number has one schema per role.

    Args:
        query: Warehouse, inside a transaction.
        served: The served schema of each role.
    """

    def __init__(self, query: Query, served: Mapping[str, ServedSchema]) -> None:
        self._query = query
        self._served = served

    def releases(self) -> list[Release]:
        """Releases that all schemas of a number hold, last kept first."""
        return [release for release in self._kept().values() if release is not None]

    def schemas_of(self, run_id: str) -> dict[str, str]:
        """Return the kept schema of each role that holds a release."""
        [number] = [
            number
            for number, release in self._kept().items()
            if release is not None and release.run_id == run_id
        ]
        return {role: schema.kept_name(number) for role, schema in self._served.items()}

    def replace(self, sources: Mapping[str, str]) -> None:
        """Keep what is served, serve the tables of other schemas, drop the oldest.

        Args:
            sources: For each role the schema whose tables are to be served; it goes.

        Raises:
            ReadersHoldTablesError: Somebody reads the tables for too long.
            ViewsOnServedTablesError: Somebody's views depend on a table.
        """
        in_use = [self._served[role].name for role in sources]
        doomed = self._doomed(sources)
        tables = [
            quoted(name, table)
            for name in (*in_use, *doomed)
            for table in schemas.table_names(self._query, name)
        ]
        number = self._next_number()
        lock_tables(self._query, tables)
        self._drop(in_use, doomed)
        for role, source in sources.items():
            schema = self._served[role]
            schemas.keep(self._query, schema, number)
            schemas.serve(self._query, source, schema)
            schemas.grant_to_readers(self._query, schema)

    def _kept(self) -> dict[int, Release | None]:
        """Each number with its release; null where the schemas disagree."""
        held = [
            {
                number: schemas.read_release(self._query, name)
                for number, name in schemas.kept_schemas(self._query, schema).items()
            }
            for schema in self._served.values()
        ]
        numbers = sorted({number for each in held for number in each}, reverse=True)
        found = {number: {each.get(number) for each in held} for number in numbers}
        return {
            number: next(iter(releases)) if len(releases) == 1 else None
            for number, releases in found.items()
        }

    def _next_number(self) -> int:
        number = max(self._kept(), default=0) + 1
        # A schema of somebody else may have such a name.
        while any(
            schemas.schema_exists(self._query, schema.kept_name(number))
            for schema in self._served.values()
        ):
            number += 1
        return number

    def _doomed(self, sources: Mapping[str, str]) -> list[str]:
        """Kept schemas for which no place is left once one more is kept."""
        going = set(sources.values())
        kept = [schemas.kept_schemas(self._query, s) for s in self._served.values()]
        others = [
            number
            for number in self._kept()
            if going.isdisjoint(each.get(number) for each in kept)
        ]
        return [
            each[number]
            for number in others[KEPT_RELEASES - 1 :]
            for each in kept
            if number in each
        ]

    def _drop(self, in_use: list[str], doomed: list[str]) -> None:
        from psycopg2.errors import DependentObjectsStillExist

        try:
            for name in in_use:
                schemas.check_free(self._query, name)
            for name in doomed:
                schemas.drop(self._query, name)
        except DependentObjectsStillExist as error:
            raise ViewsOnServedTablesError(
                "not released: a release replaces the served tables, and would drop "
                f"what depends on them: {error.diag.message_detail}. Drop that first; "
                "a model with `meta.serving` can take its place"
            ) from error
