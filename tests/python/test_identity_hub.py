"""An e-mail address on a hundred thousand records joins none of them, and says so."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project import DbtProject
from shop import LOADED_AT, RAW_SCHEMA, company, shop_project

pytestmark = pytest.mark.slow

HUB = 100_000
# First in order, so that it would be the one that is compared.
ADDRESS = "a@shop.net"
IDENTITY = (
    *("--select", "+identity__customer_map"),
    *("--exclude-resource-type", "test", "unit_test"),
)
# Two and two share a login; each has a name and an address of its own.
RECORDS = f"""
    insert into {RAW_SCHEMA}.customer_records
    (source_customer_id, first_name, last_name, email, created_at, loaded_at)
    select
        'hub-' || number, 'Anna' || md5('a' || number), 'Bell' || md5('b' || number),
        'hub' || number || '@mail.net', '2024-02-01 09:00:00', '{LOADED_AT}'
    from range({HUB}) as numbers (number);
    insert into {RAW_SCHEMA}.identifiers
    (source_customer_id, identifier_type, identifier_value, observed_at, loaded_at)
    select
        'hub-' || number, 'login', 'hub-login-' || number // 2,
        '2024-02-01 09:00:00', '{LOADED_AT}'
    from range({HUB}) as numbers (number)
"""
PUT_ADDRESS = f"""
    insert into {RAW_SCHEMA}.identifiers
    (source_customer_id, identifier_type, identifier_value, observed_at, loaded_at)
    select
        'hub-' || number, 'email', '{ADDRESS}', '2024-03-01 09:00:00', '{LOADED_AT}'
    from range({HUB}) as numbers (number)
"""

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def apart(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """Return the shop and the records, before they have the address."""
    warehouse = tmp_path_factory.mktemp("apart") / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, company())
    execute(project, RECORDS)
    print(
        f"{HUB} records without the address: {built_seconds(project):.1f} s of models"
    )
    return project


@pytest.fixture(scope="module")
def shared(apart: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return a copy in which all of them have it."""
    warehouse = tmp_path_factory.mktemp("shared") / "shop.duckdb"
    shutil.copy(apart.warehouse, warehouse)
    project = shop_project(apart.project_dir, warehouse)
    execute(project, PUT_ADDRESS)
    print(f"{HUB} records with the address: {built_seconds(project):.1f} s of models")
    return project


def execute(project: DbtProject, statements: str) -> None:
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute(statements)


def built_seconds(project: DbtProject) -> float:
    """Build and return the sum of the seconds of all models."""
    result = project.build(*IDENTITY)
    assert result.success, result.ending
    seconds: float = sum(one.execution_time for one in result.value.results)
    return seconds


def customers(project: DbtProject) -> Rows:
    return project.query(
        "select source_customer_id, customer_id "
        "from main_identity.identity__customer_map order by all"
    )


def test_no_component_changes(apart: DbtProject, shared: DbtProject) -> None:
    before = customers(apart)

    assert customers(shared) == before
    hub = [customer for record, customer in before if record.startswith("hub-")]
    assert (len(hub), len(set(hub))) == (HUB, HUB // 2)
    assert len(before) == HUB + 40


def test_the_audit_names_every_record_and_why(shared: DbtProject) -> None:
    assert shared.query(
        f"""
        select
            identifier_type, drop_reason, count(*), count(distinct record_number),
            count(distinct source_customer_id) filter (
                where source_customer_id like 'hub-%'
            )
        from main_identity.identity__dropped_identifiers
        where identifier_key = '{ADDRESS}'
        group by all
        """
    ) == [
        (
            "email",
            f"more records than a household has: {HUB} records, limit 200",
            *(HUB, HUB, HUB),
        )
    ]
