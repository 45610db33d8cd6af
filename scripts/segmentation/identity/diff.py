"""Dry run of a change of rules: what it would do to the customers of the last build."""

from collections.abc import Mapping
from datetime import date

from dbt.contracts.graph.manifest import Manifest

from segmentation.connections import warehouse_name
from segmentation.doctor.project import PACKAGE, Project, read_project
from segmentation.fingerprint import quoted
from segmentation.identity.diff_compare import Difference, compare
from segmentation.identity.diff_errors import NothingToCompareError
from segmentation.identity.diff_warehouse import (
    Query,
    only_dry_run,
    opened,
    remove_schemas,
)
from segmentation.identity.dry_run import resolve
from segmentation.profiles import Profile

BEFORE = {
    "map": "identity__customer_map",
    "records": "int_identity__records",
    "edges": "int_identity__edges",
}
AFTER = {**BEFORE, "orders": "input__orders", "order_changes": "input__order_changes"}
DATES = "features__as_of_dates"


def diff_identity(
    profile: Profile, variables: str | None = None, *, list_all: bool = False
) -> Difference:
    """Resolve the identities as the project stands and compare with the last build.

    Args:
        profile: The profile that dbt would use.
        variables: What dbt would get as `--vars`, if anything.
        list_all: Whether to list all cases and not the largest.

    Returns:
        What would change. The tables of the warehouse are as they were.

    Raises:
        SegmentationError: There is nothing to compare, or it cannot be compared.
    """
    project = read_project(profile, variables)
    names = _names(project.manifest, BEFORE, "before")
    with only_dry_run(profile):
        with opened(profile) as query:
            as_of = _last_date(query, profile, project)
        remove_schemas(profile)
        try:
            manifest = resolve(profile, project, variables)
            names |= _names(manifest, AFTER, "after")
            with opened(profile) as query:
                return compare(query, names, project.settings, as_of, list_all=list_all)
        finally:
            remove_schemas(profile)


def _names(manifest: Manifest, tables: Mapping[str, str], side: str) -> dict[str, str]:
    """Return the SQL name of each table, by side and key."""
    nodes = {
        key: manifest.nodes[f"model.{PACKAGE}.{name}"] for key, name in tables.items()
    }
    return {
        f"{side}_{key}": quoted(node.schema, node.alias) for key, node in nodes.items()
    }


def _last_date(query: Query, profile: Profile, project: Project) -> date | None:
    """Return the date of the last build, null when it built identities alone.

    Raises:
        NothingToCompareError: It did not build identities.
    """
    missing = [name for name in BEFORE.values() if not _is_built(query, project, name)]
    if missing:
        raise NothingToCompareError(warehouse_name(profile), missing)
    if not _is_built(query, project, DATES):
        return None
    node = project.model(DATES)
    name = quoted(node.schema, node.alias)
    dates = query(f"select max(as_of_date) from {name} where is_current")
    found: date | None = dates[0][0]
    return found


def _is_built(query: Query, project: Project, name: str) -> bool:
    node = project.model(name)
    schema, table = (part.replace("'", "''") for part in (node.schema, node.alias))
    return bool(
        query(
            "select 1 from information_schema.tables "
            "where table_catalog = current_database() "
            f"and lower(table_schema) = lower('{schema}') "
            f"and lower(table_name) = lower('{table}')"
        )
    )
