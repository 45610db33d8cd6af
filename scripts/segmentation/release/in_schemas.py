"""Publishing on PostgreSQL: two schemas and the ledger, in one transaction."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from segmentation.fingerprint import Fingerprint, quoted
from segmentation.postgres_fingerprint import postgres_fingerprint
from segmentation.release import schemas
from segmentation.release.ledger import Ledger, find_release
from segmentation.release.run import Run
from segmentation.release.schema_settings import (
    READERS_VARIABLE,
    SCHEMAS_VARIABLE,
    ReadersUnclearError,
    SchemaSettings,
    ServedSchema,
)
from segmentation.release.served import Release, ServedSet
from segmentation.release.settings import NoPlaceToPublishError, PublishError
from segmentation.release.swap_lock import lock_tables
from segmentation.warehouse_tables import Query

LOCK = "select pg_advisory_xact_lock(hashtextextended('segmentation_publish', 0))"


class ViewsOnServedTablesError(PublishError):
    """Somebody's views read served tables and would have to be dropped with them."""


class InSchemas:
    """A PostgreSQL warehouse whose tables are served in two schemas of their own.

    Nothing is to be made good after a killed run: all it did was in one transaction.

    Args:
        query: Warehouse, inside a transaction that the caller commits.
        settings: Which schemas, and who reads them.
    """

    def __init__(self, query: Query, settings: SchemaSettings) -> None:
        self._query = query
        self._settings = settings

    def query(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a statement; each question mark takes one value."""
        return self._query(sql, *values)

    def fingerprint(self, relation: str) -> Fingerprint:
        """Hash the rows of a relation, in any order, with its columns."""
        return postgres_fingerprint(self._query, relation)

    def place(self, role: str) -> str:
        """Name of a role's schema."""
        return f"schema {self._schemas[role].name}"

    def prepare(self, run: Run, sets: Sequence[ServedSet], ledger: Ledger) -> None:
        """Wait for other publishers, check the schemas and let their readers in.

        Raises:
            NoPlaceToPublishError: A schema belongs to somebody else.
            ReadersUnclearError: A reader is no role of the server.
        """
        self._query(LOCK)
        for served in sets:
            for table in served.tables:
                # Until the end no build puts another table in its place.
                self._query(f"select 1 from {table.source} limit 0")
        readers = [name for each in self._schemas.values() for name in each.readers]
        missing = schemas.missing_roles(self._query, readers)
        if missing:
            raise ReadersUnclearError(
                f"not released: {READERS_VARIABLE} names {', '.join(missing)}, and the "
                "server knows no such role. Create it, or correct the variable and run "
                "`dbt build` again"
            )
        for schema in self._schemas.values():
            self._check_is_ours(schema, run, ledger)
            if schemas.schema_exists(self._query, schema.name):
                schemas.grant_to_readers(self._query, schema)

    def held_release(self, role: str) -> Release | None:
        """Release that a role's schema holds; null when it holds none."""
        return schemas.read_release(self._query, self._schemas[role].name)

    def write(
        self,
        sets: Sequence[ServedSet],
        release: Release,
        record: Callable[[], None] | None,
    ) -> None:
        """Write new tables, wait for readers, replace the served ones, and record.

        Raises:
            ReadersHoldTablesError: Somebody reads the tables for too long.
            ViewsOnServedTablesError: Somebody's views depend on a table.
        """
        from psycopg2.errors import DependentObjectsStillExist

        served_schemas = [self._schemas[served.role] for served in sets]
        for schema, served in zip(served_schemas, sets, strict=True):
            schemas.write_next(self._query, schema, served, release)
        in_use = [
            quoted(schema.name, name)
            for schema in served_schemas
            for name in schemas.table_names(self._query, schema.name)
        ]
        lock_tables(self._query, in_use)
        try:
            for schema in served_schemas:
                schemas.replace(self._query, schema)
        except DependentObjectsStillExist as error:
            raise ViewsOnServedTablesError(
                "not released: a release replaces the served tables, and would drop "
                f"what depends on them: {error.diag.message_detail}. Drop that first; "
                "a model with `meta.serving` can take its place"
            ) from error
        for schema in served_schemas:
            schemas.grant_to_readers(self._query, schema)
        if record is not None:
            record()

    @cached_property
    def _schemas(self) -> dict[str, ServedSchema]:
        # Only when something is to be released: a partial run needs no place.
        return self._settings.served()

    def _check_is_ours(self, schema: ServedSchema, run: Run, ledger: Ledger) -> None:
        """Refuse a schema whose tables no release of this ledger wrote."""
        built = {node.relation[-2] for node in run.nodes if len(node.relation) > 1}
        held = schemas.read_release(self._query, schema.name)
        if {schema.name, schema.next_name} & built:
            found = "the build writes its own tables there"
        elif schemas.schema_exists(self._query, schema.next_name):
            found = f"the schema {schema.next_name}, which publishing needs, exists"
        elif held is None and not schemas.is_empty(self._query, schema.name):
            found = "it holds tables or views that are no release"
        elif held and not find_release(self._query, ledger, held.run_id):
            found = (
                f"it holds release {held.run_id} of another build, unknown to "
                f"{ledger.releases}"
            )
        else:
            return
        raise NoPlaceToPublishError(
            f"not released: cannot serve in the schema {schema.name}: {found}. Give "
            f"another name in {SCHEMAS_VARIABLE} and run `dbt build` again, or drop "
            "what nobody needs"
        )
