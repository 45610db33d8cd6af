"""Finds what a run would release: the tables, their hash and their versions."""

import json
from collections import Counter
from collections.abc import Sequence
from hashlib import md5

from duckdb import DuckDBPyConnection

from segmentation import __version__
from segmentation.fingerprint import combined_hash, fingerprint
from segmentation.release.decision import DEFINITIONS
from segmentation.release.files import (
    ACTIVATION,
    RELEASE_TABLE,
    SERVING,
    ServedFile,
    ServedTable,
)
from segmentation.release.run import Node, Run
from segmentation.release.settings import PublishError, ServedPaths


class UnservableModelError(PublishError):
    """A model's `meta.serving` cannot be fulfilled."""


def served_files(run: Run, paths: ServedPaths) -> tuple[ServedFile, ...]:
    """List what each served file holds, in the order in which they are replaced.

    Args:
        run: The finished run.
        paths: Where the files lie.

    Returns:
        The file for BI, then the file for exports.

    Raises:
        UnservableModelError: A served model names an unknown file, is ephemeral, or
            would share its table's name with another.
    """
    served = sorted(
        (node for node in run.nodes if node.serving), key=lambda node: node.unique_id
    )
    for node in served:
        _check_servable(node)
    return tuple(
        ServedFile(role, path, _tables(role, served))
        for role, path in ((SERVING, paths.serving), (ACTIVATION, paths.activation))
    )


def content_hash(connection: DuckDBPyConnection, files: Sequence[ServedFile]) -> str:
    """Hash the rows, columns and names of all served tables, in any row order."""
    return combined_hash(
        {
            f"{file.role}.{table.name}": fingerprint(connection, table.source)
            for file in files
            for table in file.tables
        }
    )


def versions(connection: DuckDBPyConnection, run: Run) -> str:
    """Describe the package and the segment definitions as one JSON text."""
    found: dict[str, str | None] = {"package": __version__, "definitions": None}
    definitions = run.model(DEFINITIONS)
    if definitions is not None:
        rows = connection.execute(
            "select distinct cast(definition_version as text) as version "
            f"from {definitions.sql_name} order by version"
        ).fetchall()
        text = "\n".join(str(version) for (version,) in rows)
        found["definitions"] = md5(text.encode(), usedforsecurity=False).hexdigest()
    return json.dumps(found, sort_keys=True)


def _check_servable(node: Node) -> None:
    if node.serving not in {SERVING, ACTIVATION}:
        raise UnservableModelError(
            f"not released: model {node.name} sets `meta.serving: {node.serving}`, "
            f"expected `{SERVING}` or `{ACTIVATION}`"
        )
    if node.is_ephemeral:
        raise UnservableModelError(
            f"not released: model {node.name} sets `meta.serving` and is ephemeral, so "
            "there is nothing to copy. Materialize it as a table or a view"
        )


def _tables(role: str, served: Sequence[Node]) -> tuple[ServedTable, ...]:
    nodes = [node for node in served if node.serving == role]
    counts = Counter(node.relation[-1].lower() for node in nodes)
    counts[RELEASE_TABLE] += 1
    for node in nodes:
        if counts[node.relation[-1].lower()] > 1:
            raise UnservableModelError(
                f"not released: model {node.name} would be served as "
                f"{node.relation[-1]}, a name that {role}.duckdb already holds. Give "
                "it another alias"
            )
    return tuple(ServedTable(node.relation[-1], node.sql_name) for node in nodes)
