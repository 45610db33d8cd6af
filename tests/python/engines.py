"""One project on DuckDB and PostgreSQL side by side, given the same rows."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import duckdb

from complete_journey import DERIVED_SCHEMAS
from dbt_project import DbtProject
from derived import not_compared_relations
from engine_comparison import EngineComparison, PostgresComparison
from nightly import Nightly
from scenario import Scenario
from segmentation.demo.load import load_raw_data
from segmentation.profiles import load_profile

# What both record alike, as they build the same nights; only one of them publishes.
DRAWN_ALIKE = ("activation__experiment_assignments",)
# Floating columns are rounded to nine decimals: at most one unit of the ninth.
TOLERANCE = 1.001e-9
# Most databases order text by a language, DuckDB by its bytes: no row may depend on it.
CREATE_DATABASE = """
    create database {} template template0 encoding 'UTF8'
    locale_provider icu icu_locale 'en-US'
"""
# The project asks nothing of the server; these only make the test faster.
SERVER_OPTIONS = "-c jit=off -c work_mem=512MB"


def create_database(
    postgres: Mapping[str, str], project: DbtProject, name: str
) -> DbtProject:
    """Return the project on a new database of the server.

    Args:
        postgres: The connection, as the fixture of that name gives it.
        project: The project on DuckDB.
        name: Of the database.
    """
    server = replace(project, extra_env=postgres, target="postgres")
    with server.connection() as connection:
        connection.autocommit = True
        connection.cursor().execute(CREATE_DATABASE.format(name))
    environment = {
        **postgres,
        "SEGMENTATION_PG_DATABASE": name,
        "PGOPTIONS": SERVER_OPTIONS,
    }
    return replace(server, extra_env=environment)


@dataclass(frozen=True)
class Engines:
    """The project on both engines.

    Attributes:
        here: On DuckDB.
        there: On PostgreSQL.
        scenario: What is delivered when.
        folder: For rows on their way.
    """

    here: Nightly
    there: Nightly
    scenario: Scenario
    folder: Path

    def deliver(self, night: int) -> None:
        """Load what is there after a night into both."""
        raw = self.scenario.raw_data(night, self.folder / f"night_{night}")
        for project in (self.here.project, self.there.project):
            with mock.patch.dict(os.environ, project.environment):
                profile = load_profile(project.project_dir, target=project.target)
                load_raw_data([raw], profile, lambda *_: None)

    def build(self, night: int, *options: str, with_tests: bool = False) -> None:
        """Build both as of the day of a night.

        Args:
            night: The night.
            options: Of `dbt build`.
            with_tests: Run the singular data tests too; others say the same on both.

        Raises:
            BuildFailedError: A node failed.
        """
        if with_tests:
            options = (*options, "--exclude", "test_type:generic")
        for nightly in (self.here, self.there):
            day = self.scenario.as_of(night)
            nightly.build(day, *options, with_tests=with_tests)

    def compare(self) -> tuple[dict[str, int], list[str]]:
        """Return the rows of each derived relation, and what differs, in words."""
        with self.comparison() as comparison:
            left_out = not_compared_relations(self.here.manifest, DRAWN_ALIKE)
            counts = {
                relation: comparison.compare(relation)
                for relation in comparison.relations(DERIVED_SCHEMAS)
                if relation not in left_out
            }
            return counts, comparison.problems

    @contextmanager
    def comparison(self) -> Iterator[EngineComparison]:
        with (
            self.there.project.connection() as postgres,
            duckdb.connect() as connection,
        ):
            connection.execute(
                f"attach '{self.here.project.warehouse}' as here (read_only)"
            )
            yield PostgresComparison(connection, postgres, self.folder, TOLERANCE)
