"""Run dbt in this process against a project folder and a warehouse of its own."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from segmentation.fingerprint import Fingerprint, fingerprints
from shared_parse import SharedParse, path_not_compared
from warm_dbt import warm_dbt

REPOSITORY = Path(__file__).resolve().parents[2]

# How builds came to their answer, which is no part of it: `meta.not_compared`.
NOT_COMPARED = frozenset(
    {
        "int_input__runs",
        "int_input__batches",
        "int_input__deliveries",
        "int_input__lost_records",
        "int_input__touched_records",
        "int_identity__changed_records",
        "int_identity__crowded_blocks",
        "int_identity__joined_clusters",
        "int_identity__known_aliases",
        "int_identity__known_contests",
        "int_identity__known_drops",
        "int_identity__known_exact_edges",
        "int_identity__known_shares",
        "int_identity__recompared_records",
        "int_identity__touched_contests",
        "int_identity__touched_customers",
        "int_identity__touched_records",
        "int_features__changed_customers",
        "int_features__known_data_starts",
        "int_features__known_norms",
        "int_features__touched_customers",
        "int_features__touched_map",
        "int_features__touched_rows",
        "int_segments__recoded_sets",
        "int_features__visit_partials",
        "int_features__contact_partials",
        "int_features__purchase_partials",
        "int_features__hour_partials",
        "int_features__trait_partials",
        "int_features__order_days",
        "int_features__order_gap_partials",
        "activation__audience_changes",
        "activation__audiences",
        "activation__experiment_arms",
        "activation__memberships",
        "activation__people",
        "activation__platform_audiences",
        "activation__platform_members",
        "activation__treatment",
        "int_activation__audience_members",
        "int_activation__contacts",
        "int_measurement__quarter_forecasts",
        "int_measurement__sealed_content",
        "int_measurement__experiment_cells",
        "int_measurement__experiment_contrasts",
        "int_measurement__experiment_estimates",
        "int_measurement__experiment_heterogeneity",
        "int_measurement__experiment_people",
        "int_measurement__experiment_samples",
        "measurement__business_case",
        "measurement__experiment_response",
        "measurement__experiment_results",
        "measurement__experiments",
    }
)
NOT_COMPARED_COLUMN = "changed_in_run"
# Unit tests judge the SQL alone: they run once per data set, in the builds of
# complete_journey.py, teahouse.py and test_omnichannel_staging.py, and on PostgreSQL.
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
NO_TESTS = (*NO_UNIT_TESTS, "test")


@dataclass(frozen=True)
class NodeResult:
    """What dbt says about one node: a model, seed, test, snapshot or hook."""

    status: str
    message: str
    failures: int | None


@dataclass(frozen=True)
class DbtResult:
    """One dbt invocation, with the exit code that the command line would give."""

    exit_code: int
    results: Mapping[str, NodeResult]
    log: str
    value: Any = None

    @property
    def success(self) -> bool:
        """Whether the command line would have exited with 0."""
        return self.exit_code == 0

    @property
    def ending(self) -> str:
        """What dbt says after the last node: what failed, and the totals."""
        return self.log[self.log.rfind("\nFinished running") :]

    def with_status(self, *statuses: str) -> list[str]:
        """Return the unique ids of the nodes that ended in one of the statuses."""
        return sorted(
            unique_id
            for unique_id, result in self.results.items()
            if result.status in statuses
        )


@dataclass(frozen=True)
class DbtProject:
    """A dbt project, where it writes, and the settings it runs with.

    Args:
        project_dir: Folder with dbt_project.yml and profiles.yml.
        warehouse: DuckDB file to build; artifacts and logs lie in a folder beside it.
        extra_env: Environment variables for every invocation.
        vars: dbt variables for every invocation.
        target: Profile target; None is the profile's own default.
        profiles_dir: Folder with profiles.yml, when it is not the project's.
    """

    project_dir: Path
    warehouse: Path
    extra_env: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)
    target: str | None = None
    profiles_dir: Path | None = None

    @property
    def artifacts(self) -> Path:
        """Folder of this warehouse's manifest, run results and logs."""
        name = self.warehouse.stem if self.target is None else self.target
        return self.warehouse.parent / f"{name}_artifacts"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that an invocation adds to the process's own."""
        return {
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
            "SEGMENTATION_WAREHOUSE": str(self.warehouse),
            **self.extra_env,
        }

    def arguments(self, command: str, *options: str) -> list[str]:
        """Return the command line without the leading `dbt`."""
        profiles_dir = self.profiles_dir or self.project_dir
        words = [*command.split(), "--project-dir", str(self.project_dir)]
        words += ["--profiles-dir", str(profiles_dir)]
        words += ["--target-path", str(self.artifacts)]
        words += ["--log-path", str(self.artifacts), "--log-level-file", "none"]
        words += ["--quiet", "--no-use-colors", "--no-version-check"]
        if self.target is not None:
            words += ["--target", self.target]
        if self.vars:
            words += ["--vars", json.dumps(dict(self.vars))]
        return [*words, *options]

    def dbt(
        self, command: str, *options: str, manifest: Manifest | None = None
    ) -> DbtResult:
        """Run a dbt command, such as `build`; no connection stays open.

        Args:
            command: Without the leading `dbt`.
            options: Further words of the command line.
            manifest: The result of an earlier `parse`, which then is not repeated:
                what variables decide while parsing is as it was.
        """
        lines: list[str] = []

        def keep(event: EventMsg) -> None:
            info: Any = event.info  # a protobuf message, whose fields have no types
            if info.level != "debug":
                lines.append(info.msg)

        if manifest is None:
            self._parse.take()
        with _environment(self.environment), path_not_compared(), warm_dbt():
            try:
                # Nobody reads what dbt would print beside the events kept here.
                words = [*self.arguments(command, *options), "--log-level", "none"]
                given = {} if manifest is None else {"manifest": manifest}
                outcome = dbtRunner(callbacks=[keep], **given).invoke(words)
            finally:
                release_warehouse()
        if outcome.exception is not None:
            lines.append(str(outcome.exception))
        results: dict[str, NodeResult] = {}
        if isinstance(outcome.result, RunExecutionResult):
            results = {
                result.node.unique_id: NodeResult(
                    str(result.status), result.message or "", result.failures
                )
                for result in outcome.result.results
            }
        failed = 1 if outcome.exception is None else 2
        if failed == 1 and manifest is None:
            self._parse.give()
        return DbtResult(
            exit_code=0 if outcome.success else failed,
            results=results,
            log="\n".join(lines),
            value=outcome.result,
        )

    def build(self, *options: str) -> DbtResult:
        """Run `dbt build`."""
        return self.dbt("build", *options)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query, on DuckDB or on the PostgreSQL target."""
        with self.connection() as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())

    def fingerprints(self, schemas: Sequence[str]) -> dict[str, Fingerprint]:
        """Return what identifies the rows of each relation, by `schema.name`.

        Without how builds came to their answer.
        """
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = fingerprints(connection, schemas, without=[NOT_COMPARED_COLUMN])
        return {
            name: each
            for name, each in found.items()
            if name.split(".")[1] not in NOT_COMPARED
        }

    def differing(self, other: "DbtProject", schemas: Sequence[str]) -> list[str]:
        """Return the relations of which another build has other rows."""
        ours, theirs = self.fingerprints(schemas), other.fingerprints(schemas)
        return sorted(
            name
            for name in ours.keys() | theirs.keys()
            if ours.get(name) != theirs.get(name)
        )

    @property
    def _parse(self) -> SharedParse:
        place = (self.project_dir, self.profiles_dir, self.target, self.warehouse.stem)
        return SharedParse(self.artifacts, (*place, dict(self.vars)))

    @contextlib.contextmanager
    def connection(self) -> Iterator[Any]:
        if self.target == "postgres":
            connection: Any = psycopg2.connect(
                host=self.extra_env["SEGMENTATION_PG_HOST"],
                port=self.extra_env["SEGMENTATION_PG_PORT"],
                user=self.extra_env["SEGMENTATION_PG_USER"],
                password=self.extra_env["SEGMENTATION_PG_PASSWORD"],
                dbname=self.extra_env["SEGMENTATION_PG_DATABASE"],
            )
        else:
            connection = duckdb.connect(str(self.warehouse), read_only=True)
        try:
            yield connection
        finally:
            connection.close()


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables and the folder, and put everything back."""
    saved, folder = dict(os.environ), Path.cwd()
    os.environ.update(values)
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(saved)


def release_warehouse() -> None:
    """Let go of the warehouse, so that another connection can open the file."""
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
