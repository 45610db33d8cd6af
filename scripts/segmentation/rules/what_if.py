"""What other cut-offs of a rule would do, from one scan of the features."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from segmentation.connections import warehouse_name
from segmentation.doctor.project import Project, read_project
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.rules.compiled import compiled_sql
from segmentation.rules.conditions import Varied, asked, plain_number
from segmentation.rules.errors import SegmentsNotBuiltError
from segmentation.rules.grid_errors import TiersChangedError
from segmentation.rules.last_build import (
    AS_OF,
    date_of_build,
    has_other_tiers,
    is_there,
)
from segmentation.rules.surface import Group, Point, Tally, points, standing
from segmentation.warehouse_tables import Query, open_query

ANALYSIS = "what_if"
VARIABLE = "segmentation_what_if"
READ = (
    "contact__reachability",
    "features__as_of_dates",
    "features__customers",
    "int_features__cut_points",
    "int_features__scores",
    "int_segments__behavior_clusters",
    "int_segments__psychographic_clusters",
)


@dataclass(frozen=True)
class WhatIf:
    """What holds at each point of a grid.

    Attributes:
        as_of_date: Date of the features.
        currency: Currency of every revenue.
        varied: The conditions and their values.
        channels: All channels.
        standing: Codes by the rules as they stand.
        points: Codes at each point.
    """

    as_of_date: date
    currency: str
    varied: tuple[Varied, ...]
    channels: tuple[str, ...]
    standing: tuple[Tally, ...]
    points: tuple[Point, ...]


def what_if(
    profile: Profile, words: Sequence[str], variables: str | None = None
) -> WhatIf:
    """Return what holds at each point of a grid of cut-offs.

    Args:
        profile: The profile that dbt would use.
        words: CODE FEATURE VALUES, once or twice.
        variables: What dbt would get as `--vars`, if anything.

    Raises:
        SegmentationError: The words name no condition or grid, or a table is missing.
    """
    given: dict[str, Any] = yaml.safe_load(variables or "{}") or {}
    return ask(profile, read_project(profile, variables), words, given)


def ask(
    profile: Profile, project: Project, words: Sequence[str], given: Mapping[str, Any]
) -> WhatIf:
    """Return the same of a project that is parsed already.

    Args:
        profile: The profile that dbt would use.
        project: The project, parsed with it.
        words: CODE FEATURE VALUES, once or twice.
        given: Variables for dbt.

    Raises:
        SegmentationError: As above.
    """
    settings = project.settings
    tiers = [tier["code"] for tier in settings["value_tiers"]]
    varied = asked(words, settings["rules"], tiers)
    with open_query(profile) as query:
        names = _names(query, profile, project)
        assert query is not None
        as_of = date_of_build(query, names, given)
        if has_other_tiers(query, names, settings):
            raise TiersChangedError
        sql = scan_sql(profile, project, varied, given, as_of)
        groups = list(_groups(query, sql, varied, settings["channels"]))
    return WhatIf(
        as_of,
        settings["currency"],
        tuple(varied),
        tuple(settings["channels"]),
        standing(groups, len(varied)),
        tuple(points(groups, varied)),
    )


def scan_sql(
    profile: Profile,
    project: Project,
    varied: Sequence[Varied],
    given: Mapping[str, Any],
    as_of: date,
) -> str:
    """Return the SQL that reads the features once.

    Args:
        profile: The profile that dbt would use.
        project: The project, parsed with it.
        varied: The conditions and their values.
        given: Variables of the command.
        as_of: Date of the last build.
    """
    conditions = [
        {
            "set": each.condition.segment_set,
            "code": each.condition.code,
            "group": each.condition.group,
            "number": each.condition.number,
            "feature": each.condition.feature,
            "operator": each.condition.operator,
            "column": f"is_met_{place}",
            "values": [plain_number(value) for value in each.values],
        }
        for place, each in enumerate(varied, start=1)
    ]
    variables = {**given, AS_OF: str(as_of), VARIABLE: conditions}
    text = json.dumps(variables, default=str)
    return compiled_sql(profile, project.manifest, ANALYSIS, text)


def _names(query: Query | None, profile: Profile, project: Project) -> dict[str, str]:
    nodes = {name: project.model(name) for name in READ}
    missing = [
        name
        for name, node in nodes.items()
        if query is None or not is_there(query, node.schema, node.alias)
    ]
    if missing:
        raise SegmentsNotBuiltError(warehouse_name(profile), missing)
    return {name: quoted(node.schema, node.alias) for name, node in nodes.items()}


def _groups(
    query: Query, sql: str, varied: Sequence[Varied], channels: Sequence[str]
) -> Iterator[Group]:
    """Yield the rows of the scan; of one condition, those of one second answer."""
    count = len(varied)
    sets = list(dict.fromkeys(["primary", *(e.condition.segment_set for e in varied)]))
    for row in query(sql):
        answers, rest = row[:2], row[2:]
        places, rest = rest[:count], rest[count:]
        pairs, rest = rest[: 2 * len(sets)], rest[2 * len(sets) :]
        counts, (revenue, expected, customers) = rest[: len(channels)], rest[-3:]
        yield Group(
            tuple(map(int, places)),
            tuple(map(bool, answers[:count])),
            dict(zip(sets, pairs[::2], strict=True)),
            dict(zip(sets, pairs[1::2], strict=True)),
            dict(zip(channels, map(int, counts), strict=True)),
            None if revenue is None else Decimal(revenue),
            None if expected is None else Decimal(expected),
            int(customers),
        )
