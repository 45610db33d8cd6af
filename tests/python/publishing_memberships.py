"""The tiny warehouse with memberships, to publish and to be killed while publishing."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from publishing import TESTS, finished_run, import_path, model, settings
from segmentation.release import files, in_files
from segmentation.release import publish as publishing
from segmentation.release.in_files import InFiles
from segmentation.release.kept_files import KeptFiles
from segmentation.release.ledger import Ledger
from segmentation.release.publish import Publication, utc_now
from segmentation.release.record import Rollback
from segmentation.release.rollback import roll_back
from segmentation.release.run import Run

JUNE = date(2024, 6, 30)
TABLE = """
    create or replace table segments__memberships (
        customer_id text, as_of_date date, primary_segment text, value_tier text,
        rfm text, lifecycle text, behavior text, demographic text, psychographic text,
        behavior_origin text
    )
"""

# What publishing and rolling back do one after the other, each at once.
STEPS = (
    (files, "replace"),
    (files, "replace_text"),
    (publishing, "record_release"),
    (in_files, "record_rollback"),
    (KeptFiles, "forget"),
    (KeptFiles, "prune"),
)


def run_with_memberships(run_id: str) -> Run:
    """A complete run, as of 30 June, that serves memberships too."""
    memberships = model("segments__memberships", serving="serving")
    return replace(finished_run(run_id, memberships), as_of_date=JUNE)


def write_memberships(
    connection: duckdb.DuckDBPyConnection, codes: dict[str, str]
) -> None:
    """Replace all memberships by one row per customer, with one code in every set."""
    connection.execute(TABLE)
    for customer, code in codes.items():
        connection.execute(
            f"insert into segments__memberships values ({', '.join('?' * 10)})",
            [customer, JUNE, *[code] * 8],
        )


def publish_codes(folder: Path, run_id: str, codes: dict[str, str]) -> Publication:
    """Open the warehouse of a folder, write memberships and publish them."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        write_memberships(connection, codes)
        return publishing.publish(
            InFiles(connection, settings(folder)), run_with_memberships(run_id)
        )


def roll_back_files(
    folder: Path,
    run_id: str | None = None,
    reason: str = "wrong prices",
    clock: Callable[[], datetime] = utc_now,
) -> Rollback:
    """Open the warehouse of a folder and serve an earlier release again."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        ledger = Ledger.find(lambda name: name)
        engine = InFiles(connection, settings(folder))
        return roll_back(engine, ledger, run_id, reason, clock)


def recorded_memberships(folder: Path) -> list[tuple[Any, ...]]:
    """Run, customer, change and code of what is recorded, in order."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        return connection.execute(
            "select run_id, customer_id, change_type, primary_segment "
            "from measurement__published_memberships order by released_at, customer_id"
        ).fetchall()


def kill(folder: Path, point: str | int, function: str, *arguments: object) -> bool:
    """Call a function of this module in a process that is killed.

    Args:
        folder: Folder of the warehouse, the function's first argument.
        point: Where, as `publishing.die_at` names it, or before which step.
        function: Name of the function.
        *arguments: Its further arguments.

    Returns:
        Whether it got there; else the function ended as it does.
    """
    given = ", ".join(repr(argument) for argument in arguments)
    module = "publishing" if isinstance(point, str) else "publishing_memberships"
    code = (
        "import pathlib, publishing, publishing_memberships\n"
        f"{module}.die_at({point!r})\n"
        f"publishing_memberships.{function}(pathlib.Path({str(folder)!r}), {given})"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=import_path(TESTS), check=False
    )
    assert ended.returncode in {0, -signal.SIGKILL}
    return ended.returncode != 0


def die_at(step: int) -> None:
    """Let this process be killed before a step that changes files or the ledger.

    Args:
        step: Its number, from 1.
    """
    steps = itertools.count(1)

    def mortal(function: Callable[..., Any]) -> Callable[..., Any]:
        def step_or_die(*arguments: object) -> object:
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return step_or_die

    for place, name in STEPS:
        mock.patch.object(place, name, mortal(getattr(place, name))).start()
