"""A warehouse that is built every night, from one parse of the project."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from dbt.contracts.graph.manifest import Manifest

from dbt_project import NO_TESTS, NO_UNIT_TESTS, DbtProject, DbtResult

# Nobody reads the files that dbt would write about each build.
NO_FILES = "--no-write-json"
CHILD = Path(__file__).with_name("killed_build.py")
READY = "ready"


class BuildFailedError(Exception):
    """A build that should have succeeded did not; the message is what dbt said."""


@dataclass(frozen=True)
class Nightly:
    """A project on a warehouse of its own, built as of one day after the other.

    Args:
        project: The project, with the variables that stay.
        selection: Options of every build that choose nodes; none is all of them.
    """

    project: DbtProject
    selection: tuple[str, ...] = ()

    @cached_property
    def manifest(self) -> Manifest:
        """The parsed project; dates and times are read while models run, not here."""
        result = self.project.dbt("parse")
        if not result.success:
            raise BuildFailedError(result.log)
        manifest: Manifest = result.value
        return manifest

    def build(
        self,
        as_of: date,
        *options: str,
        known_at: datetime | None = None,
        with_tests: bool = False,
    ) -> tuple[DbtResult, float]:
        """Build as of a day.

        Args:
            as_of: The day.
            options: Of `dbt build`, such as --full-refresh.
            known_at: Hide rows that were loaded later, UTC.
            with_tests: Run data tests too, without which nothing is released.

        Returns:
            What dbt said, and the seconds it took.

        Raises:
            BuildFailedError: A node failed.
        """
        started = time.monotonic()
        left_out = NO_UNIT_TESTS if with_tests else NO_TESTS
        words = (*self.selection, NO_FILES, *left_out, *options)
        project = self._on(as_of, known_at)
        result = project.dbt("build", *words, manifest=self.manifest)
        if not result.success:
            raise BuildFailedError(f"As of {as_of}:\n{result.ending}")
        return result, time.monotonic() - started

    def kill_build(self, as_of: date, seconds: float, *options: str) -> bool:
        """Start a build in a process of its own and kill it.

        Args:
            as_of: Day of the build.
            seconds: How long it may work, from when its process is ready.
            options: Of `dbt build`.

        Returns:
            Whether it was still at work when it was killed.
        """
        project = self._on(as_of)
        file = project.artifacts / "manifest.pickle"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(self.manifest))
        words = project.arguments(
            "build", *self.selection, NO_FILES, *NO_TESTS, *options
        )
        with subprocess.Popen(
            [sys.executable, str(CHILD), str(file), json.dumps(words)],
            env={**os.environ, **project.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == READY
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
            return child.wait() == -signal.SIGKILL

    def elsewhere(self, warehouse: Path) -> "Nightly":
        """Return the same project on another warehouse, parsed anew."""
        return Nightly(replace(self.project, warehouse=warehouse), self.selection)

    def _on(self, as_of: date, known_at: datetime | None = None) -> DbtProject:
        settings: dict[str, Any] = {"segmentation_as_of": as_of.isoformat()}
        if known_at is not None:
            settings["segmentation_known_at"] = f"{known_at:%Y-%m-%d %H:%M:%S}"
        return replace(self.project, vars={**self.project.vars, **settings})
