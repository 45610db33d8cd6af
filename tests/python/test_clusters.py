"""The `clusters` materialization joins as average linkage says, on both engines."""

import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import duckdb
import pytest

from component_graphs import write_project
from dbt_project import DbtProject

Link = tuple[int, int, int]
# Node, kind of identifier, value, most values.
Held = tuple[int, str, str, int]
Clusters = set[frozenset[int]]

GRAPHS, NODES_APART = 50, 1_000
MODEL = """
{{ config(materialized='clusters') }}
select node_a, node_b, evidence from links.links
"""
ROOMY = """
{{ config(materialized='clusters', meta={'crowded_values': 'crowded'}) }}
-- depends_on: {{ ref('crowded') }}
select node_a, node_b, evidence from links.links
"""


@pytest.fixture(scope="module")
def project_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the materialization and one model."""
    folder = write_project(tmp_path_factory.mktemp("clusters") / "project")
    (folder / "models" / "found.sql").write_text(MODEL)
    return folder


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


def has_room(nodes: frozenset[int], held: Sequence[Held]) -> bool:
    """Whether the nodes together hold no more values of any kind than allowed."""
    limits = {kind: most for _, kind, _, most in held}
    return all(
        len({v for node, k, v, _ in held if node in nodes and k == kind}) <= most
        for kind, most in limits.items()
    )


def one_pair_at_a_time(links: Sequence[Link], held: Sequence[Held] = ()) -> Clusters:
    """Join the best pair of all until none is above 0; there must be no two best."""
    between: dict[frozenset[frozenset[int]], list[int]] = {}
    for one, other, evidence in links:
        if one != other:
            pair = frozenset((frozenset((one,)), frozenset((other,))))
            # What is said twice of a pair adds up; a pair counts once.
            between.setdefault(pair, [0])[0] += evidence
    clusters = {cluster for pair in between for cluster in pair}
    while True:
        averages = {
            pair: Fraction(sum(values), len(values))
            for pair, values in between.items()
            if has_room(frozenset().union(*pair), held)
        }
        best = max(averages, key=lambda pair: averages[pair], default=None)
        if best is None or averages[best] <= 0:
            return clusters
        assert list(averages.values()).count(averages[best]) == 1
        joined = frozenset().union(*best)
        clusters = clusters - best | {joined}
        after: dict[frozenset[frozenset[int]], list[int]] = {}
        for pair, values in between.items():
            if pair != best:
                ends = frozenset(joined if end in best else end for end in pair)
                after.setdefault(ends, []).extend(values)
        between = after


def random_links(seed: int) -> list[Link]:
    """Return graphs with nodes of their own, from sparse to full; some links twice."""
    generator = random.Random(seed)
    links: list[Link] = []
    for graph in range(GRAPHS):
        nodes = generator.sample(range(NODES_APART), generator.randint(2, 16))
        density, bias = generator.uniform(0.2, 1), generator.choice((-400, 0, 400))
        for one, other in combinations(nodes, 2):
            for _ in range(generator.choice((1, 1, 1, 2))):
                if generator.random() < density:
                    first, second = generator.sample((one, other), 2)
                    evidence = generator.randint(-1_000_000, 1_000_000) + bias * 1_000
                    start = graph * NODES_APART
                    links.append((start + first, start + second, evidence))
    return links


def schema(project: DbtProject) -> str:
    return "components" if project.target == "postgres" else "main"


def written(links: Sequence[Link], project: DbtProject) -> DbtProject:
    """Replace the table of links in the project's warehouse."""
    statements = """
        create schema if not exists links; drop table if exists links.links;
        create table links.links (node_a bigint, node_b bigint, evidence integer);
    """
    if links:
        statements += f"insert into links.links values {', '.join(map(str, links))}"
    execute(project, statements)
    return project


def execute(project: DbtProject, statements: str) -> None:
    if project.target == "postgres":
        with project.connection() as connection:
            connection.cursor().execute(statements)
            connection.commit()
    else:
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.execute(statements)


def rows(project: DbtProject) -> Clusters:
    found = project.query(f"select node, cluster from {schema(project)}.found")
    assert len(found) == len({node for node, _ in found})
    members: dict[int, set[int]] = {}
    for node, cluster in found:
        members.setdefault(cluster, set()).add(node)
    assert all(cluster == min(nodes) for cluster, nodes in members.items())
    return {frozenset(nodes) for nodes in members.values()}


def tables(project: DbtProject) -> list[str]:
    found = project.query(
        "select table_name from information_schema.tables "
        f"where table_schema = '{schema(project)}' order by table_name"
    )
    return [name for (name,) in found]


