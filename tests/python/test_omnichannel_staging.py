"""The mapping of `omnichannel` says what docs/omnichannel.md says, on rows by hand."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project import NO_TESTS, NO_UNIT_TESTS, REPOSITORY, DbtProject
from omnichannel_expected import EXPECTED, SET_ASIDE
from omnichannel_rows import (
    RAW_SCHEMA,
    ROWS,
    write_raw_tables,
    write_raw_tables_postgres,
)
from segmentation.demo.omnichannel.tables import RAW

pytestmark = pytest.mark.slow

# Half of the rows are bad on purpose.
SETTINGS = {
    "segmentation_dataset": "omnichannel",
    "segmentation_quarantine_max_share": 1,
}
INPUT = "main_internal.input__"
READS_TRUTH = re.compile(r"""\btruth["']?\s*[.,]\s*["'\w]""", re.IGNORECASE)
# What dbt reads of the repository.
DBT_FILES = ("dbt_project.yml", "profiles.yml")
DBT_FOLDERS = ("analyses", "macros", "models", "seeds", "tests")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return the data set with the rows by hand, built whole."""
    warehouse = tmp_path_factory.mktemp("omnichannel") / "omnichannel.duckdb"
    write_raw_tables(warehouse, ROWS)
    project = DbtProject(REPOSITORY, warehouse, vars=SETTINGS)
    result = project.build()
    assert result.success, result.ending
    return project


def delivered(project: DbtProject, entity: str) -> list[tuple[str | None, ...]]:
    """Return the columns of an entity that are expected, as text, in order."""
    columns, _ = EXPECTED[entity]
    listed = ", ".join(f"cast({name} as text)" for name in columns.split(", "))
    return ordered(project.query(f"select {listed} from {INPUT}{entity}"))


def ordered(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: [value or "" for value in row])


def set_aside(project: DbtProject) -> list[tuple[Any, ...]]:
    return project.query(
        "select entity, source_system, column_name, reason, delivered_value "
        f"from {INPUT}quarantine"
    )


@pytest.mark.parametrize("entity", EXPECTED)
def test_rows_arrive_as_worked_out_by_hand(project: DbtProject, entity: str) -> None:
    assert delivered(project, entity) == ordered(EXPECTED[entity][1])


def test_what_does_not_fit_is_set_aside_with_its_own_text(project: DbtProject) -> None:
    rows = set_aside(project)
    assert len(rows) == len(SET_ASIDE)
    assert set(rows) == SET_ASIDE


def test_every_row_of_every_table_is_accounted_for(project: DbtProject) -> None:
    counts = dict(
        project.query(
            "select entity || ' ' || source_system, row_count "
            "from main.measurement__source_audit where is_mapped"
        )
    )
    assert counts["orders omni_shop"] == len(ROWS["shop_orders"])
    assert counts["orders omni_till"] == len(ROWS["till_receipts"])
    assert counts["events omni_web"] == len(ROWS["web_events"])
    # Three versions of A1 and one of A2; two contacts of the guest.
    assert counts["identifiers omni_shop"] == 6
    assert all(counts.values())


def test_the_same_rows_arrive_on_postgresql(
    postgres: Mapping[str, str], tmp_path: Path
) -> None:
    server = DbtProject(REPOSITORY, tmp_path / "none", postgres, target="postgres")
    with server.connection() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("create database staging")
    environment = {**postgres, "SEGMENTATION_PG_DATABASE": "staging"}
    project = DbtProject(
        REPOSITORY, tmp_path / "none", environment, SETTINGS, target="postgres"
    )
    with project.connection() as connection:
        write_raw_tables_postgres(connection, ROWS)

    result = project.build("--select", "+path:models/input", *NO_TESTS)

    assert result.success, result.ending
    for entity, (_, expected) in EXPECTED.items():
        assert delivered(project, entity) == ordered(expected), entity
    assert set(set_aside(project)) == SET_ASIDE


def test_nothing_in_the_project_reads_the_truth(project: DbtProject) -> None:
    manifest = project.dbt("parse").value
    raw = [node for node in manifest.sources.values() if node.schema == RAW_SCHEMA]
    assert {source.identifier for source in raw} == RAW.keys()
    assert all(manifest.child_map[source.unique_id] for source in raw)
    schemas = {
        node.schema for node in (*manifest.sources.values(), *manifest.nodes.values())
    }
    assert not [schema for schema in schemas if "truth" in schema]
    written = [
        getattr(node, "raw_code", "") or getattr(node, "macro_sql", "")
        for node in (*manifest.nodes.values(), *manifest.macros.values())
        if node.package_name == "segmentation"
    ]
    compiled = [
        path.read_text() for path in (project.artifacts / "compiled").rglob("*.sql")
    ]
    assert len(compiled) > 300
    assert not [code for code in (*written, *compiled) if READS_TRUTH.search(code)]


# A tenth source


MARKETPLACE_MODEL = """{{ segmentation.staging_config() }}

{{ segmentation.map_entity('orders', source('marketplace', 'sales'), {
    'order_id': 'id',
    'source_customer_id': 'buyer',
    'ordered_at': 'sold_at',
    'net_amount': 'total',
}) }}
"""
MARKETPLACE_YAML = """sources:
  - name: marketplace
    schema: raw_marketplace
    description: "Sales on a marketplace. Times are UTC."
    tables:
      - name: sales
        description: "Sales. A row is one sale. Grain: sale."
models:
  - name: stg_marketplace__orders
    description: "Sales on a marketplace. A row is one sale. Grain: sale."
    config:
      meta:
        grain: sale
"""
SALES = """
    create schema raw_marketplace;
    create table raw_marketplace.sales as
    select * from (values
        ('M1', 'kim', '2025-11-03 12:00', '10.00'),
        ('M2', 'kim', '2025-12-03 12:00', '20.50'),
        ('M3', 'lou', '2025-12-24 23:30', '7.00')
    ) as sales (id, buyer, sold_at, total)
"""


def dbt_files(root: Path) -> dict[str, bytes]:
    """Return what dbt reads of a project, by path."""
    folders = (path for name in DBT_FOLDERS for path in (root / name).rglob("*"))
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in (*(root / name for name in DBT_FILES), *folders)
        if path.suffix in {".sql", ".yml", ".csv", ".md"}
        and "python" not in path.relative_to(root).parts
    }


def test_a_tenth_source_is_two_files_and_one_line(tmp_path: Path) -> None:
    ours, theirs = dbt_files(REPOSITORY), tmp_path / "project"
    for name, content in ours.items():
        (theirs / name).parent.mkdir(parents=True, exist_ok=True)
        (theirs / name).write_bytes(content)
    folder = theirs / "models" / "staging" / "marketplace"
    folder.mkdir()
    (folder / "stg_marketplace__orders.sql").write_text(MARKETPLACE_MODEL)
    (folder / "stg_marketplace__orders.yml").write_text(MARKETPLACE_YAML)
    settings = theirs / "macros" / "config" / "setting.sql"
    old = "'orders': ['omni_shop', 'omni_till']"
    new = "'orders': ['omni_shop', 'omni_till', 'marketplace']"
    assert settings.read_text().count(old) == 1
    settings.write_text(settings.read_text().replace(old, new))
    warehouse = tmp_path / "warehouse.duckdb"
    write_raw_tables(warehouse, {})
    project = DbtProject(theirs, warehouse, vars=SETTINGS)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(SALES)

    result = project.build(*NO_UNIT_TESTS)

    assert result.success, result.ending
    assert "released: " in result.log
    assert project.query(
        "select source_system, order_id, cast(net_amount as text) "
        f"from {INPUT}orders order by 2"
    ) == [
        ("marketplace", "M1", "10.00"),
        ("marketplace", "M2", "20.50"),
        ("marketplace", "M3", "7.00"),
    ]
    assert project.query(
        "select source_customer_id, order_count, cast(revenue as text) "
        "from main.features__customers "
        "inner join main_identity.identity__customer_map using (customer_id) "
        "where as_of_date = date '2025-12-31' order by 1"
    ) == [("kim", 2, "30.50"), ("lou", 1, "7.00")]
    changed = dbt_files(theirs)
    differing = {name for name in changed if changed[name] != ours.get(name)}
    assert len(differing) == 3
    assert ours.keys() < changed.keys()


# An adopter with systems of the same names


def test_the_systems_of_the_demo_never_meet_an_adopters(
    shop_project_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(shop_project_dir, folder, symlinks=True)
    (folder / "models" / "stg_shop__orders.yml").write_text(
        "models: [{name: stg_shop__orders, description: Ours}]"
    )
    project = DbtProject(folder, tmp_path / "warehouse.duckdb")

    result = project.dbt("parse")

    assert result.success, result.log
    # An adopter's own description holds, and no demo model can have the same name.
    assert result.value.nodes["model.shop.stg_shop__orders"].description == "Ours"
    ours = {
        name.split(".")[2]
        for name in (*result.value.nodes, *result.value.disabled)
        if name.startswith("model.segmentation.stg_")
    }
    assert {name.split("__")[0] for name in ours} == {"stg_complete_journey"} | {
        f"stg_omni_{system}" for system in {table.split("_")[0] for table in RAW}
    }
