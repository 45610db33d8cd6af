"""An erasure on PostgreSQL ends where one on DuckDB does."""

import json
from collections.abc import Mapping

import pytest

from dbt_project import REPOSITORY, DbtProject
from engines import create_database
from erasure_company import AUDIENCES, KEY, RAW, ErasureCompany, cells_with

pytestmark = pytest.mark.slow

CUSTOMERS = 200
VARIABLES = {
    "segmentation_dataset": "omnichannel",
    "segmentation_history_months": 1,
    "segmentation_audiences": AUDIENCES,
}
VARS = ("--vars", json.dumps(VARIABLES), "--no-report")


@pytest.fixture(scope="module")
def company(
    postgres: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> ErasureCompany:
    """The company on PostgreSQL after a release."""
    folder = tmp_path_factory.mktemp("erasure")
    here = DbtProject(REPOSITORY, folder / "warehouse.duckdb", vars=VARIABLES)
    project = create_database(postgres, here, "erasure")
    environment = {**project.extra_env, "SEGMENTATION_ERASURE_KEY": KEY}
    company = ErasureCompany(
        DbtProject(
            REPOSITORY,
            here.warehouse,
            extra_env=environment,
            vars=VARIABLES,
            target="postgres",
        ),
        folder,
    )
    company.load(CUSTOMERS)
    company.mark()
    company.build()
    published = company.segment("publish", "--target-path", str(project.artifacts))
    assert "released:" in published.output, published.output
    company.know()
    return company


def found(company: ErasureCompany) -> list[str]:
    with company.project.connection() as connection:
        return cells_with(connection, [RAW, "truth"], company.marks)


def files(company: ErasureCompany) -> set[int]:
    """Return the numbers of the files of all tables but the raw ones."""
    rows = company.query(
        "select relfilenode from pg_class inner join pg_namespace "
        "on relnamespace = pg_namespace.oid where relkind = 'r' and nspname not in "
        f"('{RAW}', 'truth', 'pg_catalog', 'information_schema')"
    )
    return {int(number) for (number,) in rows}


def test_the_marked_are_gone_and_stay_out(company: ErasureCompany) -> None:
    assert len(found(company)) > 100
    before = files(company)
    words = ["erase", "--file", str(company.request()), "--yes", *VARS]
    erased = company.segment(*words)
    assert erased.exit_code == 4, erased.output
    assert found(company) == []
    [(kept,)] = company.query(
        "select count(*) from information_schema.tables "
        "where table_schema = 'serving_kept_1' and table_name = 'segments__customers'"
    )
    assert kept == 1
    # Deleted rows stay in a file until the table gets another.
    assert not before & files(company)
    # What the server notes of values.
    noted = company.query(
        "select most_common_vals::text, histogram_bounds::text from pg_stats "
        f"where schemaname not in ('{RAW}', 'truth', 'pg_catalog')"
    )
    texts = [text for row in noted for text in row if text]
    assert not [mark for mark in company.marks if any(mark in text for text in texts)]


def test_once_raw_rows_are_deleted_it_is_complete(company: ErasureCompany) -> None:
    [(before,)] = company.query("select count(*) from main.segments__customers")
    for table in company.raw_tables():
        company.execute(f"delete from {RAW}.{table} where {company.named(table)}")
    accepted = VARIABLES | {"segmentation_volume_drop_max_share": 1}
    options = ("--vars", json.dumps(accepted), "--no-report")
    finished = company.segment("erase", "--finish", *options)
    assert finished.exit_code == 0, finished.output
    [path] = (company.folder / "erasures").glob("*/receipt.json")
    assert json.loads(path.read_text())["state"] == "complete"
    assert company.query("select count(*) from main.segments__customers") == [(before,)]
    assert found(company) == []
