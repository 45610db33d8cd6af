"""Writes all recorded tables into a folder: `segment ledger export`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation import __version__
from segmentation.connections import duckdb_path, open_duckdb
from segmentation.ledger.errors import ForeignFolderError, NoExportError, NoLedgerError
from segmentation.ledger.manifest import (
    DATA_FILE,
    MANIFEST,
    ExportedTable,
    Manifest,
    hash_of,
    read_manifest,
)
from segmentation.ledger.prefix import check_beginning, selection
from segmentation.ledger.tables import (
    check_file,
    columns_of,
    parquet,
    recorded_tables,
)
from segmentation.profiles import Profile
from segmentation.release.files import OWNER_ONLY, flush, replace_text

NEXT = ".next"


def utc_now() -> datetime:
    """Current time in UTC."""
    return datetime.now(UTC)


def export_ledger(
    profile: Profile, folder: Path, clock: Callable[[], datetime] = utc_now
) -> Manifest:
    """Write every recorded table as a Parquet file, and a manifest of them.

    Rows are sorted, so that an equal ledger gives equal files. A folder that holds an
    earlier export is brought up to date; until the end it is the earlier one.

    Args:
        profile: The warehouse.
        folder: Where to write; created when it is missing.
        clock: Source of the time of the export.

    Returns:
        What was written.

    Raises:
        LedgerError: There is no ledger, the folder holds something else, or an export
            that this one would lose rows of.
        SegmentationError: The warehouse cannot be opened.
    """
    warehouse = duckdb_path(profile)
    if not warehouse.exists():
        raise NoLedgerError(warehouse)
    earlier = _earlier(folder)
    with open_duckdb(profile, read_only=True) as connection:
        # One state of all tables, in one order of their rows.
        connection.execute("set preserve_insertion_order = true")
        connection.begin()
        names = recorded_tables(connection, profile)
        if earlier is not None:
            _check_kept(connection, names, folder, earlier)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tables = tuple(
            _write(connection, table, name, folder) for table, name in names.items()
        )
    manifest = Manifest(__version__, clock().isoformat(timespec="seconds"), tables)
    replace_text(folder / MANIFEST, manifest.text())
    _remove_others(folder, manifest)
    return manifest


def _earlier(folder: Path) -> Manifest | None:
    """Manifest of the export that the folder holds; null when it is empty."""
    if folder.exists() and not folder.is_dir():
        raise ForeignFolderError(folder.parent, f"the file {folder.name}")
    held = sorted(path.name for path in folder.glob("*"))
    if MANIFEST in held:
        try:
            return read_manifest(folder)
        except NoExportError as error:
            raise ForeignFolderError(folder, "another manifest.json") from error
    foreign = [name for name in held if not _is_ours(name)]
    if foreign:
        raise ForeignFolderError(folder, f"{foreign[0]} and no {MANIFEST}")
    return None


def _check_kept(
    connection: DuckDBPyConnection,
    names: dict[str, str],
    folder: Path,
    earlier: Manifest,
) -> None:
    """Refuse to write a ledger over one that it is not the continuation of."""
    advice = "Name another folder, or remove the earlier export if it may be lost."
    for table in earlier.tables:
        check_file(connection, folder, table)
        file = parquet(folder / table.file)
        older = [column for column, _ in table.columns]
        # A table that is gone has lost all of its rows.
        name = names.get(table.table, f"(select * from {file} limit 0)")
        newer = [column for column, _ in columns_of(connection, name)]
        columns = list(dict.fromkeys([*newer, *older]))
        check_beginning(
            connection,
            table.table,
            selection(columns, older, file),
            selection(columns, newer, name),
            columns,
            advice,
        )


def _write(
    connection: DuckDBPyConnection, table: str, name: str, folder: Path
) -> ExportedTable:
    path = folder / f"{table}{NEXT}"
    path.unlink(missing_ok=True)
    path.touch(mode=OWNER_ONLY)
    literal = str(path).replace("'", "''")
    try:
        [(row_count,)] = connection.execute(
            f"copy (select * from {name} order by all) to '{literal}' (format parquet, "
            "use_tmp_file false)"
        ).fetchall()
        flush(path)
        written = ExportedTable(
            table, columns_of(connection, parquet(path)), row_count, hash_of(path)
        )
        path.replace(folder / written.file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return written


def _remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove files of earlier exports and of one that was killed."""
    kept = {MANIFEST, *(table.file for table in manifest.tables)}
    for path in folder.iterdir():
        if path.name not in kept and _is_ours(path.name):
            path.unlink()


def _is_ours(name: str) -> bool:
    return bool(DATA_FILE.match(name)) or name.endswith(NEXT)
