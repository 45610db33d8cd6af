"""The recorded tables as files: what is written, what comes back, what is refused."""

import json
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from dbt_project import DbtProject
from publishing_toy import build, toy_project
from segmentation.cli import cli
from segmentation.ledger.errors import (
    DamagedExportError,
    ForeignFolderError,
    LedgerContradictsError,
    NoExportError,
    NoLedgerError,
    UnknownRecordError,
)
from segmentation.ledger.export import export_ledger
from segmentation.ledger.load import import_ledger
from segmentation.ledger.manifest import hash_of
from segmentation.profiles import Profile

TABLES = (
    "identity__changes",
    "measurement__releases",
    "measurement__release_sources",
    "measurement__rollbacks",
)
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def warehouse(folder: Path, *releases: int) -> Profile:
    """Create a warehouse whose ledger holds some releases, and its profile."""
    folder.mkdir()
    profile = Profile(
        folder, "toy", "toy", {"type": "duckdb", "path": "w.duckdb"}, folder
    )
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        connection.execute("""
            create schema main_ledger;
            create table main_ledger.measurement__releases (
                run_id text, released_at timestamp, as_of_date date
            );
            create table main_ledger.measurement__release_sources (
                run_id text, source_system text, row_count bigint
            );
            create table main_ledger.identity__changes (
                run_id text, run_number bigint, customer_id text,
                match_probability decimal(18, 9)
            );
            create table main_ledger.measurement__rollbacks (
                run_id text, rolled_back_at timestamp
            );
            create view main_ledger.measurement__restatements as select 1 as x;
            create table main.segments__customers as select 1 as x;
        """)
    for number in releases:
        release(profile, number)
    return profile


def release(profile: Profile, number: int) -> None:
    """Record one more release."""
    execute(
        profile,
        f"""
        insert into main_ledger.measurement__releases values
            ('r{number}', timestamp '2025-06-01 04:00:00.000001'
                + interval {number} day, date '2025-06-01' + {number});
        insert into main_ledger.measurement__release_sources values
            ('r{number}', 'shop', {number}), ('r{number}', '', null);
        insert into main_ledger.measurement__rollbacks values
            ('r1', timestamp '2025-06-01 09:00:00' + interval {number} day);
        insert into main_ledger.identity__changes values
            ('r{number}', {number}, null, 0.123456789), ('r{number}', {number}, '', 1)
        """,
    )


def execute(profile: Profile, sql: str) -> list[Any]:
    with duckdb.connect(str(profile.project_dir / "w.duckdb")) as connection:
        return connection.execute(sql).fetchall()


def ledger(profile: Profile) -> dict[str, list[Any]]:
    return {
        table: execute(profile, f"from main_ledger.{table} order by all")
        for table in TABLES
    }


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def exported(folder: Path, *releases: int) -> tuple[Profile, Path]:
    """A warehouse with some releases, and its export."""
    profile = warehouse(folder / "source", *releases)
    export_ledger(profile, folder / "export", lambda: NOON)
    return profile, folder / "export"


def test_an_export_describes_and_holds_every_recorded_table(tmp_path: Path) -> None:
    profile, folder = exported(tmp_path, 1, 2)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["project_version"] == "0.1.0"
    assert manifest["exported_at"] == "2025-07-01T12:00:00+00:00"
    assert {table["table"] for table in manifest["tables"]} == set(TABLES)
    files = {"manifest.json"}
    for table in manifest["tables"]:
        content = sha256()
        name = f"{table['table']}.{table['content_hash'][:16]}.parquet"
        files.add(name)
        content.update((folder / name).read_bytes())
        assert table["content_hash"] == content.hexdigest()
        with duckdb.connect() as reader:
            query = f"from read_parquet('{folder / name}')"
            rows = reader.execute(query).fetchall()
        assert rows == ledger(profile)[table["table"]]
        assert table["row_count"] == len(rows)
    assert set(held(folder)) == files
    [changes] = [t for t in manifest["tables"] if t["table"] == "identity__changes"]
    assert changes["columns"] == [
        ["run_id", "VARCHAR"],
        ["run_number", "BIGINT"],
        ["customer_id", "VARCHAR"],
        ["match_probability", "DECIMAL(18,9)"],
    ]


