"""Fifty marked people are erased from everything, and stay out."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dbt_project import REPOSITORY, DbtProject
from erasure_company import (
    AUDIENCES,
    CUSTOMER_MAP,
    KEY,
    MARKED,
    RAW,
    ErasureCompany,
    cells_with,
    files_with,
)

pytestmark = pytest.mark.slow

MEMBERS = "main_restricted.activation__platform_members"
SCHEMAS = ("main", "main_identity", "main_internal", "main_restricted")
VARIABLES = {
    "segmentation_dataset": "omnichannel",
    "segmentation_history_months": 2,
    "segmentation_audiences": AUDIENCES,
}
VARS = ("--vars", json.dumps(VARIABLES))
ACCEPTED = ("--vars", json.dumps(VARIABLES | {"segmentation_volume_drop_max_share": 1}))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> ErasureCompany:
    """The company after its first release, with exports of all of it."""
    folder = tmp_path_factory.mktemp("erasure")
    project = DbtProject(
        REPOSITORY,
        folder / "warehouse.duckdb",
        extra_env={"SEGMENTATION_ERASURE_KEY": KEY},
        vars=VARIABLES,
    )
    company = ErasureCompany(project, folder)
    company.load()
    company.mark()
    company.build()
    for words in (
        ["export"],
        ["export", "email"],
        ["export", "crm"],
        ["export", "web"],
    ):
        exported = company.segment(*words)
        assert exported.exit_code == 0, exported.output
    assert company.segment("ledger", "export", "ledger").exit_code == 0
    company.know()
    return company


def erase(company: ErasureCompany, *words: str) -> tuple[int, str]:
    words = words if "--vars" in words else (*words, *VARS)
    result = company.segment("erase", *words, "--ledger-export", "ledger")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def receipt(company: ErasureCompany) -> dict[str, object]:
    [path] = company.folder.glob("erasures/*/receipt.json")
    content: dict[str, object] = json.loads(path.read_text())
    return content


def found_in_tables(company: ErasureCompany) -> list[str]:
    found = []
    for path in [company.project.warehouse, *company.folder.glob("*.duckdb")]:
        with duckdb.connect(str(path), read_only=True) as connection:
            found += cells_with(connection, [RAW], company.marks)
    for path in (company.folder / "kept_releases").glob("*.duckdb.*"):
        with duckdb.connect(str(path), read_only=True) as connection:
            found += cells_with(connection, [RAW], company.marks)
    return found


def test_a_dry_run_says_who_is_meant_and_changes_nothing(
    company: ErasureCompany,
) -> None:
    before = company.project.warehouse.read_bytes()
    code, output = erase(company, "--file", str(company.request()), "--dry-run")
    assert code == 0, output
    assert output.count("customer ") >= MARKED - 5
    for source, record in company.records:
        assert f"record {source} {record}\n" in output
    assert company.project.warehouse.read_bytes() == before
    assert not (company.folder / "erasures").exists()


def test_the_marked_are_everywhere_before(company: ErasureCompany) -> None:
    assert len(company.marks) > 4 * MARKED
    assert len(found_in_tables(company)) > 100
    exports = files_with([company.folder / "exports"], hashed(company))
    assert len(exports) >= 4


def hashed(company: ErasureCompany) -> set[str]:
    """Hashes that platforms hold of the marked customers."""
    return {
        str(each)
        for (each,) in company.query(
            f"select member_hash from {MEMBERS} group by member_hash having "
            "count(case when person_id not in (select customer_id from "
            f"{CUSTOMER_MAP} where (source_system, source_customer_id) in "
            f"({company.listed()})) then 1 end) = 0"
        )
    }


def test_a_killed_erasure_is_resumed_and_ends(company: ErasureCompany) -> None:
    company.marks |= hashed(company)
    words = ["erase", "--file", str(company.request()), "--yes", *VARS]
    code = company.killed(words, "segmentation.erase.steps.build")
    assert code == -9
    # Half erased: nothing goes back, and nothing else begins.
    back = company.segment("rollback", "--reason", "test")
    assert (back.exit_code, "has not ended" in back.output) == (1, True)
    code, output = erase(company, "--customer", "nobody", "--yes")
    assert (code, "Found no customer" in output) == (1, True)
    code = company.killed(
        ["erase", "--resume", *VARS], "segmentation.erase.steps.clean_texts"
    )
    assert code == -9
    company.forget_truth()
    code, output = erase(company, "--resume")
    # Raw tables and platforms still have them.
    assert code == 4, output
    said = receipt(company)
    assert said["state"] == "owed"
    assert said["scan"]["found"] == []  # type: ignore[index]
    assert found_in_tables(company) == []


def test_builds_with_tombstones_go_on(company: ErasureCompany) -> None:
    runs = company.query(
        "select is_continued from main_internal.int_input__runs order by run_number"
    )
    # The second build of the erasure found nothing to do.
    assert [bool(continued) for (continued,) in runs] == [False, True, True]
    assert len(company.query("from main_ledger.measurement__releases")) == 2
    kept = list((company.folder / "kept_releases").glob("serving.duckdb.*"))
    assert len(kept) == 1


def test_a_build_without_the_key_stops(company: ErasureCompany) -> None:
    for key in ("", "00" * 32):
        project = replace(company.project, extra_env={"SEGMENTATION_ERASURE_KEY": key})
        result = project.build()
        assert not result.success
        assert "Set SEGMENTATION_ERASURE_KEY to the key of the erasure" in result.log


def test_once_raw_rows_are_deleted_no_byte_is_left(company: ErasureCompany) -> None:
    raw = company.folder / "raw.duckdb"
    with duckdb.connect(str(company.project.warehouse)) as connection:
        connection.execute(f"attach '{raw}' as held")
        for table in company.raw_tables():
            connection.execute(
                f"create table held.{table} as select * from {RAW}.{table} "
                f"where {company.named(table)}"
            )
            connection.execute(
                f"delete from {RAW}.{table} where {company.named(table)}"
            )
    shutil.move(raw, company.folder.parent / "redelivered.duckdb")
    # One customer in eight is gone, which a night would take for a broken delivery.
    code, output = erase(company, "--finish", *ACCEPTED)
    assert code == 0, output
    assert receipt(company)["state"] == "complete"
    (company.folder / "request.csv").unlink()
    assert files_with([company.folder], company.marks) == {}
    assert found_in_tables(company) == []
    for folder in (company.folder / "exports").iterdir():
        checked = company.segment("export", "--check", str(folder))
        assert checked.exit_code == 0, checked.output


def test_what_is_left_is_a_company_without_them(
    company: ErasureCompany, tmp_path: Path
) -> None:
    other = ErasureCompany(
        replace(company.project, warehouse=tmp_path / "warehouse.duckdb"), tmp_path
    )
    with duckdb.connect(str(other.project.warehouse)) as connection:
        connection.execute(f"attach '{company.project.warehouse}' as held (read_only)")
        connection.execute(f"create schema {RAW}")
        for table in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'held' "
            f"and schema_name = '{RAW}'"
        ).fetchall():
            connection.execute(
                f"create table {RAW}.{table[0]} as from held.{RAW}.{table[0]}"
            )
    other.build("--exclude-resource-type", "test")
    assert company.project.differing(other.project, SCHEMAS) == []


def test_whoever_is_delivered_again_stays_out(company: ErasureCompany) -> None:
    with duckdb.connect(str(company.project.warehouse)) as connection:
        path = company.folder.parent / "redelivered.duckdb"
        connection.execute(f"attach '{path}' as held (read_only)")
        for table in company.raw_tables():
            connection.execute(f"insert into {RAW}.{table} from held.{table}")
    company.build()
    assert found_in_tables(company) == []
    [(kept_out,)] = company.query(
        "select sum(erased_count) from main.measurement__source_audit"
    )
    [(delivered,)] = company.query(
        "select sum(n) from ("
        + " union all ".join(
            f"select count(*) as n from {RAW}.{table} where {company.named(table)}"
            for table in company.raw_tables()
        )
        + ")"
    )
    # A raw row may be one of several entities.
    assert kept_out >= delivered > 1000
    before = company.query("select * from main.segments__customers order by all")
    company.build("--full-refresh", "--exclude-resource-type", "test")
    assert (
        company.query("select * from main.segments__customers order by all") == before
    )
    assert found_in_tables(company) == []
