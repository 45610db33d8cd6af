"""Earlier releases served again on PostgreSQL: kept schemas and who reads them."""

from collections.abc import Mapping

import psycopg2
import pytest

from publishing import finished_run
from publishing_postgres import (
    SCHEMAS,
    add_customer,
    execute,
    make_database,
    publish_schemas,
    served_tables,
    session,
)
from segmentation.release.in_schemas import InSchemas
from segmentation.release.kept_schemas import ViewsOnServedTablesError
from segmentation.release.ledger import Ledger
from segmentation.release.record import Rollback
from segmentation.release.rollback import roll_back
from segmentation.release.schema_settings import SchemaSettings
from segmentation.warehouse_tables import postgres_query

READERS = {"serving": ["bi"], "activation": ["exports"]}


@pytest.fixture
def server(postgres: Mapping[str, str]) -> Mapping[str, str]:
    """A database with four releases, whose customers have the numbers 0 to 3."""
    make_database(postgres)
    for number in range(4):
        publish_schemas(postgres, finished_run(f"run-{number}"), readers=READERS)
        add_customer(postgres, number + 1)
    return postgres


def schemas(server: Mapping[str, str]) -> list[str]:
    rows = execute(
        server, "select nspname from pg_namespace where nspname ~ '^(serv|acti)'"
    )
    return sorted(name for (name,) in rows)


def roll_back_schemas(server: Mapping[str, str], run_id: str | None = None) -> Rollback:
    settings = SchemaSettings(SCHEMAS, READERS)
    with session(server, "publisher") as connection:
        engine = InSchemas(postgres_query(connection), settings)
        return roll_back(engine, Ledger.find(lambda name: name), run_id, "why")


def test_kept_schemas_are_three_and_nobody_reads_them(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run("run-4"), readers=READERS)
    assert schemas(server) == [
        "activation",
        "activation_kept_2",
        "activation_kept_3",
        "activation_kept_4",
        "serving",
        "serving_kept_2",
        "serving_kept_3",
        "serving_kept_4",
    ]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        execute(server, "select * from serving_kept_4.segments__customers", "bi")
    done = roll_back_schemas(server, "run-2")
    assert (done.run_id, done.previous_run_id) == ("run-2", "run-4")
    count = "select count(*) from serving.segments__customers"
    assert execute(server, count, "bi") == [(3,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        execute(server, "select * from activation._release", "bi")
    assert schemas(server) == [
        "activation",
        "activation_kept_2",
        "activation_kept_4",
        "activation_kept_5",
        "serving",
        "serving_kept_2",
        "serving_kept_4",
        "serving_kept_5",
    ]
    assert execute(server, "select run_id from serving_kept_5._release") == [("run-4",)]


def test_a_killed_or_failed_rollback_leaves_everything_as_it_was(
    server: Mapping[str, str],
) -> None:
    before = (served_tables(server), schemas(server))
    execute(server, "alter table measurement__rollbacks drop reason")
    with pytest.raises(psycopg2.errors.UndefinedColumn):
        roll_back_schemas(server)
    assert (served_tables(server), schemas(server)) == before


def test_a_view_on_a_served_table_stops_a_rollback_too(
    server: Mapping[str, str],
) -> None:
    before = served_tables(server)
    execute(server, "create view public.big as select * from serving.segments__sizes")
    with pytest.raises(ViewsOnServedTablesError, match="big depends on table"):
        roll_back_schemas(server)
    assert served_tables(server) == before
    execute(server, "drop view public.big")
    assert roll_back_schemas(server).run_id == "run-2"


def test_a_schema_of_somebody_else_is_not_taken_for_a_kept_one(
    server: Mapping[str, str],
) -> None:
    execute(server, "create schema serving_kept_old; create schema serving_kept_4")
    for number in range(4, 9):
        add_customer(server, number + 1)
        publish_schemas(server, finished_run(f"run-{number}"), readers=READERS)
    assert {"serving_kept_old", "serving_kept_4"} < set(schemas(server))
