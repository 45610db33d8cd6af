"""What was foreseen, published or named is sealed by its release, and stays so."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import psycopg2
import pytest

from dbt_project import DbtProject
from memberships_toy import environment, segment, write_state
from publishing_postgres import make_database
from sealing_toy import (
    complaints,
    publish_at,
    rows,
    sealing_project,
    write_forecasts,
    write_labels,
    write_roots,
)
from segmentation.erase.plan import Plan
from segmentation.erase.recorded import purge_recorded
from segmentation.erase.warehouse import one_step
from segmentation.profiles import load_profile

STATE = {("a", "2025-02-28"): "best", ("b", "2025-02-28"): "new"}
EVE, MARCH_27, APRIL_2 = "2025-03-26", "2025-03-27", "2025-04-01"
SEALED_AT = "2025-03-27 04:00:00"
TABLES = {
    "measurement__forecasts": ["quarter", "customer_id", "expected_orders", "run_id"],
    "measurement__seals": ["kind", "subject", "content", "row_count", "run_id"],
    "measurement__published_memberships": ["run_id", "customer_id", "as_of_date"],
    "measurement__releases": ["run_id"],
}


def state(day: str, **codes: str) -> Mapping[tuple[str, str], str]:
    return STATE | {(name, day): code for name, code in codes.items()}


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """The toy after the night that sealed its second quarter."""
    toy = sealing_project(tmp_path_factory.mktemp("sealing"))
    if request.param == "postgres":
        server: Mapping[str, str] = request.getfixturevalue("postgres")
        make_database(server)
        environment = {**server, "SEGMENTATION_PG_DATABASE": "warehouse"}
        toy = replace(toy, target="postgres", extra_env=environment)
    write_state(toy, state(EVE, a="best", b="new"))
    write_forecasts(toy, "2025-Q2", "2025-04-01", a=2, b=0.25)
    message = publish_at(toy, EVE, SEALED_AT)
    assert message.startswith("released:")
    if toy.target:
        line = f"teahouse,2025-Q2,{root(toy)},{SEALED_AT}"
        said = f"sealed: 2 forecasts of 2025-Q2. Add the line {line} to seeds/"
        assert said in message
    return toy


def ledger(project: DbtProject) -> dict[str, list[Any]]:
    return {table: rows(project, table, columns) for table, columns in TABLES.items()}


def root(project: DbtProject) -> str:
    [(content,)] = [
        (content,)
        for kind, content in rows(project, "measurement__seals", ["kind", "content"])
        if kind == "forecasts"
    ]
    return str(content)


def change(project: DbtProject, *statements: str) -> None:
    """Edit recorded rows behind the back of the project."""
    if project.target is None:
        with duckdb.connect(str(project.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement.format("main_ledger"))
        return
    server = project.extra_env
    with psycopg2.connect(
        host=server["SEGMENTATION_PG_HOST"],
        port=server["SEGMENTATION_PG_PORT"],
        user=server["SEGMENTATION_PG_USER"],
        password=server["SEGMENTATION_PG_PASSWORD"],
        dbname=server["SEGMENTATION_PG_DATABASE"],
    ) as connection:
        for statement in statements:
            connection.cursor().execute(statement.format("publishing_ledger"))


def test_a_release_before_the_quarter_seals_its_forecasts(project: DbtProject) -> None:
    columns = ["customer_id", "quarter", "order_probability", "expected_revenue"]
    columns += ["as_of_date", "sealed_at", "row_hash"]
    (a, b) = rows(project, "measurement__forecasts", columns)
    assert [str(value) for value in a[:6]] == (
        ["a", "2025-Q2", "0.2", "100.00", EVE, SEALED_AT]
    )
    # SHA-256 of the row as text, and of the sorted hashes of both rows.
    parts = ("2025-Q2", "a", "best", "gold", "v1", EVE, "2025-04-01", "2025-06-30")
    numbers = (f"{number:.9f}" for number in (0.2, 2, 0.5, 100, 9.25))
    text = "\x1f".join((*parts, *numbers))
    assert a[-1] == sha256(text.encode()).hexdigest()
    assert root(project) == sha256("".join(sorted([a[-1], b[-1]])).encode()).hexdigest()
    assert complaints(project) == []


def test_seals_are_of_dates_quarters_and_clusters(project: DbtProject) -> None:
    columns = ["kind", "subject", "row_count", "dataset"]
    assert rows(project, "measurement__seals", columns) == [
        ("forecasts", "2025-Q2", 2, "teahouse"),
        ("label", "behavior/1", 1, "teahouse"),
        ("label", "behavior/2", 1, "teahouse"),
        ("memberships", "2025-02-28", 2, "teahouse"),
        ("memberships", "the day it stood at", 2, "teahouse"),
    ]


@dataclass(frozen=True)
class Edit:
    """A change of recorded rows, how it is undone, and what is said of it."""

    table: str
    forward: str
    back: str
    message: str

    def make(self, project: DbtProject) -> None:
        change(project, f"update {{}}.{self.table} set {self.forward}")

    def undo(self, project: DbtProject) -> None:
        change(project, f"update {{}}.{self.table} set {self.back}")


FORECASTS, MEMBERSHIPS = "measurement__forecasts", "measurement__published_memberships"
EDITS = {
    "a forecast": Edit(
        FORECASTS,
        "expected_orders = 1 where customer_id = 'a'",
        "expected_orders = 2 where customer_id = 'a'",
        "The forecast of 2025-Q2 for customer a was changed after it was sealed",
    ),
    "the time of a forecast": Edit(
        FORECASTS,
        "sealed_at = timestamp '2025-01-01' where customer_id = 'b'",
        f"sealed_at = timestamp '{SEALED_AT}'",
        "The forecast of 2025-Q2 for customer b was changed after it was sealed",
    ),
    "a forecast with its hash": Edit(
        FORECASTS,
        "row_hash = 'x' || row_hash, customer_id = null where customer_id = 'a'",
        "row_hash = substring(row_hash, 2), customer_id = 'a' "
        "where customer_id is null",
        "The forecasts of 2025-Q2 were changed after they were sealed: "
        "measurement__forecasts has rows with the hash ",
    ),
    "a published membership": Edit(
        MEMBERSHIPS,
        "value_tier = 'gold' where customer_id = 'b' and as_of_date is not null",
        "value_tier = 'basic' where customer_id = 'b' and as_of_date is not null",
        "The published memberships of 2025-02-28, of release ",
    ),
    "whose membership it was": Edit(
        MEMBERSHIPS,
        "customer_id = 'c' where customer_id = 'b' and as_of_date is null",
        "customer_id = 'b' where customer_id = 'c' and as_of_date is null",
        "The published memberships of the day it stood at, of release ",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_record_is_named(project: DbtProject, edit: str) -> None:
    EDITS[edit].make(project)
    try:
        [found] = complaints(project)
    finally:
        EDITS[edit].undo(project)
    assert found.startswith(EDITS[edit].message)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ({1: "day_owls", 2: "early_birds"}, "cluster_labels says day_owls"),
        ({2: "early_birds", 3: "new_ones"}, "cluster_labels says nothing of it"),
    ],
)
def test_the_code_of_a_published_cluster_stays(
    project: DbtProject, codes: Mapping[int, str], said: str
) -> None:
    write_labels(project, codes)
    project.dbt("seed", "--select", "cluster_labels")
    found = complaints(project)
    write_labels(project, {1: "night_owls", 2: "early_birds"})
    project.dbt("seed", "--select", "cluster_labels")
    [message] = found
    assert "Cluster behavior/1 was published with the code night_owls" in message
    assert said in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("teahouse,2025-Q2,{root},2025-03-27 04:00:00", None),
        ("other,2025-Q2,abc,2025-03-27 04:00:00", None),
        # Sealed before this warehouse released anything: that of somebody else.
        ("teahouse,2024-Q4,abc,2024-09-27 04:00:00", None),
        pytest.param(
            "teahouse,2025-Q2,abc,2025-03-27 04:00:00",
            "The forecasts of 2025-Q2 do not give the root that was committed to the "
            "seed forecast_roots: measurement__forecasts has the root ",
        ),
        (
            "teahouse,2025-Q2,{root},2025-03-28 04:00:00",
            "The forecasts of 2025-Q2 do not give the root",
        ),
        pytest.param(
            "teahouse,2025-Q3,abc,2025-06-27 04:00:00",
            "The forecasts of 2025-Q3 do not give the root that was committed to the "
            "seed forecast_roots: measurement__forecasts has no rows; expected abc",
        ),
    ],
)
def test_what_is_recorded_gives_the_committed_root(
    project: DbtProject, line: str, message: str | None
) -> None:
    write_roots(project, line.format(root=root(project)))
    project.dbt("seed", "--select", "forecast_roots")
    found = complaints(project)
    write_roots(project)
    project.dbt("seed", "--select", "forecast_roots")
    assert [text for text in found if not text.startswith(message or "?")] == []
    assert len(found) == (message is not None)


def test_of_an_erased_person_the_hash_is_enough(project: DbtProject) -> None:
    erased = "customer_id = null, expected_orders = null, primary_segment = null"
    given = "customer_id = 'a', expected_orders = 2, primary_segment = 'best'"
    table = "update {}.measurement__forecasts set "
    change(project, f"{table} {erased} where customer_id = 'a'")
    found = complaints(project)
    change(project, f"{table} {given} where customer_id is null")
    assert found == []


def test_a_refused_build_releases_nothing(project: DbtProject) -> None:
    edit = EDITS["a published membership"]
    edit.make(project)
    before = ledger(project)
    try:
        result = replace(
            project, extra_env={**project.extra_env, "TOY_AS_OF": MARCH_27}
        ).build()
    finally:
        edit.undo(project)
    assert result.exit_code == 1
    assert "integrity_seals_hold" in result.log
    assert ledger(project)["measurement__releases"] == before["measurement__releases"]


def test_a_quarter_is_sealed_once_and_before_it_begins(
    project: DbtProject,
) -> None:
    before = ledger(project)
    ledger_rows = before["measurement__seals"]
    # A rerun of the same night writes nothing.
    again = publish_at(project, EVE, "2025-03-27 05:00:00")
    assert again.startswith("unchanged:")
    assert ledger(project) == before
    # The next night expects something else of the same quarter: it is foreseen already.
    write_forecasts(project, "2025-Q2", "2025-04-01", a=3, b=3, c=3)
    write_state(project, state(MARCH_27, a="best", b="best"))
    publish_at(project, MARCH_27, "2025-03-28 04:00:00")
    after = ledger(project)
    assert after["measurement__forecasts"] == before["measurement__forecasts"]
    assert len(after["measurement__releases"]) == 2
    # What it says of customers is sealed; the labels were.
    added = [row for row in after["measurement__seals"] if row not in ledger_rows]
    assert [row[:2] for row in added] == [("memberships", "the day it stood at")]
    # A quarter that has begun is not foreseen any more.
    write_forecasts(project, "2025-Q3", "2025-04-02", a=1)
    write_state(project, state(APRIL_2, a="best", b="best"))
    publish_at(project, APRIL_2, "2025-04-02 00:00:00")
    late = ledger(project)
    assert late["measurement__forecasts"] == before["measurement__forecasts"]
    write_forecasts(project, "2025-Q3", "2025-04-03", a=1)
    write_state(project, state("2025-04-02", a="best", b="best"))
    publish_at(project, "2025-04-02", "2025-04-02 23:59:59")
    assert len(ledger(project)["measurement__forecasts"]) == 3
    assert complaints(project) == []


def erase(project: DbtProject, *customers: str) -> None:
    """Take customers out of what is recorded, as `segment erase` does."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()
    known = Plan("e1", now, "begun", ids=customers)
    with mock.patch.dict(os.environ, environment(project)):
        profile = load_profile(project.project_dir, project.project_dir, project.target)
        with one_step(profile, project.artifacts, known) as (query, built):
            purge_recorded(query, built, known)


