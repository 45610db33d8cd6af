"""Builds the made-up company with dbt 2.0 and compares its rows with those of dbt 1.12.

Run from the folder of the project: `make test-dbt2`. Both build twice, the second time
from the first; each build ends well or this exits with 1.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from dbt_project import NOT_COMPARED, NOT_COMPARED_COLUMN, REPOSITORY
from row_comparison import RowComparison
from segmentation.fingerprint import quoted

CUSTOMERS = 500
SETTINGS = (
    "{segmentation_dataset: omnichannel, segmentation_history_months: 3, "
    "segmentation_as_of: '%s'}"
)
# The second build goes on to the next day.
DAYS = ("2025-12-30", "2025-12-31")
TOLERANCE = 1e-9
# Their macros for DuckDB are those of without_publishing.sql.
REPLACED = ("config/check_session.sql", "run/publish_release.sql")
# Which build wrote a row, by its number and by its id.
LEFT_OUT = (NOT_COMPARED_COLUMN, "run_id")
# How dbt 2.0 begins lines on nodes that did not fail, and on its own frames.
UNTOLD = ("   Skipped", "    Passed", " Succeeded", *(f"{i:4}: " for i in range(99)))
UNIT_TESTS = ("--exclude-resource-type", "unit_test")


def main() -> None:
    """Build with both, compare, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dbt2", type=Path, required=True, help="its program")
    parser.add_argument("--library", type=Path, required=True, help="with libduckdb.so")
    options = parser.parse_args()
    here = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="segmentation_dbt2_") as temporary:
        project = Path(temporary) / "project"
        copy_project(project)
        ours = Path(temporary) / "ours" / "company.duckdb"
        theirs = Path(temporary) / "theirs" / "company.duckdb"
        ours.parent.mkdir()
        theirs.parent.mkdir()
        load = [here / "segment", "demo", "load", "omnichannel"]
        run([*load, "--customers", CUSTOMERS], REPOSITORY, warehouse(ours))
        shutil.copyfile(ours, theirs)
        build(here / "dbt", project, warehouse(ours))
        library = {"LD_LIBRARY_PATH": str(options.library.absolute())}
        build(options.dbt2.absolute(), project, warehouse(theirs) | library)
        problems = differences(ours, theirs)
    print("\n".join(problems) or "no difference")
    sys.exit(1 if problems else 0)


def copy_project(folder: Path) -> None:
    """Copy the project without publishing, for which dbt 2.0 has no plugins."""
    kept = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, kept.stdout.split("\0")):
        source, target = REPOSITORY / name, folder / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for replaced in REPLACED:
        path = folder / "macros" / replaced
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("macro duckdb__", "macro published__"), "utf-8")
    shutil.copy(Path(__file__).parent / "without_publishing.sql", folder / "macros")


def warehouse(path: Path) -> dict[str, str]:
    """Return the environment in which a command works on a file."""
    return {"SEGMENTATION_WAREHOUSE": str(path)}


def build(dbt: Path, project: Path, environment: dict[str, str]) -> None:
    """Build on two days; exit with what dbt said where one fails."""
    for day in DAYS:
        settings = SETTINGS % day
        words = [dbt, "build", *UNIT_TESTS, "--vars", settings]
        said = run(words, project, environment).strip().splitlines()
        print(f"{dbt.name} in {dbt.parents[1].name}, {day}: {said[-1]}", flush=True)
    shutil.rmtree(project / "target")


def run(command: list[object], folder: Path, environment: dict[str, str]) -> str:
    """Return what a command prints; exit with it where it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=neutral_environment()
        | {
            "DBT_PROFILES_DIR": str(folder),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).splitlines()
        told = [line for line in said if not line.startswith(UNTOLD)]
        sys.exit("\n".join([f"{command[0]} failed:", *told]))
    return done.stdout


def neutral_environment() -> dict[str, str]:
    """Return the environment without settings of make and of the developer's shell."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DBT_", "SEGMENTATION_", "PYTHONPATH"))
    }


def differences(ours: Path, theirs: Path) -> list[str]:
    """Compare all derived tables of two warehouses; say what differs."""
    with duckdb.connect() as connection:
        for name, path in (("ours", ours), ("theirs", theirs)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        tables = {
            side: set(
                connection.execute(
                    "select schema_name, table_name from duckdb_tables() "
                    "where database_name = ? and schema_name not like 'raw%' "
                    "and schema_name <> 'truth'",
                    [side],
                ).fetchall()
            )
            for side in ("ours", "theirs")
        }
        comparison = RowComparison(connection, ("dbt 1.12", "dbt 2.0"), TOLERANCE)
        comparison.problems += [
            f"{schema}.{name} is in one only"
            for schema, name in sorted(tables["ours"] ^ tables["theirs"])
        ]
        rows = 0
        compared = sorted(tables["ours"] & tables["theirs"])
        for schema, name in compared:
            if name in NOT_COMPARED:
                continue
            one, other = (
                of_one_width(connection, quoted(side, schema, name))
                for side in ("ours", "theirs")
            )
            columns = connection.execute(f"describe from {one}").fetchall()
            left_out = [column for column, *_ in columns if column in LEFT_OUT]
            rows += comparison.compare(name, (one, other), left_out)
        print(f"{len(compared)} tables, {rows:,} rows compared")
        return comparison.problems


def of_one_width(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return a query in which decimals have one width, which differs by version."""
    columns = connection.execute(f"describe {table}").fetchall()
    scales = {
        name: kind.partition(",")[2].rstrip(")")
        for name, kind, *_ in columns
        if kind.startswith("DECIMAL(")
    }
    wide = ", ".join(
        f"cast({quoted(name)} as decimal(38, {scale})) as {quoted(name)}"
        for name, scale in scales.items()
    )
    replaced = f" replace ({wide})" if wide else ""
    return f"(select *{replaced} from {table})"


if __name__ == "__main__":
    main()
