"""Builds the world as it was on a day, beside the tables of a build, and reads it.

Who a customer is depends on what was seen until then: a login of next month joins
records whose past would otherwise tell who comes back. So each day is built anew with
that day as the as-of date, and nothing after it can enter.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np

from segmentation.apart.build import build_apart, check_schemas, profile_apart
from segmentation.apart.warehouse import only_one, opened, remove_schemas
from segmentation.doctor.project import Project, read_project
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.train.arrays import Floats, Integers
from segmentation.train.quarters import quarter_end_before
from segmentation.train.value.counts import Histories, compress
from segmentation.train.value.objections import objecting_customers
from segmentation.train.value.prospects import NOBODY, Prospects

PURCHASES = "int_features__purchases"
PROSPECTS = "int_features__prospects"
POPULATION = "int_features__population"
MAP = "identity__customer_map"
STARTS = "int_features__data_starts"
CONSENTS = "int_input__consents"
SELECTED = (PURCHASES, POPULATION, MAP, STARTS, PROSPECTS, CONSENTS)
MINIMUM_DAYS = 90
PROSPECT_KEY = ("customer_id", "as_of_date")
COLUMNS = (
    "purchases.customer_id",
    "purchases.gap_count",
    "purchases.gap_days",
    "purchases.tenure_days",
    "purchases.net_amount",
    "purchases.net_amount_90d",
    "coalesce(purchases.margin_amount, 0)",
    "purchases.placed_count - purchases.margin_known_count",
)


@dataclass(frozen=True)
class World:
    """Customers as they were known on a day; arrays are of buyers, (customers,).

    Customers who object to profiling, then or later, are no part of it.

    Attributes:
        as_of: The day.
        first_day: First day of orders.
        customer_ids: By customer, rising.
        frequency: Days with an order after the first.
        recency_days: Days from the first order to the last.
        age_days: Days from the first order to the day.
        revenue: Revenue to date.
        revenue_90d: Revenue of the last 90 days.
        margin: Margin to date.
        lacks_margin: Whether some order of anybody has no margin.
        joined: Customer of each record that once was one of its own.
        prospects: Customers who had never ordered.
    """

    as_of: date
    first_day: date
    customer_ids: tuple[str, ...]
    frequency: Integers
    recency_days: Integers
    age_days: Integers
    revenue: Floats
    revenue_90d: Floats
    margin: Floats
    lacks_margin: bool
    joined: Mapping[str, str]
    prospects: Prospects = NOBODY

    @property
    def histories(self) -> Histories:
        """Distinct purchase histories."""
        return compress(self.frequency, self.recency_days, self.age_days)

    @property
    def order_days(self) -> Floats:
        """Days with an order."""
        return np.asarray(self.frequency + 1, dtype=float)

    @property
    def is_observed_90d(self) -> bool:
        """Whether the data cover the last 90 days."""
        return (self.as_of - self.first_day).days + 1 >= MINIMUM_DAYS

    def place_of(self) -> dict[str, int]:
        """Return the place of each customer in the arrays."""
        return {name: place for place, name in enumerate(self.customer_ids)}


class WorldSource(Protocol):
    """What builds the world of a day."""

    @property
    def as_of(self) -> date:
        """The as-of date that a build would have."""

    @property
    def top_shares(self) -> tuple[float, ...]:
        """Shares of buyers at which the value tiers end."""

    @property
    def build(self) -> Callable[[date], World | None]:
        """Builds a day and returns its world; null without an order."""


@dataclass(frozen=True)
class Worlds:
    """A project from which worlds are built, one after the other.

    Attributes:
        project: The project as it stands.
        build: Builds a day and returns its world; null without an order.
    """

    project: Project
    build: Callable[[date], World | None]

    @property
    def as_of(self) -> date:
        """The as-of date that a build would have."""
        return date.fromisoformat(str(self.project.settings["as_of"]))

    @property
    def top_shares(self) -> tuple[float, ...]:
        """Shares of buyers at which the value tiers end."""
        tiers = self.project.settings["value_tiers"]
        return tuple(float(tier["top_share"]) for tier in tiers)


@contextmanager
def open_worlds(profile: Profile, variables: Mapping[str, Any]) -> Iterator[Worlds]:
    """Yield what builds worlds; at the end the warehouse is as it was.

    Args:
        profile: The profile that dbt would use.
        variables: Variables for dbt, the data set among them.

    Raises:
        SegmentationError: The project or the warehouse cannot be read.
    """
    with only_one(profile), profile_apart(profile) as apart:
        project = read_project(apart, json.dumps(dict(variables)))
        check_schemas(profile, project.manifest, SELECTED)

        def build(day: date) -> World | None:
            given = dict(variables)
            given["segmentation_as_of"] = day.isoformat()
            given["segmentation_history_months"] = 0
            remove_schemas(profile)
            text = json.dumps(given)
            build_apart(profile, apart, project.manifest, text, SELECTED)
            return _read(profile, project, day)

        try:
            yield Worlds(project, build)
        finally:
            remove_schemas(profile)


def window_start(day: date) -> date:
    """Return the last quarter end at least 90 days before a day."""
    return quarter_end_before(day - timedelta(days=MINIMUM_DAYS - 1))


def _read(profile: Profile, project: Project, day: date) -> World | None:
    tables = {}
    for name in SELECTED:
        node = project.model(name)
        tables[name] = quoted(node.schema, node.alias)
    with opened(profile) as query:
        [(first_day,)] = query(
            f"select min(data_starts_at) from {tables[STARTS]} where entity = 'orders'"
        )
        rows = query(
            f"select {', '.join(COLUMNS)} from {tables[PURCHASES]} as purchases "
            f"inner join {tables[POPULATION]} as population "
            "on purchases.customer_id = population.customer_id "
            "and purchases.as_of_date = population.as_of_date "
            "where purchases.as_of_date = ? and purchases.order_count > 0 "
            "and purchases.tenure_days is not null and population.is_profiled "
            "order by purchases.customer_id",
            day,
        )
        joined = query(
            f"select own_customer_id, customer_id from {tables[MAP]} "
            "where own_customer_id <> customer_id"
        )
        objecting = objecting_customers(query, tables[CONSENTS], tables[MAP])
        names = tuple(project.model(PROSPECTS).columns)[len(PROSPECT_KEY) :]
        known = query(
            f"select customer_id, {', '.join(names)} from {tables[PROSPECTS]} "
            "where as_of_date = ? order by customer_id",
            day,
        )
    rows = [row for row in rows if row[0] not in objecting]
    known = [row for row in known if row[0] not in objecting]
    if not rows:
        return None
    ids, *columns, unknown = zip(*rows, strict=True)
    counts = [np.array([int(value) for value in column]) for column in columns[:3]]
    amounts = [np.array([float(value) for value in column]) for column in columns[3:]]
    return World(
        day,
        first_day,
        ids,
        counts[0],
        counts[1],
        counts[2],
        amounts[0],
        amounts[1],
        amounts[2],
        any(unknown),
        dict(joined),
        Prospects(
            tuple(row[0] for row in known),
            names,
            np.array([row[1:] for row in known], dtype=float).reshape(-1, len(names)),
        ),
    )
