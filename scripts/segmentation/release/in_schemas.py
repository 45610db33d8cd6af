"""Publishing on PostgreSQL: two schemas and the ledger, in one transaction."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from segmentation.fingerprint import Fingerprint
from segmentation.postgres_fingerprint import postgres_fingerprint
from segmentation.release import schemas
from segmentation.release.kept_schemas import KeptSchemas
from segmentation.release.ledger import Ledger, find_release
from segmentation.release.record import Rollback, record_rollback
from segmentation.release.run import Run
from segmentation.release.schema_settings import (
    READERS_VARIABLE,
    SCHEMAS_VARIABLE,
    ReadersUnclearError,
    SchemaSettings,
    ServedSchema,
)
from segmentation.release.served import Release, ServedSet
from segmentation.release.settings import NoPlaceToPublishError
from segmentation.warehouse_tables import Query

LOCK = "select pg_advisory_xact_lock(hashtextextended('segmentation_publish', 0))"


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

    def prepare(self, run: Run, ledger: Ledger) -> None:
        """Wait for other publishers, check the schemas and let their readers in.

        Raises:
            NoPlaceToPublishError: A schema belongs to somebody else.
            ReadersUnclearError: A reader is no role of the server.
        """
        built = {node.relation[-2] for node in run.nodes if len(node.relation) > 1}
        self._lock_and_check(ledger, built)
        for node in run.nodes:
            if node.serving:
                # Until the end no build puts another table in its place.
                self._query(f"select 1 from {node.sql_name} limit 0")
        self._let_readers_in()

    def recover(self, ledger: Ledger) -> None:
        """Wait for other publishers and check the schemas: nothing is left behind.

        Raises:
            NoPlaceToPublishError: A schema belongs to somebody else.
        """
        self._lock_and_check(ledger, frozenset())

    def held_release(self, role: str) -> Release | None:
        """Release that a role's schema holds; null when it holds none."""
        return schemas.read_release(self._query, self._schemas[role].name)

    def write(
        self,
        sets: Sequence[ServedSet],
        release: Release,
        record: Callable[[], None] | None,
    ) -> None:
        """Write new tables, record, wait for readers and replace the served tables.

        Raises:
            ReadersHoldTablesError: Somebody reads the tables for too long.
            ViewsOnServedTablesError: Somebody's views depend on a table.
        """
        next_schemas = {}
        for served in sets:
            schema = self._schemas[served.role]
            schemas.write_next(self._query, schema, served, release)
            next_schemas[served.role] = schema.next_name
        if record is not None:
            # Before readers have to wait.
            record()
        self._kept.replace(next_schemas)

    def kept_releases(self) -> list[Release]:
        """Releases that both kept schemas of a number hold, last kept first."""
        return self._kept.releases()

    def serve_again(self, rollback: Rollback, ledger: Ledger) -> None:
        """Move the tables of kept schemas into the served ones, and record it.

        Raises:
            ReadersHoldTablesError: Somebody reads the tables for too long.
            ViewsOnServedTablesError: Somebody's views depend on a table.
        """
        record_rollback(self._query, ledger, rollback)
        self._kept.replace(self._kept.schemas_of(rollback.run_id))

    @cached_property
    def _schemas(self) -> dict[str, ServedSchema]:
        # Only when something is to be released: a partial run needs no place.
        return self._settings.served()

    @cached_property
    def _kept(self) -> KeptSchemas:
        return KeptSchemas(self._query, self._schemas)

    def _let_readers_in(self) -> None:
        readers = [name for each in self._schemas.values() for name in each.readers]
        missing = schemas.missing_roles(self._query, readers)
        if missing:
            raise ReadersUnclearError(
                f"not released: {READERS_VARIABLE} names {', '.join(missing)}, and the "
                "server knows no such role. Create it, or correct the variable and run "
                "`dbt build` again"
            )
        for schema in self._schemas.values():
            if schemas.schema_exists(self._query, schema.name):
                schemas.grant_to_readers(self._query, schema)

    def _lock_and_check(self, ledger: Ledger, built: AbstractSet[str]) -> None:
        self._query(LOCK)
        for schema in self._schemas.values():
            self._check_is_ours(schema, built, ledger)

    def _check_is_ours(
        self, schema: ServedSchema, built: AbstractSet[str], ledger: Ledger
    ) -> None:
        """Refuse a schema whose tables no release of this ledger wrote."""
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
