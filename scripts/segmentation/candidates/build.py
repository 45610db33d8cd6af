"""Reads the customers of a past date, and what they did since, from a build."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from segmentation.candidates.measure import Found, People, judge
from segmentation.connections import warehouse_name
from segmentation.errors import SegmentationError
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.train.arrays import Floats
from segmentation.train.errors import BUILD
from segmentation.train.power.panel import CUSTOMERS, DATES, MEMBERSHIPS, Panel, day
from segmentation.warehouse_tables import find_columns, find_schemas, open_query

CONDITIONS = "segments__conditions"
SPANS = "int_features__attribute_spans"
NEEDED = (DATES, CUSTOMERS, MEMBERSHIPS, CONDITIONS)
_MESSAGES = "coalesce(later.message_{0}_count, 0) - coalesce(past.message_{0}_count, 0)"
_FOLLOWED = {
    "customer_id": "past.customer_id",
    "segment": "codes.primary_segment",
    "tier": "codes.value_tier",
    "half": "substr(md5('half/' || past.customer_id), 1, 1)",
    "orders": "later.order_count - past.order_count",
    "spend": "later.revenue - past.revenue",
    "clicks": _MESSAGES.format("click"),
    "sent": _MESSAGES.format("sent"),
}
_HEXADECIMAL = "0123456789abcdef"
QUARTER = timedelta(days=90)
# More of them would say the same and cost more.
MOST_CUSTOMERS = 50_000
DESCRIBING = frozenset({"age_band", "gender", "region", "income_band"})
# How recently, how often and how much: what segment and tier say already. What is left
# out beside it names a row, a day or how a value came to be.
_LEFT_OUT = re.compile(
    r"^(order_count|revenue|gross_|discount_amount|refunded_|margin_amount|historical"
    r"|recency_|frequency_|monetary_|rfm_|expected_|probability_|order_probability"
    r"|discounted_|combined_|growth_|days_since_last_order|mean_gap|gap_|overdue_"
    r"|first_order_probability|customer_id|customer_type|cut_|value_|acquisition_"
    r"|message_sent_count|message_click_count$|is_in_sample|is_profiled)"
    r"|_date$|_basis$|_version$|window_status"
)


class PastMissingError(SegmentationError):
    """The build has no date from which customers could be followed."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"Found {found}; expected {expected}. {BUILD}")


def find_candidates(profile: Profile, costs: Mapping[str, float]) -> Found:
    """Judge candidates on the last build; write nothing.

    Raises:
        SegmentationError: There is no build, or it does not reach back 90 days.
    """
    with open_query(profile) as query:
        schemas = find_schemas(query, (*NEEDED, SPANS), profile) if query else {}
        missing = [table for table in NEEDED if table not in schemas]
        if query is None or missing:
            raise PastMissingError(
                f"no {', '.join(missing)} in {warehouse_name(profile)}",
                "the tables of a build",
            )
        panel = Panel(
            query,
            {table: quoted(schema, table) for table, schema in schemas.items()},
            {
                table: find_columns(query, schema, table)
                for table, schema in schemas.items()
            },
        )
        people = read_people(panel)
    if people is None:
        raise PastMissingError(
            "no date at least 90 days before the as-of date",
            "a segmentation_history_months of 4 or more",
        )
    unknown = sorted(set(costs) - set(people.providers))
    if unknown:
        listed = ", ".join(people.providers) or "none"
        raise PastMissingError(
            f"a cost of {', '.join(unknown)}", f"one of the providers: {listed}"
        )
    return judge(people, costs, DESCRIBING)


