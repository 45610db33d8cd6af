"""The `components` materialization finds what scipy finds, on both engines."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from component_graphs import (
    GRAPHS,
    Edge,
    chain,
    named_shapes,
    random_graphs,
    write_project,
)
from dbt_project import DbtProject

Partition = set[frozenset[int]]


@pytest.fixture(scope="module")
def project_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the materialization and one model."""
    return write_project(tmp_path_factory.mktemp("components") / "project")


@pytest.fixture(params=["duckdb", "postgres"])
def project(
    request: pytest.FixtureRequest, project_dir: Path, tmp_path: Path
) -> DbtProject:
    environment: Mapping[str, str] = {}
    if request.param == "postgres":
        environment = request.getfixturevalue("postgres")
    return DbtProject(
        project_dir, tmp_path / "c.duckdb", extra_env=environment, target=request.param
    )


def grouped(nodes: Iterable[int], labels: Iterable[int]) -> Partition:
    members: dict[int, set[int]] = {}
    for node, label in zip(nodes, labels, strict=True):
        members.setdefault(label, set()).add(node)
    return {frozenset(group) for group in members.values()}


def by_scipy(edges: Sequence[Edge]) -> Partition:
    """Return the components of the nodes with an edge to another."""
    ends = np.array([edge for edge in edges if edge[0] != edge[1]], dtype=np.int64)
    nodes, numbers = np.unique(ends, return_inverse=True)
    numbers = numbers.reshape(-1, 2)
    graph = coo_array(
        (np.ones(len(numbers)), (numbers[:, 0], numbers[:, 1])),
        shape=(nodes.size, nodes.size),
    )
    _, labels = connected_components(graph, directed=False)
    return grouped(nodes.tolist(), labels.tolist())


def run_sql(project: DbtProject, *statements: str) -> None:
    if project.target == "postgres":
        with project.connection() as connection:
            connection.cursor().execute(";".join(statements))
            connection.commit()
    else:
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.execute(";".join(statements))


def written(edges: Sequence[Edge], project: DbtProject) -> DbtProject:
    """Replace the table of edges in the project's warehouse."""
    values = ", ".join(f"({one}, {other})" for one, other in edges)
    run_sql(
        project,
        "create schema if not exists edges",
        "drop table if exists edges.edges",
        "create table edges.edges (node_a bigint, node_b bigint)",
        *([f"insert into edges.edges values {values}"] if edges else []),
    )
    return project


def schema(project: DbtProject) -> str:
    return "components" if project.target == "postgres" else "main"


def tables(project: DbtProject) -> list[str]:
    rows = project.query(
        "select table_name from information_schema.tables "
        f"where table_schema = '{schema(project)}' order by table_name"
    )
    return [name for (name,) in rows]


def rows(project: DbtProject) -> Partition:
    found = project.query(f"select node, label from {schema(project)}.found")
    assert len(found) == len({node for node, _ in found})
    return grouped([node for node, _ in found], [label for _, label in found])


def components(project: DbtProject) -> Partition:
    """Run the model and return its components."""
    result = project.dbt("run")
    assert result.success, result.ending
    assert tables(project) == ["found"]
    return rows(project)


def test_every_shape_has_the_components_of_scipy(project: DbtProject) -> None:
    edges = random_graphs(seed=3) + named_shapes()
    expected = by_scipy(edges)
    sizes = sorted(len(nodes) for nodes in expected)
    assert sizes[-3:] == [3_001, 5_000, 5_001]
    assert len(expected) > GRAPHS

    assert components(written(edges, project)) == expected
    # Again, over the table of before, with the same edges in another order.
    random.Random(5).shuffle(edges)
    assert components(written(edges, project)) == expected


def test_without_edges_there_are_no_components(project: DbtProject) -> None:
    assert components(written([], project)) == set()
    assert components(written([(4, 4)], project)) == set()
    assert components(written([(4, 5)], project)) == {frozenset({4, 5})}


def test_tables_of_an_interrupted_run_are_replaced(project: DbtProject) -> None:
    written([(4, 5)], project)
    left = [f"{schema(project)}.found__{table}" for table in ("edges_0", "hooks_0")]
    run_sql(
        project,
        f"create schema if not exists {schema(project)}",
        *(f"drop table if exists {table}" for table in left),
        *(f"create table {table} (node_a bigint)" for table in left),
    )

    assert components(project) == {frozenset({4, 5})}


def test_edges_left_after_the_last_round_are_refused(project: DbtProject) -> None:
    assert components(written([(1, 2)], project)) == {frozenset({1, 2})}
    written(chain(500, 0), project)
    environment = {**project.extra_env, "MAX_ROUNDS": "2"}

    result = replace(project, extra_env=environment).dbt("run")

    assert not result.success
    assert "edges were left after 2 rounds, expected none" in result.log
    assert "Raise meta.max_rounds." in result.log
    # The table of before stays, and nothing beside it.
    assert tables(project) == ["found"]
    assert rows(project) == {frozenset({1, 2})}


def test_any_whole_number_is_a_node(project: DbtProject) -> None:
    far = [(-(2**63), 2**63 - 1), (2**62, 7), (7, -1), (0, 2**31)]

    assert components(written(far, project)) == {
        frozenset({-(2**63), 2**63 - 1}),
        frozenset({2**62, 7, -1}),
        frozenset({0, 2**31}),
    }


def test_a_node_without_a_number_is_refused(project: DbtProject) -> None:
    written([(1, 2), ("null", 3)], project)

    result = project.dbt("run")

    assert not result.success
    assert "found: 1 edges have a node that is null." in result.log
