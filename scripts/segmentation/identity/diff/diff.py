"""Dry run of a change of rules: what it would do to the customers of the last build."""

from collections.abc import Mapping
from datetime import date

from segmentation.apart.build import (
    build_apart,
    check_schemas,
    profile_apart,
    schema_of_build,
)
from segmentation.apart.warehouse import only_one, opened, remove_schemas
from segmentation.connections import warehouse_name
from segmentation.doctor.project import read_project
from segmentation.fingerprint import quoted
from segmentation.identity.diff.compare import Difference, compare
from segmentation.identity.diff.errors import NothingToCompareError
from segmentation.profiles import Profile
from segmentation.warehouse_tables import Query

BEFORE = {
    "map": "identity__customer_map",
    "records": "int_identity__records",
    "edges": "int_identity__edges",
}
AFTER = {**BEFORE, "revenue": "int_identity__record_revenue"}
SELECTED = ("identity__customer_map", "int_identity__record_revenue")
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
    with only_one(profile), profile_apart(profile) as apart:
        project = read_project(apart, variables)
        check_schemas(profile, project.manifest, SELECTED)
        built = {
            name: (schema_of_build(profile, node.schema), node.alias)
            for name in (*BEFORE.values(), DATES)
            for node in [project.model(name)]
        }
        with opened(profile) as query:
            as_of = _last_date(query, profile, built)
        names = {f"before_{key}": quoted(*built[name]) for key, name in BEFORE.items()}
        for key, name in AFTER.items():
            node = project.model(name)
            names[f"after_{key}"] = quoted(node.schema, node.alias)
        remove_schemas(profile)
        try:
            given = variables or "{}"
            build_apart(profile, apart, project.manifest, given, SELECTED)
            with opened(profile) as query:
                return compare(query, names, project.settings, as_of, list_all=list_all)
        finally:
            remove_schemas(profile)


def _last_date(
    query: Query, profile: Profile, built: Mapping[str, tuple[str, str]]
) -> date | None:
    """Return the date of the last build, null when it built identities alone.

    Raises:
        NothingToCompareError: It did not build identities.
    """
    missing = [name for name in BEFORE.values() if not _exists(query, *built[name])]
    if missing:
        raise NothingToCompareError(warehouse_name(profile), missing)
    if not _exists(query, *built[DATES]):
        return None
    dates = query(
        f"select max(as_of_date) from {quoted(*built[DATES])} where is_current"
    )
    found: date | None = dates[0][0]
    return found


def _exists(query: Query, schema: str, table: str) -> bool:
    schema, table = (part.replace("'", "''") for part in (schema, table))
    return bool(
        query(
            "select 1 from information_schema.tables "
            "where table_catalog = current_database() "
            f"and lower(table_schema) = lower('{schema}') "
            f"and lower(table_name) = lower('{table}')"
        )
    )
