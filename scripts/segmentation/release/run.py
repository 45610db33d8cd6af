"""A dbt run as the publishing function sees it: its nodes and how each ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation.fingerprint import quoted


@dataclass(frozen=True)
class Node:
    """One model, seed, snapshot or test of the graph.

    Attributes:
        unique_id: dbt's id, such as `model.segmentation.segments__customers`.
        resource_type: model, seed, snapshot, test or unit_test.
        depends_on: Unique ids of what it reads.
        attached_node: For a test, the node that declares it; null for a singular one.
        is_ephemeral: True for a model that dbt never builds by itself.
        severity: For a test, `error` or `warn`.
        serving: Served file of a model, `serving` or `activation`; null if private.
        touched: Name of the model that lists which of its rows are computed anew; null
            when nothing does.
        touched_key: Columns by which it lists them.
        relation: Database, schema and name of what it builds; empty for a test.
        is_selected: Whether the run was asked to run it.
        status: How it ended; null when it did not run.
    """

    unique_id: str
    resource_type: str
    depends_on: tuple[str, ...] = ()
    attached_node: str | None = None
    is_ephemeral: bool = False
    severity: str = "error"
    serving: str | None = None
    touched: str | None = None
    touched_key: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    is_selected: bool = False
    status: str | None = None

    @property
    def name(self) -> str:
        """Name without the resource type, the package and a test's hash."""
        parts = self.unique_id.split(".")
        return parts[-1] if self.resource_type == "unit_test" else parts[2]

    @property
    def package(self) -> str:
        """Package of dbt that defines it."""
        return self.unique_id.split(".")[1]

    @property
    def sql_name(self) -> str:
        """Quoted name of the relation."""
        return quoted(*self.relation)


@dataclass(frozen=True)
class Run:
    """One finished dbt invocation.

    Attributes:
        run_id: Invocation id.
        command: dbt command, such as `build`.
        as_of_date: Date the tables stand at.
        is_sample: True when the run left rows out on purpose.
        nodes: Every node of the graph, run or not.
    """

    run_id: str
    command: str
    as_of_date: date
    is_sample: bool
    nodes: tuple[Node, ...]

    def model(self, name: str) -> Node | None:
        """Find a model by name; null when the graph has none."""
        return next(
            (
                node
                for node in self.nodes
                if node.resource_type == "model" and node.name == name
            ),
            None,
        )

    def table(self, name: str) -> str | None:
        """Quoted relation of a model; null when the graph has none of this name."""
        node = self.model(name)
        return None if node is None else node.sql_name


def run_from_payload(payload: Mapping[str, Any]) -> Run:
    """Read what the macro `publish_release` passes.

    Args:
        payload: Decoded JSON with `run_id`, `command`, `as_of_date`, `is_sample`,
            `nodes` (dbt's graph, reduced), `selected` (unique ids) and `statuses`
            (unique id to status).

    Returns:
        The run.
    """
    selected = frozenset(payload["selected"])
    statuses: Mapping[str, str] = payload["statuses"]
    return Run(
        run_id=payload["run_id"],
        command=payload["command"],
        as_of_date=date.fromisoformat(payload["as_of_date"]),
        is_sample=bool(payload["is_sample"]),
        nodes=tuple(_node(node, selected, statuses) for node in payload["nodes"]),
    )


def _node(
    node: Mapping[str, Any], selected: frozenset[str], statuses: Mapping[str, str]
) -> Node:
    unique_id = node["unique_id"]
    return Node(
        unique_id=unique_id,
        resource_type=node["resource_type"],
        depends_on=tuple(node["depends_on"]),
        attached_node=node["attached_node"],
        is_ephemeral=node["materialized"] == "ephemeral",
        severity=(node["severity"] or "error").lower(),
        serving=node["serving"],
        touched=node["touched"],
        touched_key=tuple(node["touched_key"] or ()),
        relation=tuple(part for part in node["relation"] if part),
        is_selected=unique_id in selected,
        status=statuses.get(unique_id),
    )
