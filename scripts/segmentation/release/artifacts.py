"""Reads a finished dbt run from the files dbt leaves in the target folder."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from segmentation.fingerprint import quoted
from segmentation.release.run import Run, run_from_payload
from segmentation.release.settings import PublishError
from segmentation.warehouse_tables import Query

AS_OF_DATES = "features__as_of_dates"
# Others, such as `dbt compile`, write results too and call each of them a success.
COMMANDS = frozenset({"build", "run", "test", "seed", "snapshot", "retry"})
BUILT = frozenset({"model", "seed", "snapshot", "test"})


class RunNotFoundError(PublishError):
    """The target folder does not describe a run that could be published."""


def run_from_artifacts(query: Query, target_path: Path, adapter: str) -> Run:
    """Read the last dbt run.

    Args:
        query: Reads the warehouse the run built.
        target_path: dbt's target folder.
        adapter: Type of that warehouse, such as `duckdb`.

    Returns:
        The run; nodes without a result count as not selected.

    Raises:
        RunNotFoundError: A file is missing, the last command built nothing or
            elsewhere, or the tables hold no current as-of date.
    """
    manifest = read_manifest(target_path)
    results = _read(target_path / "run_results.json")
    _check_run(manifest, results, adapter)
    statuses = {result["unique_id"]: result["status"] for result in results["results"]}
    nodes = list(_nodes(manifest))
    arguments = results["args"]
    return run_from_payload(
        {
            "run_id": results["metadata"]["invocation_id"],
            "command": arguments.get("which", "build"),
            "as_of_date": _as_of_date(query, nodes).isoformat(),
            "is_sample": bool(arguments.get("empty") or arguments.get("sample")),
            "nodes": nodes,
            "selected": list(statuses),
            "statuses": statuses,
        }
    )


def read_manifest(target_path: Path) -> dict[str, Any]:
    """Read dbt's graph as its last command left it.

    Raises:
        RunNotFoundError: The file is missing.
    """
    return _read(target_path / "manifest.json")


def _check_run(
    manifest: Mapping[str, Any], results: Mapping[str, Any], adapter: str
) -> None:
    command = results["args"].get("which", "build")
    if command not in COMMANDS:
        raise RunNotFoundError(
            f"not released: the last command was `dbt {command}`, which builds "
            "nothing, and only what the last command built is released. Run `dbt "
            "build` first"
        )
    found = manifest["metadata"]["adapter_type"]
    if found != adapter:
        raise RunNotFoundError(
            f"not released: the last run built on {found}, and this target is of type "
            f"{adapter}. Choose the target of the run with --target, or run `dbt "
            "build` on this one first"
        )


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise RunNotFoundError(
            f"not released: {path} is missing, and it says how the last run ended. Run "
            "`dbt build` first"
        )
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _nodes(manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    built = [
        node for node in manifest["nodes"].values() if node["resource_type"] in BUILT
    ]
    for node in [*built, *manifest.get("unit_tests", {}).values()]:
        config = node["config"]
        meta = config.get("meta") or {}
        yield {
            "unique_id": node["unique_id"],
            "resource_type": node["resource_type"],
            "depends_on": node["depends_on"].get("nodes", []),
            "attached_node": node.get("attached_node"),
            "materialized": config.get("materialized"),
            "severity": config.get("severity"),
            "serving": meta.get("serving"),
            "touched": meta.get("touched"),
            "touched_key": meta.get("touched_key"),
            "relation": [node.get("database"), node.get("schema"), node.get("alias")],
        }


def _as_of_date(query: Query, nodes: list[dict[str, Any]]) -> date:
    """Read the date the run's tables stand at, which its files do not tell."""
    for node in nodes:
        if node["resource_type"] == "model" and node["relation"][-1] == AS_OF_DATES:
            name = quoted(*(part for part in node["relation"] if part))
            rows = query(f"select as_of_date from {name} where is_current")
            if len(rows) == 1:
                found: date = rows[0][0]
                return found
    raise RunNotFoundError(
        f"not released: expected one current row in {AS_OF_DATES}, found none. Run "
        "`dbt build` first"
    )
