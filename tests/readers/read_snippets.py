"""Runs the snippets of docs/bi.md against the served file and compares their answers.

Run after `make build`, from the folder of the project: `make test-readers`. The client
of the snippets is DuckDB 1.5, older than the version that writes the file.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

PAGE = Path("docs/bi.md")
SERVED = Path("serving.duckdb")
HEADING_OR_SNIPPET = re.compile(r"^## (.+?)$|^```(python|js)\n(.*?)^```$", re.M | re.S)
COUNTED = (
    "select primary_segment, count(*) from segments__customers group by 1 order by 1"
)
# Two connections of one pool, and a release between them.
POOLED = """
import os, shutil
import duckdb
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool, QueuePool

def release(name):
    shutil.copyfile("serving.duckdb", "next.duckdb")
    with duckdb.connect("next.duckdb") as served:
        served.execute("update _release set run_id = ?", [name])
    os.replace("next.duckdb", "replaced.duckdb")

def shown(engine):
    with engine.connect() as served:
        return served.execute(text("select run_id from _release")).scalar()

for pool in (NullPool, QueuePool):
    release("first")
    engine = create_engine(
        "duckdb:///replaced.duckdb", poolclass=pool, connect_args={"read_only": True}
    )
    before = shown(engine)
    release("second")
    after = shown(engine)
    engine.dispose()
    print(pool.__name__, before, after, shown(engine))
    engine.dispose()
"""
POOLED_ANSWER = "NullPool first second second\nQueuePool first first second\n"


def main() -> None:
    """Run each snippet in a folder of its own; exit with 1 where one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, required=True, help="of the client")
    parser.add_argument("--node-modules", type=Path, help="with @duckdb/node-api")
    options = parser.parse_args()
    if not SERVED.exists():
        sys.exit(f"Found no {SERVED}. Run `make build` first")
    with duckdb.connect(str(SERVED), read_only=True) as served:
        rows = served.execute(COUNTED).fetchall()
    expected = "".join(f"{segment} {customers}\n" for segment, customers in rows)
    failed = []
    for place, language, code in [*snippets(), ("a pool", "python", POOLED)]:
        if language == "js" and options.node_modules is None:
            print(f"{place}: not run, as there is no Node.js")
            continue
        answer = run(language, code, options.python.absolute(), options.node_modules)
        wanted = POOLED_ANSWER if code == POOLED else expected
        print(f"{place}: {'as expected' if answer == wanted else 'another answer'}")
        if answer != wanted:
            failed.append(f"{place}: expected\n{wanted}\nfound\n{answer}")
    if failed:
        sys.exit("\n".join(failed))


def snippets() -> Iterator[tuple[str, str, str]]:
    """Yield the heading above each snippet, its language and its code."""
    heading = ""
    for found in HEADING_OR_SNIPPET.finditer(PAGE.read_text(encoding="utf-8")):
        if found[1]:
            heading = found[1]
        else:
            yield heading, found[2], found[3]


def run(language: str, code: str, python: Path, node_modules: Path | None) -> str:
    """Return what a snippet prints; where it fails, what it says of that too."""
    with tempfile.TemporaryDirectory(prefix="segmentation_readers_") as folder:
        shutil.copyfile(SERVED, Path(folder) / SERVED.name)
        if language == "js" and node_modules is not None:
            (Path(folder) / "node_modules").symlink_to(node_modules.absolute())
        script = Path(folder) / ("snippet.mjs" if language == "js" else "snippet.py")
        script.write_text(code, encoding="utf-8")
        program = "node" if language == "js" else str(python)
        done = subprocess.run(
            [program, script.name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr


if __name__ == "__main__":
    main()
