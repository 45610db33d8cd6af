"""Compare the `components` materialization with scipy: same partition, bounded time.

Run `.venv/bin/python tests/bench/bench_components.py`. Both sides start from edges that
lie ready, in a DuckDB table and in arrays; the shortest of several runs counts. Exits
with 1 where a partition differs or a ratio is above its target.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from component_graphs import write_project
from dbt_project import DbtProject

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """A graph on the nodes 0 to `nodes` - 1, each of which has an edge to another.

    Args:
        name: What the table calls it.
        nodes: Number of nodes.
        build: Gives the edges as an array of two columns; may hold loops and repeats.
        target: Largest allowed ratio of SQL time to scipy's; None only compares.
    """

    name: str
    nodes: int
    build: Callable[[int], Numbers]
    target: float | None = None


def chain(nodes: int) -> Numbers:
    """Return a chain whose nodes have no order along it."""
    order = np.random.default_rng(1).permutation(nodes)
    return np.column_stack([order[:-1], order[1:]])


def hub(nodes: int) -> Numbers:
    """Return a star around one node with a number in the middle."""
    order = np.random.default_rng(2).permutation(nodes)
    return np.column_stack([np.full(nodes - 1, order[0]), order[1:]])


def people(nodes: int) -> Numbers:
    """Return records of people: groups of 2 to 13, random trees and half as many again.

    Some of the further edges are loops or repeats, as shared identifiers give them.
    """
    generator = np.random.default_rng(3)
    sizes = np.minimum(1 + generator.geometric(0.4, nodes // 2), 12)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    starts = starts[starts < nodes - 1]
    start = np.repeat(starts, np.diff(np.append(starts, nodes)))
    place = np.arange(nodes) - start

    def member(places: Numbers) -> Numbers:
        """Return for each node a node of its group among the first `places`."""
        drawn: Numbers = start + (generator.random(nodes) * places).astype(np.int64)
        return drawn

    tree = np.column_stack([np.arange(nodes), member(place)])[place > 0]
    further = np.column_stack([np.arange(nodes), member(place + 1)])[place > 0]
    edges = np.concatenate([tree, further[generator.random(len(further)) < 0.5]])
    shuffled: Numbers = generator.permutation(nodes)[edges]
    return shuffled[generator.permutation(len(edges))]


SHAPES = (
    Shape("people", 2_000_000, people, target=8),
    Shape("chain", 100_000, chain, target=80),
    Shape("hub", 1_000_000, hub),
)


def scipy_run(edges: Numbers, nodes: int) -> tuple[float, Numbers]:
    """Return the seconds from the arrays of edges to the labels, and the labels."""
    start = time.perf_counter()
    ones = np.ones(len(edges), dtype=np.int8)
    graph = coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    return time.perf_counter() - start, labels.astype(np.int64)


def sql_run(project: DbtProject) -> float:
    """Return the seconds that dbt reports for building the model."""
    result = project.dbt("run")
    if not result.success:
        raise SystemExit(result.log)
    seconds: Any = result.value.results[0].execution_time
    return float(seconds)


def smallest_members(labels: Numbers) -> Numbers:
    """Return for each node the smallest node with its label."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    smallest: Numbers = first[group]
    return smallest


def same_partition(project: DbtProject, nodes: int, labels: Numbers) -> bool:
    """Say whether the model lists every node once, grouped as the labels are."""
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select node, label from main.found order by node"
        ).fetchnumpy()
    return np.array_equal(rows["node"], np.arange(nodes)) and np.array_equal(
        smallest_members(rows["label"]), smallest_members(labels)
    )


def store(edges: Numbers, warehouse: Path) -> None:
    """Write the edges into a new warehouse."""
    ends = {"node_a": edges[:, 0].copy(), "node_b": edges[:, 1].copy()}
    with duckdb.connect(str(warehouse)) as connection:
        connection.register("ends", ends)
        connection.execute("create schema edges")
        connection.execute("create table edges.edges as select * from ends")


def measured(shape: Shape, folder: Path, repeats: int) -> tuple[list[str], bool]:
    """Return the shape's row of the table, and whether all is well."""
    edges = shape.build(shape.nodes)
    project = DbtProject(folder, folder / f"{shape.name}.duckdb")
    store(edges, project.warehouse)
    scipy_seconds, sql_seconds, same = [], [], True
    for _ in range(repeats):
        seconds, labels = scipy_run(edges, shape.nodes)
        scipy_seconds.append(seconds)
        sql_seconds.append(sql_run(project))
        same &= same_partition(project, shape.nodes, labels)
    ratio = min(sql_seconds) / min(scipy_seconds)
    well = same and (shape.target is None or ratio <= shape.target)
    row = [
        *(shape.name, f"{shape.nodes:,}", f"{len(edges):,}"),
        *(f"{min(scipy_seconds):.4f}", f"{min(sql_seconds):.3f}", f"{ratio:.1f}"),
        "-" if shape.target is None else f"{shape.target:g}",
        "yes" if well else "no" if same else "differs",
    ]
    return row, well


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    table = Table(
        "shape", "nodes", "edges", "scipy s", "SQL s", "ratio", "target", "ok"
    )
    all_well = True
    with tempfile.TemporaryDirectory() as name:
        folder = write_project(Path(name) / "project")
        for shape in SHAPES:
            row, well = measured(shape, folder, repeats)
            table.add_row(*row)
            all_well &= well
    Console().print(table)
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