def test_what_is_left_of_erased_people_is_sealed(project: DbtProject) -> None:
    before = ledger(project)
    roots = [row for row in before["measurement__seals"] if row[0] == "forecasts"]
    hashes = rows(project, "measurement__forecasts", ["row_hash"])
    erase(project, "a")
    erase(project, "a")
    after = ledger(project)
    assert complaints(project) == []
    assert {row[1] for row in after["measurement__published_memberships"]} == {"b"}
    assert {row[1] for row in after["measurement__forecasts"]} == {None, "b"}
    assert rows(project, "measurement__forecasts", ["row_hash"]) == hashes
    added = [
        row
        for row in after["measurement__seals"]
        if row not in before["measurement__seals"]
    ]
    # Once for each date that somebody was erased from, and never of forecasts.
    assert {row[0] for row in added} == {"memberships"}
    assert len({(row[1], row[4]) for row in added}) == len(added) > 0
    assert [row for row in after["measurement__seals"] if row[0] == "forecasts"] == (
        roots
    )


def test_an_edit_is_not_sealed_by_an_erasure(project: DbtProject) -> None:
    edit = EDITS["a published membership"]
    edit.make(project)
    erase(project, "nobody")
    [found] = complaints(project)
    edit.undo(project)
    assert found.startswith(edit.message)
    assert complaints(project) == []


def test_a_new_warehouse_takes_on_what_was_sealed(
    project: DbtProject, tmp_path: Path
) -> None:
    if project.target:
        pytest.skip("the ledger is exported from DuckDB alone")
    before, folder = ledger(project), str(tmp_path / "export")
    assert segment(project, "ledger", "export", folder).exit_code == 0
    project.warehouse.unlink()
    assert project.dbt("seed").exit_code == 0
    assert project.dbt("run", "--empty").exit_code == 0
    imported = segment(project, "ledger", "import", folder)
    assert imported.exit_code == 0, imported.output
    assert ledger(project) == before
    # Views of a run without rows show none until the next one.
    assert project.dbt("run").exit_code == 0
    assert complaints(project) == []
    EDITS["a published membership"].make(project)
    assert len(complaints(project)) == 1