def test_only_the_owner_reads_an_export(tmp_path: Path) -> None:
    _, folder = exported(tmp_path, 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_an_equal_ledger_gives_equal_files_in_any_order_of_rows(tmp_path: Path) -> None:
    profile, folder = exported(tmp_path, 1, 2)
    before = held(folder)
    execute(
        profile,
        """
        create table shuffled as
            from main_ledger.identity__changes order by customer_id desc, run_id;
        delete from main_ledger.identity__changes;
        insert into main_ledger.identity__changes from shuffled
        """,
    )
    export_ledger(profile, folder, lambda: NOON)
    assert held(folder) == before


def test_an_earlier_export_is_brought_up_to_date(tmp_path: Path) -> None:
    profile, folder = exported(tmp_path, 1)
    (folder / "measurement__releases.next").write_bytes(b"of an export that was killed")
    release(profile, 2)
    export_ledger(profile, folder, lambda: NOON)
    assert len(held(folder)) == 1 + len(TABLES)
    copy = warehouse(tmp_path / "copy")
    import_ledger(copy, folder)
    assert ledger(copy) == ledger(profile)


def test_an_export_that_fails_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, folder = exported(tmp_path, 1)
    before = (folder / "manifest.json").read_bytes()
    release(profile, 2)

    def full(_: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("segmentation.ledger.export.flush", full)
    with pytest.raises(OSError, match="No space"):
        export_ledger(profile, folder, lambda: NOON)
    assert (folder / "manifest.json").read_bytes() == before
    copy = warehouse(tmp_path / "copy")
    assert import_ledger(copy, folder)["measurement__releases"] == 1


@pytest.mark.parametrize("releases", [(), (1,), (1, 2), (1, 2, 3)])
def test_an_import_completes_an_empty_or_earlier_ledger_and_repeats(
    tmp_path: Path, releases: tuple[int, ...]
) -> None:
    profile, folder = exported(tmp_path, 1, 2, 3)
    copy = warehouse(tmp_path / "copy", *releases)
    added = import_ledger(copy, folder)
    assert added["measurement__releases"] == 3 - len(releases)
    assert ledger(copy) == ledger(profile)
    assert set(import_ledger(copy, folder).values()) == {0}
    assert ledger(copy) == ledger(profile)
    # What the imported ledger gives is the export it came from.
    export_ledger(copy, tmp_path / "again", lambda: NOON)
    assert held(tmp_path / "again") == held(folder)


def test_a_later_column_of_the_warehouse_stays_null(tmp_path: Path) -> None:
    _, folder = exported(tmp_path, 1, 2)
    copy = warehouse(tmp_path / "copy", 1)
    execute(copy, "alter table main_ledger.measurement__releases add column rfm text")
    import_ledger(copy, folder)
    assert execute(
        copy, "select run_id, rfm from main_ledger.measurement__releases order by all"
    ) == [("r1", None), ("r2", None)]


CONTRADICTIONS = {
    "more than the export": "insert into {releases} values ('x', '2025-06-02', null)",
    "another value": "update {releases} set as_of_date = '2025-01-01'",
    "a gap that would be filled": "delete from {releases} where run_id = 'r1'",
    "part of a run": "delete from {sources} where run_id = 'r2' and row_count is null",
    "a run out of order": "delete from {changes} where run_number = 1",
    "a rollback out of order": (
        "delete from {rollbacks} where rolled_back_at < '2025-06-03'"
    ),
    "an unknown table": "create table main_ledger.kept as select 1 as x",
}


@pytest.mark.parametrize("change", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_an_import_that_would_lose_or_contradict_rows_writes_nothing(
    tmp_path: Path, change: str
) -> None:
    _, folder = exported(tmp_path, 1, 2, 3)
    copy = warehouse(tmp_path / "copy", 1, 2)
    execute(
        copy,
        change.format(
            releases="main_ledger.measurement__releases",
            sources="main_ledger.measurement__release_sources",
            changes="main_ledger.identity__changes",
            rollbacks="main_ledger.measurement__rollbacks",
        ),
    )
    before = ledger(copy)
    with pytest.raises(LedgerContradictsError, match="Nothing was imported"):
        import_ledger(copy, folder)
    assert ledger(copy) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("drop table {}", "the table measurement__release_sources"),
        ("alter table {} drop row_count", "column measurement__release_sources.row_"),
        ("alter table {} alter row_count type integer", "row_count as BIGINT"),
    ],
)
def test_what_the_warehouse_has_no_place_for_is_refused(
    tmp_path: Path, change: str, message: str
) -> None:
    _, folder = exported(tmp_path, 1)
    copy = warehouse(tmp_path / "copy")
    execute(copy, change.format("main_ledger.measurement__release_sources"))
    with pytest.raises(UnknownRecordError, match=message):
        import_ledger(copy, folder)
    assert execute(copy, "from main_ledger.measurement__releases") == []


def flip_a_byte(folder: Path) -> None:
    [path] = folder.glob("measurement__releases.*")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def remove_a_file(folder: Path) -> None:
    [path] = folder.glob("measurement__releases.*")
    path.unlink()


def edit_manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        change(manifest["tables"][1])
        path.write_text(json.dumps(manifest))

    return edit


def replace_by_text(folder: Path) -> None:
    [path] = folder.glob("measurement__releases.*")
    path.write_text("run_id")
    digest = hash_of(path)
    path.rename(folder / f"measurement__releases.{digest[:16]}.parquet")
    manifest = (folder / "manifest.json").read_text()
    for table in json.loads(manifest)["tables"]:
        if table["table"] == "measurement__releases":
            manifest = manifest.replace(table["content_hash"], digest)
    (folder / "manifest.json").write_text(manifest)


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (flip_a_byte, DamagedExportError),
        (remove_a_file, DamagedExportError),
        (replace_by_text, DamagedExportError),
        (edit_manifest(lambda table: table.update(row_count=7)), DamagedExportError),
        (edit_manifest(lambda table: table["columns"].pop()), DamagedExportError),
        (edit_manifest(lambda table: table.update(table="../x")), NoExportError),
        (edit_manifest(lambda table: table.pop("row_count")), NoExportError),
        (lambda folder: (folder / "manifest.json").unlink(), NoExportError),
        (lambda folder: (folder / "manifest.json").write_text("{}"), NoExportError),
        (lambda folder: (folder / "manifest.json").write_text("["), NoExportError),
    ],
)
def test_an_export_that_is_not_what_its_manifest_says_is_refused(
    tmp_path: Path, damage: Callable[[Path], object], error: type[Exception]
) -> None:
    _, folder = exported(tmp_path, 1)
    damage(folder)
    copy = warehouse(tmp_path / "copy")
    with pytest.raises(error):
        import_ledger(copy, folder)
    assert all(rows == [] for rows in ledger(copy).values())


