"""The features of engagement, counted a second time from the raw rows, date by date.

Written from what the YAML files say the columns mean. Nothing is summed up over time:
each date reads all rows up to it again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from reference_histories import DEVICES, History, day

CHANNELS = ("store", "web", "app", "phone", "other")
STARTS = {  # first day of each family in the shop, and its windows
    "web": (30, 90),
    "product": (90,),
    "message": (90,),
    "service": (365,),
    "social": (365,),
}


def engagement_at(
    people: Mapping[str, History], starts: Mapping[str, date], at: date
) -> dict[str, dict[str, Any]]:
    """Return the features of everybody known at a date."""
    present = {name: one for name, one in people.items() if one.known <= at}
    profiled = [one for one in present.values() if one.is_profiled(at)]
    hours = {name: _hours(one, at) for name, one in present.items()}
    all_hours = sum((_hours(one, at) for one in profiled), Counter[int]())
    sends = sum(_until(one.sent, at) for one in profiled)
    clicks = sum(_until(_days(one, "clicked"), at) for one in profiled)
    sends_per_click = rounded(Fraction(sends, clicks)) if clicks else None
    found = {}
    for name, one in present.items():
        row = _facts(one, starts, at)
        if one.is_profiled(at):
            row["usual_hour"] = _usual_hour(hours[name], all_hours)
            if starts["message"] <= at and sends_per_click is not None:
                prior = row["message_sent_count"] + sends_per_click
                row["click_rate"] = min(1, (row["message_click_count"] + 1) / prior)
        else:
            taken = ("main_device", "satisfaction_score_365d", "social_sentiment_365d")
            shares = [f"{device}_visit_share" for device in DEVICES]
            row |= dict.fromkeys((*taken, *shares, "usual_hour", "click_rate"))
            row["preferred_channel"] = "unknown"
        found[name] = row
    return found


def rounded(number: Fraction) -> int:
    """Round to a whole number, halves up."""
    return floor(number + Fraction(1, 2))


def _until(days: Sequence[date], at: date) -> int:
    return sum(each <= at for each in days)


def _days(one: History, kind: str) -> list[date]:
    return [on for on, found, _ in one.reactions if found == kind]


def _hours(one: History, at: date) -> Counter[int]:
    visits = [
        each.hour for each in one.visits if each.day <= at and each.surface != "product"
    ]
    reactions = [hour for on, _, hour in one.reactions if on <= at]
    return Counter(
        visits + reactions + [moment.hour for moment, _ in _standing(one, at)]
    )


def _standing(one: History, at: date) -> list[tuple[datetime, str | None]]:
    return [
        (moment, channel)
        for moment, channel, ended in one.orders
        if moment.date() <= at and (ended is None or ended > at)
    ]


def _usual_hour(own: Counter[int], everybody: Counter[int]) -> int | None:
    total = sum(everybody.values())
    if not total:
        return None
    tenths = {
        hour: rounded(Fraction(120 * everybody[hour], total)) for hour in range(24)
    }
    return max(range(24), key=lambda hour: (10 * own[hour] + tenths[hour], -hour))


def _most(values: Sequence[str | None], order: Sequence[str]) -> str | None:
    counts = Counter(value for value in values if value is not None)
    return (
        max(order, key=lambda name: (counts[name], -order.index(name)))
        if counts
        else None
    )


def _mean(values: Sequence[Any]) -> float | None:
    return float(sum(map(Fraction, values)) / len(values)) if values else None


def _facts(one: History, starts: Mapping[str, date], at: date) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for family, windows in STARTS.items():
        for days in windows:
            covered = (at - starts[family]).days + 1 >= days
            status = "observed" if covered else "window_not_observed"
            row[f"{family}_window_status_{days}d"] = status

    def window(family: str, days: int, value: Any) -> Any:
        return value if row[f"{family}_window_status_{days}d"] == "observed" else None

    def last(days: int) -> tuple[date, date]:
        return at - timedelta(days=days - 1), at

    visits = [
        each for each in one.visits if each.day <= at and each.surface != "product"
    ]
    recent = [each for each in visits if each.day >= last(90)[0]]
    monthly = [each for each in visits if each.day >= last(30)[0]]
    uses = [each for each in one.visits if last(90)[0] <= each.day <= at]
    uses = [each for each in uses if each.surface == "product"]
    row["session_count_30d"] = window("web", 30, len(monthly))
    row["session_count_90d"] = window("web", 90, len(recent))
    row["active_day_count_90d"] = window("web", 90, len({each.day for each in recent}))
    row["page_count_90d"] = window("web", 90, sum(each.pages for each in recent))
    row["product_use_count_90d"] = window(
        "product", 90, sum(each.events for each in uses)
    )
    row["product_use_day_count_90d"] = window(
        "product", 90, len({each.day for each in uses})
    )
    row["main_device"] = _most([each.device for each in visits], DEVICES)
    devices = Counter(each.device for each in visits if each.device is not None)
    for device in DEVICES:
        known = devices.total()
        row[f"{device}_visit_share"] = devices[device] / known if known else None
    row["last_visit_date"] = max((each.day for each in visits), default=None)
    row["days_since_last_visit"] = (
        (at - row["last_visit_date"]).days if visits else None
    )
    by_orders = _most([channel for _, channel in _standing(one, at)], CHANNELS)
    by_visits = _most([each.surface for each in visits], ("web", "app"))
    row["preferred_channel"] = by_orders or by_visits or "unknown"
    lists = {
        "sent": one.sent,
        "open": _days(one, "opened"),
        "click": _days(one, "clicked"),
    }
    for kind, moments in lists.items():
        count = _until(moments, at) - _until(moments, last(90)[0] - timedelta(days=1))
        row[f"message_{kind}_count_90d"] = window("message", 90, count)
        if kind != "open":
            seen = starts["message"] <= at
            row[f"message_{kind}_count"] = _until(moments, at) if seen else None
    row |= _service(one, starts, at, window)
    posts = [
        post for post in one.posts if last(365)[0] <= day(post["occurred_at"]) <= at
    ]
    row["social_interaction_count_365d"] = window("social", 365, len(posts))
    moods = [post["sentiment_score"] for post in posts]
    moods = [str(mood) for mood in moods if mood is not None]
    row["social_sentiment_365d"] = window("social", 365, _mean(moods))
    return row


def _service(
    one: History, starts: Mapping[str, date], at: date, window: Any
) -> dict[str, Any]:
    opened, still_open, scores = 0, 0, []
    for versions in one.tickets:
        known = [
            row
            for place, row in enumerate(versions)
            if day(row["opened_at"] if place == 0 else row["updated_at"]) <= at
        ]
        if not known or known[-1].get("is_deleted"):
            continue
        row = known[-1]
        resolved = row.get("resolved_at")
        still_open += resolved is None or day(resolved) > at
        if (at - day(row["opened_at"])).days < 365:
            opened += 1
            if row.get("satisfaction_score") and resolved and day(resolved) <= at:
                scores.append(row["satisfaction_score"])
    return {
        "support_ticket_count_365d": window("service", 365, opened),
        "open_support_ticket_count": still_open if starts["service"] <= at else None,
        "satisfaction_score_365d": window("service", 365, _mean(scores)),
    }
