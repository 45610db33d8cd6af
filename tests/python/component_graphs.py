"""A dbt project of one `components` model, and graphs that it must get right."""

import random
import shutil
from itertools import pairwise
from pathlib import Path

from dbt_project import REPOSITORY

Edge = tuple[int | str, int | str]

LARGEST_NODE = 2**31 - 2
GRAPHS, NODES_APART = 200, 1_000

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
      settings: {preserve_insertion_order: false}
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
    materialized='components', meta={'max_rounds': env_var('MAX_ROUNDS', '60') | int}
) }}
select node_a, node_b from edges.edges
"""


def write_project(folder: Path) -> Path:
    """Write a project whose model `found` reads the table edges.edges; return it."""
    shutil.copytree(REPOSITORY / "macros" / "materializations", folder / "macros")
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILES)
    (folder / "models" / "found.sql").write_text(MODEL)
    return folder


def random_graphs(seed: int) -> list[Edge]:
    """Return graphs with nodes of their own: sparse to dense, some edges twice."""
    generator = random.Random(seed)
    edges: list[Edge] = []
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


def named_shapes() -> list[Edge]:
    """Return a hub, two chains, loops, repeated edges and the largest nodes."""
    start = GRAPHS * NODES_APART
    hub = [(start, start + leaf) for leaf in range(1, 3_001)]
    ordered = [(node, node + 1) for node in range(start + 200_000, start + 205_000)]
    loops = [(start + 300_000, start + 300_000), (7, 7)]
    both_ways = [(start + 300_001, start + 300_002), (start + 300_002, start + 300_001)]
    ends = [(LARGEST_NODE, LARGEST_NODE - 1)]
    shuffled = chain(5_000, start + 100_000)
    return [*shuffled, *hub, *ordered, *loops, *both_ways, *ends]