def read_people(panel: Panel) -> People | None:
    """Return the customers of the last date at least 90 days back; null without one."""
    dates = panel.query(
        f"select as_of_date, is_current from {panel.relations[DATES]} order by 1"
    )
    latest = max((when for when, is_current in dates if is_current), default=None)
    if latest is None:
        return None
    past = max((when for when, _ in dates if when <= latest - QUARTER), default=None)
    if past is None:
        return None
    used = {
        name
        for (name,) in panel.query(
            f"select distinct feature from {panel.relations[CONDITIONS]}"
        )
    }
    names = [
        name
        for name in panel.columns[CUSTOMERS]
        if not _LEFT_OUT.search(name) and name not in used
    ]
    rows = _rows(panel, past, latest, names)
    columns: dict[str, tuple[Any, ...]] = dict(
        zip((*_FOLLOWED, *names), zip(*rows, strict=True), strict=True)
        if rows
        else ((name, ()) for name in (*_FOLLOWED, *names))
    )
    features: dict[str, Sequence[Any]] = {name: columns[name] for name in names}
    providers: dict[str, tuple[str, ...]] = {}
    if SPANS in panel.relations:
        for provider, name, values in _bought(panel, past, columns["customer_id"]):
            features[f"{name} ({provider})"] = values
            listed = providers.get(provider, ())
            providers[provider] = (*listed, f"{name} ({provider})")
    cells = zip(columns["segment"], columns["tier"], strict=True)
    return People(
        past,
        latest,
        np.array([f"{segment}/{tier}" for segment, tier in cells], dtype=str),
        np.array([digit < "8" for digit in columns["half"]], dtype=bool),
        _outcomes(columns),
        features,
        providers,
    )


def _outcomes(columns: Mapping[str, tuple[Any, ...]]) -> dict[str, Floats]:
    """Return what customers did; spend as a logarithm, so that no few decide."""
    orders, spend, clicks, sent = (
        np.array([np.nan if value is None else float(value) for value in columns[name]])
        for name in ("orders", "spend", "clicks", "sent")
    )
    return {
        "ordered": (orders > 0).astype(float),
        "spend": np.log1p(np.maximum(spend, 0)),
        "clicked": np.where(sent > 0, clicks > 0, np.nan),
    }


def _rows(
    panel: Panel, past: date, latest: date, names: list[str]
) -> list[tuple[Any, ...]]:
    customers = panel.relations[CUSTOMERS]
    ((count,),) = panel.query(
        f"select count(*) from {customers} where as_of_date = {day(past)}"
    )
    kept = len(_HEXADECIMAL) ** 3 * MOST_CUSTOMERS // max(count, 1)
    sampled = (
        f" and substr(md5('candidates/' || past.customer_id), 1, 3) < '{kept:03x}'"
        if kept < len(_HEXADECIMAL) ** 3
        else ""
    )
    columns = dict(_FOLLOWED)
    if not panel.has(CUSTOMERS, "message_click_count", "message_sent_count"):
        columns |= {"clicks": "0", "sent": "0"}
    listed = ", ".join([*columns.values(), *(f"past.{name}" for name in names)])
    return panel.query(
        f"select {listed} from {customers} as past "
        f"inner join {customers} as later on past.customer_id = later.customer_id "
        f"and later.as_of_date = {day(latest)} "
        f"inner join {panel.relations[MEMBERSHIPS]} as codes "
        "on past.customer_id = codes.customer_id "
        "and past.as_of_date = codes.as_of_date "
        f"where past.as_of_date = {day(past)} and past.is_profiled{sampled} "
        "order by past.customer_id"
    )


def _bought(
    panel: Panel, past: date, customers: tuple[str, ...]
) -> list[tuple[str, str, list[Any]]]:
    """Return values bought from a provider that held on a date, with both names."""
    rows = panel.query(
        "select provider, attribute_name, customer_id, min(attribute_value) "
        f"from {panel.relations[SPANS]} where attribute_group = 'enrichment' "
        f"and provider is not null and valid_from <= {day(past)} "
        f"and (replaced_date is null or replaced_date > {day(past)}) "
        "group by provider, attribute_name, customer_id"
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for provider, name, customer, value in rows:
        found.setdefault((provider, name), {})[customer] = value
    return [
        (provider, name, [values.get(customer) for customer in customers])
        for (provider, name), values in sorted(found.items())
    ]
