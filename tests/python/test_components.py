"""The `components` materialization finds what union-find finds, on both engines."""

import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from dbt_project import REPOSITORY, DbtProject

Edge = tuple[int, int]

LARGEST_NODE = 2**31 - 2
GRAPHS, NODES_APART = 100, 1_000

PROJECT = """
name: segmentation
profile: components
macro-paths: [macros]
"""
PROFILES = """
components:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: "{{ env_var('SEGMENTATION_WAREHOUSE') }}"
    postgres:
      type: postgres
      host: "{{ env_var('SEGMENTATION_PG_HOST', '') }}"
      port: "{{ env_var('SEGMENTATION_PG_PORT', '5432') | as_number }}"
      user: "{{ env_var('SEGMENTATION_PG_USER', '') }}"
      password: "{{ env_var('SEGMENTATION_PG_PASSWORD', '') }}"
      dbname: "{{ env_var('SEGMENTATION_PG_DATABASE', '') }}"
      schema: components
"""
MODEL = """
{{ config(
    materialized='components', max_rounds=env_var('MAX_ROUNDS', '60') | int
) }}
select node_a, node_b from edges.edges
"""


@pytest.fixture(scope="module")
def project_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the materialization and one model."""
    folder = tmp_path_factory.mktemp("components")
    shutil.copytree(REPOSITORY / "macros" / "materializations", folder / "macros")
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILES)
    (folder / "models" / "found.sql").write_text(MODEL)
    return folder


def partition(edges: Iterable[Edge]) -> set[frozenset[int]]:
    """Return the components of the nodes with an edge to another, by union-find."""
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for one, other in edges:
        if one != other:
            parents[root(one)] = root(other)
    members: dict[int, set[int]] = defaultdict(set)
    for node in parents:
        members[root(node)].add(node)
    return {frozenset(nodes) for nodes in members.values()}


def random_graphs(seed: int) -> list[Edge]:
    """Return 100 graphs with nodes of their own: sparse to dense, some edges twice."""
    generator = random.Random(seed)
    edges = []
    for graph in range(GRAPHS):
        nodes = [
            graph * NODES_APART + number
            for number in generator.sample(range(NODES_APART), generator.randint(2, 60))
        ]
        for _ in range(generator.randint(0, 2 * len(nodes))):
            edge = (generator.choice(nodes), generator.choice(nodes))
            edges += [edge] * generator.randint(1, 2)
    return edges


def chain(length: int, first: int) -> list[Edge]:
    """Return a chain whose nodes have no order along it."""
    nodes = list(range(first, first + length))
    random.Random(1).shuffle(nodes)
    return list(pairwise(nodes))


def all_shapes() -> list[Edge]:
    start = GRAPHS * NODES_APART
    hub = [(start, start + leaf) for leaf in range(1, 3_001)]
    ordered = [(node, node + 1) for node in range(start + 200_000, start + 205_000)]
    loops = [(start + 300_000, start + 300_000), (7, 7)]
    both_ways = [(start + 300_001, start + 300_002), (start + 300_002, start + 300_001)]
    ends = [(LARGEST_NODE, LARGEST_NODE - 1)]
    return [
        *random_graphs(seed=3),
        *chain(5_000, start + 100_000),
        *[*hub, *ordered, *loops, *both_ways, *ends],
    ]


def written(edges: list[Edge], project: DbtProject) -> DbtProject:
    """Replace the table of edges in the project's warehouse."""
    values = ", ".join(f"({one}, {other})" for one, other in edges)
    statements = [
        "create schema if not exists edges",
        "drop table if exists edges.edges",
        "create table edges.edges (node_a bigint, node_b bigint)",
        *([f"insert into edges.edges values {values}"] if edges else []),
    ]
    if project.target == "postgres":
        with project.connection() as connection:
            with connection.cursor() as cursor:
                cursor.execute(";".join(statements))
            connection.commit()
    else:
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.execute(";".join(statements))
    return project


def found(project: DbtProject) -> set[frozenset[int]]:
    """Run the model and return its components."""
    result = project.dbt("run")
    assert result.success, result.ending
    schema = "components" if project.target == "postgres" else "main"
    rows = project.query(f"select node, label from {schema}.found")
    assert len(rows) == len({node for node, _ in rows})
    members: dict[int, set[int]] = defaultdict(set)
    for node, label in rows:
        members[label].add(node)
    return {frozenset(nodes) for nodes in members.values()}


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


def test_every_shape_has_the_components_of_union_find(project: DbtProject) -> None:
    edges = all_shapes()
    expected = partition(edges)
    sizes = sorted(len(nodes) for nodes in expected)
    assert sizes[-3:] == [3_001, 5_000, 5_001]
    assert len(expected) > GRAPHS

    assert found(written(edges, project)) == expected
    # Again, over the table of before, with the same edges in another order.
    random.Random(5).shuffle(edges)
    assert found(written(edges, project)) == expected


def test_without_edges_there_are_no_components(project: DbtProject) -> None:
    assert found(written([], project)) == set()
    assert found(written([(4, 4)], project)) == set()
    assert found(written([(4, 5)], project)) == {frozenset({4, 5})}


def test_edges_left_after_the_last_round_are_refused(
    project_dir: Path, tmp_path: Path
) -> None:
    project = DbtProject(
        project_dir, tmp_path / "c.duckdb", extra_env={"MAX_ROUNDS": "2"}
    )
    written(chain(500, 0), project)

    result = project.dbt("run")

    assert not result.success
    assert "edges were left after 2 rounds" in result.log