def clusters(project: DbtProject) -> Clusters:
    """Run the model and return its clusters."""
    result = project.dbt("run")
    assert result.success, result.ending
    assert tables(project) == ["found"]
    return rows(project)


def groups(*members: set[int]) -> Clusters:
    return {frozenset(group) for group in members}


def test_random_graphs_are_joined_as_one_pair_at_a_time(project: DbtProject) -> None:
    links = random_links(seed=11)
    expected = one_pair_at_a_time(links)
    assert sum(len(nodes) == 1 for nodes in expected) > 40
    assert sum(len(nodes) > 3 for nodes in expected) > 20

    assert clusters(written(links, project)) == expected
    # Again, over the table of before, with the same links in another order.
    random.Random(5).shuffle(links)
    assert clusters(written(links, project)) == expected


def test_links_worked_out_by_hand(project: DbtProject) -> None:
    assert clusters(written([], project)) == set()
    assert clusters(written([(4, 4, 9)], project)) == set()
    negative = [(1, 2, -5), (2, 3, -1), (1, 3, 0)]
    assert clusters(written(negative, project)) == groups({1}, {2}, {3})
    # 20 for 2 and 3; then 1 has (12 - 30) / 2 against them.
    contested = [(1, 2, 12), (2, 3, 20), (1, 3, -30)]
    # In single precision these two averages would be equal.
    close = [(11, 12, 30_000_000), (12, 13, 30_000_001), (11, 13, -50_000_000)]
    # Of equal averages the smaller number: 21 and 22.
    equal = [(22, 23, 10), (21, 22, 10), (21, 23, -15)]
    # 31 and 32 speak for, 33 is one pair of two: (5 - 9 + 12) / 3 is above 0.
    outvoted = [(31, 32, 50), (31, 33, 5), (32, 33, -9), (33, 32, 12)]
    assert clusters(
        written([*contested, *close, *equal, *outvoted], project)
    ) == groups({1}, {2, 3}, {11}, {12, 13}, {21, 22}, {23}, {31, 32, 33})


def rising_chain(length: int) -> list[Link]:
    """Return a chain in which one pair joins in each round: the end is the best."""
    return [(node, node + 1, node) for node in range(1, length)]


def test_a_chain_is_joined_from_its_strong_end(project: DbtProject) -> None:
    links = rising_chain(30)
    assert clusters(written(links, project)) == groups(set(range(1, 31)))
    # Node 10 against all after it: only 1 to 10 are left to join each other.
    links += [(10, node, -100) for node in range(12, 31)]
    parts = groups(set(range(1, 11)), set(range(11, 31)))
    assert clusters(written(links, project)) == parts


def random_holdings(links: Sequence[Link], seed: int) -> list[Held]:
    """Return two kinds of values for the nodes, some of which hold none or too many."""
    generator = random.Random(seed)
    held: set[Held] = set()
    for node in sorted({node for one, other, _ in links for node in (one, other)}):
        for kind, most in (("login", 2), ("card", 3)):
            for _ in range(generator.choice((0, 1, 1, 2, 4))):
                held.add((node, kind, f"{kind} {generator.randint(1, 8)}", most))
    return sorted(held)


def test_no_cluster_holds_more_values_than_allowed(
    project: DbtProject, tmp_path: Path
) -> None:
    folder = shutil.copytree(project.project_dir, tmp_path / "roomy")
    project = replace(project, project_dir=folder)
    links = random_links(seed=12)
    held = random_holdings(links, seed=13)
    expected = one_pair_at_a_time(links, held)
    free = one_pair_at_a_time(links)
    assert len(expected) > 1.2 * len(free)
    assert sum(not has_room(nodes, held) for nodes in free) > 20

    models = project.project_dir / "models"
    (models / "found.sql").write_text(ROOMY)
    (models / "crowded.sql").write_text(
        "{{ config(schema='held') }} select * from links.crowded"
    )
    statements = f"""
        drop table if exists links.crowded;
        create table links.crowded (
            node bigint, identifier_type text, identifier_key text,
            max_value_count integer
        );
        insert into links.crowded values {", ".join(map(str, held))}
    """
    execute(written(links, project), statements)
    result = project.dbt("run")

    assert result.success, result.ending
    assert tables(project) == ["found"]
    assert rows(project) == expected


def test_a_round_that_joins_one_leaf_is_followed_by_as_many_as_it_takes(
    project: DbtProject,
) -> None:
    leaves = range(2, 232)

    found = clusters(written([(1, leaf, 7) for leaf in leaves], project))

    assert found == groups({1, *leaves})
