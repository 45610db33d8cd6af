"""Which relations a build must always give alike, and whether two warehouses do.

A relation is recorded, not derived, where its model says so: `full_refresh: false`,
`meta.recorded`, or the ledger's schema. What follows from the time of loading is no
part of the comparison; a model or a column says so with the reason:
`meta: {not_compared: <reason>}`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode, SeedNode

from row_comparison import RowComparison
from segmentation.fingerprint import Fingerprint, fingerprint, quoted


def derived_relations(
    manifest: Manifest, nodes: Iterable[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the columns to leave out of each derived relation, by quoted name.

    A relation comes after those that it reads: the first to differ is the cause.

    Args:
        manifest: The parsed project.
        nodes: Unique ids of what was built; None is everything.
    """
    chosen = None if nodes is None else set(nodes)
    return {
        relation_of(node): tuple(
            column.name
            for column in node.columns.values()
            if "not_compared" in column.config.meta
        )
        for node in _models(manifest)
        if not is_recorded(node)
        and "not_compared" not in node.config.meta
        and (chosen is None or node.unique_id in chosen)
    }


def not_compared_relations(
    manifest: Manifest, same_records: Collection[str] = ()
) -> set[str]:
    """Return as `schema.name` the tables that say how builds came to their answer.

    Args:
        manifest: The parsed project.
        same_records: Recorded models that hold the same on either side; what reads
            these and no other is compared.
    """
    return {
        unquoted(relation_of(node))
        for node in _models(manifest)
        if "not_compared" in node.config.meta
        and not (
            (read := set(node.config.meta.get("reads_recorded", ())))
            and read.issubset(same_records)
        )
    }


def recorded_relations(manifest: Manifest) -> list[str]:
    """Return the quoted names of the recorded tables."""
    return [relation_of(node) for node in _models(manifest) if is_recorded(node)]


def is_recorded(node: Any) -> bool:
    """Whether a model keeps what earlier builds wrote into it."""
    return "not_compared" not in node.config.meta and (
        node.config.full_refresh is False
        or bool(node.config.meta.get("recorded"))
        or node.schema.endswith("_ledger")
    )


def relation_of(node: Any) -> str:
    """Return the quoted name of a node's relation, without the database."""
    return quoted(node.schema, node.alias)


def unquoted(relation: str) -> str:
    """Return the name of a relation as people write it."""
    return relation.replace('"', "")


def _models(manifest: Manifest) -> Iterator[Any]:
    """Return what models build, each after what it reads."""
    depths: dict[str, int] = {}

    def depth(unique_id: str) -> int:
        node: Any = manifest.nodes.get(unique_id)
        if node is None:  # a raw table
            return 0
        if unique_id not in depths:
            parents = node.depends_on_nodes
            depths[unique_id] = 1 + max(map(depth, parents), default=0)
        return depths[unique_id]

    for unique_id in sorted(manifest.nodes, key=lambda each: (depth(each), each)):
        node = manifest.nodes[unique_id]
        if isinstance(node, ModelNode) and node.config.materialized != "ephemeral":
            yield node


def hashes(
    warehouse: Path, relations: Mapping[str, tuple[str, ...]]
) -> dict[str, Fingerprint]:
    """Return what identifies the rows of each relation of a warehouse.

    Args:
        warehouse: A DuckDB file.
        relations: Columns to leave out, by quoted name of relation.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            name: fingerprint(connection, name, without)
            for name, without in relations.items()
        }


def differences(
    warehouses: tuple[Path, Path],
    sides: tuple[str, str],
    relations: Mapping[str, tuple[str, ...]],
) -> list[str]:
    """Return in words where two warehouses differ, one item for each finding.

    Args:
        warehouses: Two DuckDB files.
        sides: What to call them.
        relations: Columns to leave out, by quoted name of relation.
    """
    with _attached(warehouses) as connection:
        comparison = RowComparison(connection, sides)
        for name, without in relations.items():
            comparison.compare(
                unquoted(name), (f"here.{name}", f"there.{name}"), without
            )
    return comparison.problems


def lost_rows(warehouses: tuple[Path, Path], relations: Iterable[str]) -> list[str]:
    """Return in words which rows of the first warehouse the second lacks."""
    problems = []
    with _attached(warehouses) as connection:
        for name in relations:
            [[count]] = connection.execute(
                f"select count(*) from (from here.{name} except all from there.{name})"
            ).fetchall()
            if count:
                problems.append(f"{unquoted(name)}: {count} recorded rows are gone")
    return problems


def left_behind(warehouse: Path, manifest: Manifest) -> list[str]:
    """Return in words which relations lie beside those of the graph."""
    nodes = [
        node
        for node in manifest.nodes.values()
        if isinstance(node, ModelNode | SeedNode)
    ]
    known = {(node.schema, node.alias) for node in nodes}
    schemas = sorted({schema for schema, _ in known})
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where list_contains(?, table_schema) order by all",
            [schemas],
        ).fetchall()
    return [
        f"{schema}.{name} is no relation of the project"
        for schema, name in found
        if (schema, name) not in known
    ]


@contextmanager
def _attached(
    warehouses: tuple[Path, Path],
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, warehouse in zip(("here", "there"), warehouses, strict=True):
            connection.execute(f"attach '{warehouse}' as {name} (read_only)")
        connection.execute("set timezone = 'UTC'")
        yield connection
