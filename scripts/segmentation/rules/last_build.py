"""What the last build left, and whether its features still are what a build gives."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from segmentation.apart.build import schema_of_build
from segmentation.connections import warehouse_name
from segmentation.doctor.project import PACKAGE, Project
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.rules.errors import (
    BuildNotWholeError,
    FeaturesChangedError,
    OtherDateError,
    SegmentsNotBuiltError,
)
from segmentation.warehouse_tables import Query

NEEDED = (
    "features__as_of_dates",
    "features__customers",
    "int_features__cut_points",
    "int_input__runs",
    "segments__definitions",
    "segments__gates",
    "segments__memberships",
)
# Of what features are made of but seeds: macros/state/settings_hash.sql.
HASH_LENGTH = 32
AS_OF = "segmentation_as_of"


def names_of_build(profile: Profile, project: Project) -> dict[str, str]:
    """Return the SQL names of the tables of the last build.

    Args:
        profile: The profile that dbt would use.
        project: The project, parsed with schemas apart.
    """
    found = {}
    for name in NEEDED:
        node = project.model(name)
        found[name] = quoted(schema_of_build(profile, node.schema), node.alias)
    return found


def check_built(query: Query, profile: Profile, project: Project) -> None:
    """Refuse a warehouse without the tables of a build.

    Raises:
        SegmentsNotBuiltError: It lacks one.
    """
    missing = []
    for name in NEEDED:
        node = project.model(name)
        schema = schema_of_build(profile, node.schema)
        if not is_there(query, schema, node.alias):
            missing.append(name)
    if missing:
        raise SegmentsNotBuiltError(warehouse_name(profile), missing)


def is_there(query: Query, schema: str, table: str) -> bool:
    """Whether the warehouse has a table."""
    return bool(
        query(
            "select 1 from information_schema.tables "
            "where table_catalog = current_database() "
            "and lower(table_schema) = lower(?) and lower(table_name) = lower(?)",
            schema,
            table,
        )
    )


def check_features(
    query: Query, names: Mapping[str, str], settings: Mapping[str, Any]
) -> None:
    """Refuse a project that would give other features than the last build has.

    Raises:
        BuildNotWholeError: The last build left tables of two kinds.
        FeaturesChangedError: Settings or models before the segments differ.
    """
    runs = query(
        "select settings_hash, is_complete from "
        f"{names['int_input__runs']} order by run_number desc"
    )
    if not runs or not runs[0][1]:
        raise BuildNotWholeError
    if str(runs[0][0])[:HASH_LENGTH] != str(settings["state"])[:HASH_LENGTH]:
        raise FeaturesChangedError


def date_of_build(
    query: Query, names: Mapping[str, str], given: Mapping[str, Any]
) -> date:
    """Return the as-of date of the last build.

    Args:
        query: Runs a statement.
        names: SQL names of its tables.
        given: Variables of the command.

    Raises:
        OtherDateError: The variables ask for another.
    """
    [(built,)] = query(
        f"select as_of_date from {names['features__as_of_dates']} where is_current"
    )
    asked = given.get(AS_OF)
    if asked is not None and str(asked) != str(built):
        raise OtherDateError(str(asked), built)
    found: date = built
    return found


def has_other_tiers(
    query: Query, names: Mapping[str, str], settings: Mapping[str, Any]
) -> bool:
    """Whether the tiers are cut at other shares than in the last build."""
    shares = {
        Decimal(str(share)).quantize(Decimal("0.0001"))
        for (share,) in query(
            f"select distinct cut_share from {names['int_features__cut_points']} "
            "where measure = 'value_tier'"
        )
    }
    wanted = {
        Decimal(str(round(1 - float(tier["top_share"]), 4))).quantize(Decimal("0.0001"))
        for tier in settings["value_tiers"]
    }
    return shares != wanted


def unique_id(model: str) -> str:
    """Return what dbt calls a model of the package."""
    return f"model.{PACKAGE}.{model}"
