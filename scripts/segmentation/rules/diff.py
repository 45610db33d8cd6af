"""Dry run of a change of rules: what it would do to the codes of the last build."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from segmentation.apart.build import check_schemas, profile_apart
from segmentation.apart.warehouse import only_one, opened, remove_schemas
from segmentation.doctor.project import Project, read_project
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.rules.compiled import compiled_sql
from segmentation.rules.definitions import changes
from segmentation.rules.difference import Difference
from segmentation.rules.dry_build import WANTED, build_segments
from segmentation.rules.gates import ANALYSIS, failed_gates
from segmentation.rules.last_build import (
    AS_OF,
    check_built,
    check_features,
    date_of_build,
    has_other_tiers,
    names_of_build,
)
from segmentation.rules.movers import movers, prepare, sizes, total


def diff_rules(profile: Profile, variables: str | None = None) -> Difference:
    """Assign the codes as the project stands and compare with the last build.

    Args:
        profile: The profile that dbt would use.
        variables: What dbt would get as `--vars`, if anything.

    Returns:
        What would change. The tables of the warehouse are as they were.

    Raises:
        SegmentationError: There is nothing to compare, or it cannot be compared.
    """
    with only_one(profile), profile_apart(profile) as apart:
        project = read_project(apart, variables)
        check_schemas(profile, project.manifest, WANTED)
        built = names_of_build(profile, project)
        given: dict[str, Any] = yaml.safe_load(variables or "{}") or {}
        with opened(profile) as query:
            check_built(query, profile, project)
            check_features(query, built, project.settings)
            as_of = date_of_build(query, built, given)
            other_tiers = has_other_tiers(query, built, project.settings)
        # Features of a date are judged at it, whatever day it is.
        given[AS_OF] = str(as_of)
        text = json.dumps(given, default=str)
        remove_schemas(profile)
        try:
            build_segments(profile, apart, project, text, other_tiers=other_tiers)
            sql = compiled_sql(apart, project.manifest, ANALYSIS, text)
            return _compared(profile, project, built, as_of, sql)
        finally:
            remove_schemas(profile)


def _compared(
    profile: Profile, project: Project, built: dict[str, str], as_of: date, sql: str
) -> Difference:
    after = {}
    for name in WANTED:
        node = project.model(name)
        after[name] = quoted(node.schema, node.alias)
    codes = (built["segments__memberships"], after["segments__memberships"])
    columns = project.settings["sets"]
    with opened(profile) as query:
        prepare(query, *codes, built["features__customers"], columns)
        return Difference(
            as_of_date=as_of,
            currency=project.settings["currency"],
            total=total(query, built, as_of),
            definitions=tuple(
                changes(
                    query,
                    built["segments__definitions"],
                    after["segments__definitions"],
                )
            ),
            movers=tuple(movers(query, columns)),
            sizes=tuple(sizes(query, *codes, columns)),
            failed_gates=failed_gates(query, sql, built["segments__gates"]),
            notes=tuple(_notes(project, as_of)),
        )


def _notes(project: Project, as_of: date) -> Iterator[str]:
    if project.settings["as_of"] != str(as_of):
        yield (
            f"The project stands at {project.settings['as_of']}, the last build at "
            f"{as_of}: both sides are compared on the data of that build."
        )
