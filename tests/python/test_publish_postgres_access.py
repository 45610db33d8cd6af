"""Who may read served schemas, and schemas in which nothing can be served."""

from collections.abc import Mapping
from typing import Any

import psycopg2
import pytest

from publishing import finished_run, model
from publishing_postgres import (
    SCHEMAS,
    add_customer,
    execute,
    make_database,
    publish_schemas,
    recorded,
    served_tables,
)
from segmentation.release.kept_schemas import ViewsOnServedTablesError
from segmentation.release.publish import Outcome
from segmentation.release.schema_settings import ReadersUnclearError
from segmentation.release.settings import NoPlaceToPublishError

READERS = {"serving": ["bi"], "activation": ["exports"]}
COUNT = "select count(*) from %s"


@pytest.fixture
def server(postgres: Mapping[str, str]) -> Mapping[str, str]:
    make_database(postgres)
    execute(postgres, "create schema main_identity authorization publisher")
    execute(
        postgres, "create table main_identity.people as select 'a' as x", "publisher"
    )
    return postgres


def readable(server: Mapping[str, str], user: str) -> list[str]:
    """Those of a few tables that a role can read."""
    found = []
    for table in (
        "serving._release",
        "serving.segments__sizes",
        "activation._release",
        "activation.activation__contacts",
        "main.segments__customers",
        "main_identity.people",
    ):
        try:
            execute(server, COUNT % table, user)
        except psycopg2.errors.InsufficientPrivilege:
            continue
        found.append(table)
    return found


def test_each_role_reads_its_schema_and_no_other(server: Mapping[str, str]) -> None:
    publish_schemas(server, finished_run(), readers=READERS)
    for run_id in ("run-1", "run-2"):
        publish_schemas(server, finished_run(run_id), readers=READERS)
        assert readable(server, "bi") == ["serving._release", "serving.segments__sizes"]
        assert readable(server, "exports") == [
            "activation._release",
            "activation.activation__contacts",
        ]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            execute(server, "create table serving.own as select 1 as x", "bi")
        add_customer(server, 1)


def test_without_readers_only_the_owner_reads(server: Mapping[str, str]) -> None:
    publish_schemas(server, finished_run())
    assert readable(server, "bi") == []


def test_readers_follow_the_setting_even_when_nothing_is_released(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run(), readers=READERS)
    before = served_tables(server)
    changed = {"serving": ["exports"], "activation": []}
    publication = publish_schemas(server, finished_run("run-2"), readers=changed)
    assert publication.outcome is Outcome.UNCHANGED
    assert served_tables(server) == before
    assert readable(server, "bi") == []
    assert readable(server, "exports") == [
        "serving._release",
        "serving.segments__sizes",
    ]
    everybody = {"serving": ["public"]}
    publish_schemas(server, finished_run("run-2"), readers=everybody)
    assert readable(server, "bi") == ["serving._release", "serving.segments__sizes"]
    publish_schemas(server, finished_run("run-2"))
    assert readable(server, "bi") == []


def test_a_view_on_a_served_table_is_named_and_not_dropped(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    execute(server, "create view public.big as select * from serving.segments__sizes")
    add_customer(server, 1)
    with pytest.raises(
        ViewsOnServedTablesError, match=r"view (public\.)?big depends on table"
    ):
        publish_schemas(server, finished_run("run-2"))
    assert (served_tables(server), recorded(server)) == (before, ["run-1"])
    assert execute(server, "select customer_count from public.big") == [(1,)]


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (
            "create schema serving; create table serving.prices as select 1 as x",
            "it holds tables or views that are no release",
        ),
        ("create schema serving_next", "the schema serving_next, which publishing"),
    ],
)
def test_a_schema_of_somebody_else_is_left_alone(
    server: Mapping[str, str], before: str, found: str
) -> None:
    execute(server, before)
    tables = served_tables(server)
    with pytest.raises(NoPlaceToPublishError, match=found):
        publish_schemas(server, finished_run())
    assert served_tables(server) == tables
    assert recorded(server) == []


def test_an_empty_schema_made_beforehand_is_used(server: Mapping[str, str]) -> None:
    execute(server, "create schema serving authorization publisher")
    publication = publish_schemas(server, finished_run())
    assert publication.outcome is Outcome.RELEASED


def test_two_builds_do_not_serve_in_one_schema(server: Mapping[str, str]) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    execute(server, "delete from measurement__releases")  # as another build's is
    with pytest.raises(NoPlaceToPublishError, match="release run-1 of another build"):
        publish_schemas(server, finished_run("run-2"))
    assert served_tables(server) == before


def test_the_build_and_the_readers_have_schemas_of_their_own(
    server: Mapping[str, str],
) -> None:
    schemas = SCHEMAS | {"serving": "main"}
    with pytest.raises(NoPlaceToPublishError, match="build writes its own tables"):
        publish_schemas(server, finished_run(), schemas)


@pytest.mark.parametrize(
    ("schemas", "message"),
    [
        (None, "expected a schema for serving"),
        ({"serving": "bi"}, "expected a schema for activation"),
        (SCHEMAS | {"serving": "BI reports"}, "expected a schema for serving"),
        (SCHEMAS | {"serving": "x" * 59}, "expected a schema for serving"),
        ({"serving": "bi", "activation": "bi"}, "expected four different ones"),
        ({"serving": "bi", "activation": "bi_next"}, "expected four different ones"),
    ],
)
def test_a_missing_or_unusable_schema_is_explained(
    server: Mapping[str, str], schemas: Any, message: str
) -> None:
    given = {} if schemas is None else schemas
    with pytest.raises(NoPlaceToPublishError, match=message) as refused:
        publish_schemas(server, finished_run(), given)
    assert "segmentation_served_schemas" in str(refused.value)


@pytest.mark.parametrize(
    ("readers", "message"),
    [
        ({"serving": ["bi", "nobody"]}, "names nobody, and the server knows no such"),
        ({"serving": "bi"}, "expected lists of database roles"),
        ({"identity": ["bi"]}, "expected lists of database roles"),
        (["bi"], "expected lists of database roles"),
    ],
)
def test_readers_that_cannot_be_granted_are_explained(
    server: Mapping[str, str], readers: Any, message: str
) -> None:
    with pytest.raises(ReadersUnclearError, match=message):
        publish_schemas(server, finished_run(), readers=readers)
    assert served_tables(server) == {}


def test_a_partial_run_needs_no_schema(server: Mapping[str, str]) -> None:
    absent = model("segments__sizes", "segments__customers", serving="serving")
    absent = type(absent)(**{**vars(absent), "is_selected": False, "status": None})
    publication = publish_schemas(server, finished_run("run-1", absent), schemas={})
    assert publication.outcome is Outcome.PARTIAL
