"""What a build costs: CPU seconds by node, and rows read of the raw tables."""

import json
import os
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from dbt_project import NO_UNIT_TESTS, REPOSITORY, DbtProject, release_warehouse
from scanned_rows import scanned_rows


class BuildFailed(RuntimeError):
    """A build that is to be measured did not end well."""

    def __init__(self, found: object) -> None:
        super().__init__(f"Found a build that failed; expected success:\n{found}")


@dataclass
class Build:
    """CPU seconds of a build, apart from parsing, and the SQL that it ran.

    Attributes:
        cpu_seconds: Of the process, from the first to the last node and around them.
        by_node: Of each node, by its name.
        by_folder: Of the nodes of a folder, and of `other`: what dbt does between them,
            and publishing.
        queries: SQL of models and tests, by name; not that of views.
    """

    cpu_seconds: float = 0.0
    by_node: dict[str, float] = field(default_factory=dict)
    by_folder: dict[str, float] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Costs:
    """Builds of a warehouse that are measured.

    Attributes:
        warehouse: DuckDB file; its raw tables are there.
        months: Of history.
        schema: Of the raw tables.
    """

    warehouse: Path
    months: int
    schema: str

    @cached_property
    def _project(self) -> DbtProject:
        settings = {
            "segmentation_dataset": "omnichannel",
            "segmentation_history_months": self.months,
        }
        return DbtProject(REPOSITORY, self.warehouse, vars=settings)

    @cached_property
    def manifest(self) -> Manifest:
        result = self._project.dbt("parse")
        if not result.success:
            raise BuildFailed(result.log)
        manifest: Manifest = result.value
        return manifest

    def ancestors(self, name: str) -> frozenset[str]:
        """Return the names of a model and of the models and seeds that it rests on."""
        manifest = self.manifest
        open_ids, found = [f"model.segmentation.{name}"], set()
        while open_ids:
            unique_id = open_ids.pop()
            if unique_id in manifest.nodes and unique_id not in found:
                found.add(unique_id)
                open_ids.extend(manifest.nodes[unique_id].depends_on_nodes)
        return frozenset(manifest.nodes[unique_id].name for unique_id in found)

    def build(self, as_of: date, *options: str) -> Build:
        """Build as of a day on one thread, with data tests, and publish."""
        manifest, build = self.manifest, Build()
        started: dict[str, float] = {}
        by_folder: defaultdict[str, float] = defaultdict(float)

        def note(event: EventMsg) -> None:
            data: Any = event.data  # a protobuf message, whose fields have no types
            if event.info.name == "NodeStart":
                started[data.node_info.unique_id] = time.process_time()
            elif event.info.name == "NodeFinished":
                node = data.node_info
                spent = time.process_time() - started.pop(node.unique_id)
                build.by_node[node.node_name] = spent
                by_folder[_folder(node.node_path, node.resource_type)] += spent

        variables = {**self._project.vars, "segmentation_as_of": as_of.isoformat()}
        words = self._project.arguments("build", *NO_UNIT_TESTS, *options)
        words += ["--vars", json.dumps(variables), "--threads", "1"]
        os.environ.update(self._project.environment)
        before = time.process_time()
        try:
            outcome = dbtRunner(manifest, callbacks=[note]).invoke(words)
        finally:
            release_warehouse()
        build.cpu_seconds = time.process_time() - before
        if not outcome.success or not isinstance(outcome.result, RunExecutionResult):
            raise BuildFailed(outcome.exception or _failures(outcome.result))
        build.by_folder.update(by_folder)
        build.by_folder["other"] = build.cpu_seconds - sum(by_folder.values())
        for result in outcome.result.results:
            node: Any = result.node
            reads = node.resource_type in ("model", "test")
            # Who reads a view scans what is below it, not who creates it.
            if reads and node.config.materialized != "view" and node.compiled_code:
                build.queries[node.name] = node.compiled_code
        return build

    def raw_rows(self, build: Build) -> tuple[dict[str, int], int]:
        """Return the raw rows that each node scanned, and how many there are."""
        with duckdb.connect(str(self.warehouse)) as connection:
            [[total]] = connection.execute(
                "select sum(estimated_size) from duckdb_tables() "
                f"where schema_name = '{self.schema}'"
            ).fetchall()
            part = f".{self.schema}."
            scanned = {
                name: sum(
                    rows
                    for table, rows in scanned_rows(connection, query, part).items()
                    if table.startswith(f"{self.schema}.")
                )
                for name, query in build.queries.items()
            }
        return {name: rows for name, rows in scanned.items() if rows}, int(total)


def _failures(result: Any) -> str:
    return "\n".join(
        f"{each.node.name}: {each.message}"
        for each in getattr(result, "results", ())
        if each.status in ("error", "fail", "runtime error")
    )


def _folder(path: str, resource_type: str) -> str:
    if resource_type in ("test", "operation", "seed"):
        return f"{resource_type}s"
    return "staging" if path.startswith("staging/") else path.split("/", maxsplit=1)[0]
