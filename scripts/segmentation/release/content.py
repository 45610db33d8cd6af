"""Finds what a run would release: the tables, their hash and their versions."""

import json
from collections import Counter
from collections.abc import Sequence
from hashlib import md5
from typing import Any

from segmentation import __version__
from segmentation.fingerprint import combined_hash
from segmentation.release.decision import DEFINITIONS
from segmentation.release.engine import Engine
from segmentation.release.run import Node, Run
from segmentation.release.served import (
    ACTIVATION,
    RELEASE_TABLE,
    ROLES,
    SERVING,
    ServedSet,
    ServedTable,
    TouchedRows,
)
from segmentation.release.settings import PublishError

AS_OF_DATE = "as_of_date"
AS_OF_DATES = "features__as_of_dates"


class UnservableModelError(PublishError):
    """A model's `meta.serving` cannot be fulfilled."""


def check_servable(run: Run, engine: Engine) -> None:
    """Raise when what a run marks as served cannot be.

    Raises:
        UnservableModelError: A served model names an unknown role, is ephemeral, or
            would share its table's name with another.
    """
    served = _served(run)
    for node in served:
        _check_servable(node)
    for role in ROLES:
        _check_names(role, served, engine.place(role))


def served_sets(run: Run, engine: Engine) -> tuple[ServedSet, ...]:
    """List what each place serves, in the order in which they are replaced.

    Args:
        run: The finished run, of which all can be served.
        engine: Hashes the rows of each table, in any order.

    Returns:
        The set for BI, then the set for exports.
    """
    return tuple(
        ServedSet(
            role,
            tuple(
                ServedTable(
                    node.relation[-1],
                    node.sql_name,
                    engine.fingerprint(node.sql_name),
                    _touched(run, node),
                )
                for node in _served(run)
                if node.serving == role
            ),
        )
        for role in ROLES
    )


def content_hash(sets: Sequence[ServedSet]) -> str:
    """Combine the hashes of all served tables, with their names, into one."""
    return combined_hash(
        {
            f"{served.role}.{table.name}": table.content
            for served in sets
            for table in served.tables
        }
    )


def versions(engine: Engine, run: Run) -> str:
    """Describe the package and the segment definitions as one JSON text."""
    found: dict[str, Any] = {"package": __version__, "definitions": None}
    definitions = run.model(DEFINITIONS)
    if definitions is not None:
        rows = engine.query(
            "select distinct cast(definition_version as text) as version "
            f"from {definitions.sql_name}"
        )
        # Sorted here: databases order text by languages of their own.
        each = sorted(str(version) for (version,) in rows)
        text = "\n".join(each)
        found["definitions"] = md5(text.encode(), usedforsecurity=False).hexdigest()
        # Gates ask whether the definition of one segment is that of the release.
        found["each_definition"] = [version[:12] for version in each]
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


def _served(run: Run) -> list[Node]:
    return sorted(
        (node for node in run.nodes if node.serving), key=lambda node: node.unique_id
    )


def _check_names(role: str, served: Sequence[Node], place: str) -> None:
    nodes = [node for node in served if node.serving == role]
    counts = Counter(node.relation[-1].lower() for node in nodes)
    counts[RELEASE_TABLE] += 1
    for node in nodes:
        if counts[node.relation[-1].lower()] > 1:
            raise UnservableModelError(
                f"not released: model {node.name} would be served as "
                f"{node.relation[-1]}, a name that {place} already holds. Give it "
                "another alias"
            )


def _touched(run: Run, node: Node) -> TouchedRows | None:
    relation = None if node.touched is None else run.table(node.touched)
    dates = run.table(AS_OF_DATES)
    if relation is None or dates is None or AS_OF_DATE not in node.touched_key:
        return None
    return TouchedRows(relation, node.touched_key, dates)