def test_an_export_never_loses_what_an_earlier_one_held(tmp_path: Path) -> None:
    _, folder = exported(tmp_path, 1, 2)
    before = held(folder)
    for number, releases in enumerate([(), (1,), (2,)]):
        other = warehouse(tmp_path / f"other {number}", *releases)
        with pytest.raises(LedgerContradictsError, match="Name another folder"):
            export_ledger(other, folder, lambda: NOON)
        assert held(folder) == before


@pytest.mark.parametrize("name", ["notes.txt", "manifest.json"])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, name: str) -> None:
    profile = warehouse(tmp_path / "source", 1)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / name).write_text("{}")
    with pytest.raises(ForeignFolderError):
        export_ledger(profile, tmp_path / "notes")
    assert held(tmp_path / "notes") == {name: b"{}"}


def test_a_warehouse_without_a_ledger_is_refused(tmp_path: Path) -> None:
    _, folder = exported(tmp_path, 1)
    copy = warehouse(tmp_path / "copy")
    execute(copy, "drop schema main_ledger cascade")
    with pytest.raises(NoLedgerError, match="dbt run --empty"):
        import_ledger(copy, folder)
    with pytest.raises(NoLedgerError):
        export_ledger(copy, tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
    (copy.project_dir / "w.duckdb").unlink()
    with pytest.raises(NoLedgerError):
        import_ledger(copy, folder)
    assert not (copy.project_dir / "w.duckdb").exists()


def test_a_new_warehouse_goes_on_with_the_ledger_of_an_old_one(tmp_path: Path) -> None:
    project = toy_project(tmp_path)
    runs = (
        "select run_id, content_hash, released_at "
        "from main_ledger.measurement__releases order by all"
    )
    assert build(project).exit_code == 0
    assert build(project, newcomer="d").exit_code == 0
    before = project.query(runs)
    assert len(before) == 2
    assert command(project, "export").exit_code == 0

    project.warehouse.unlink()
    refused = command(project, "import")
    assert refused.exit_code == 1
    assert "dbt run --empty" in refused.output
    assert project.dbt("seed").exit_code == 0
    assert project.dbt("run", "--empty").exit_code == 0
    result = command(project, "import")
    assert result.exit_code == 0, result.output
    assert "measurement__releases: 2 rows added" in result.output

    again = build(project, newcomer="d")
    assert again.exit_code == 0
    assert "unchanged: " in again.log
    assert project.query(runs) == before
    assert "released: " in build(project, newcomer="e").log
    assert len(project.query(runs)) == 3


def command(project: DbtProject, name: str) -> Any:
    folder = str(project.warehouse.parent / "export")
    words = ["--project-dir", str(project.project_dir)]
    return CliRunner().invoke(
        cli,
        ["ledger", name, folder, *words, "--profiles-dir", str(project.project_dir)],
        env=project.environment,
    )


def test_a_copied_export_is_as_good(tmp_path: Path) -> None:
    profile, folder = exported(tmp_path, 1)
    shutil.copytree(folder, tmp_path / "elsewhere")
    copy = warehouse(tmp_path / "copy")
    import_ledger(copy, tmp_path / "elsewhere")
    assert ledger(copy) == ledger(profile)
