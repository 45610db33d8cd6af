"""What moved against the date that it is compared with, beside what chance moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation.report.numbers import spaced
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.statistics import Interval

_TABLE = "measurement__drift"
_COLUMNS = (
    "kind",
    "segment_set",
    "segment_code",
    "item",
    "status",
    "message",
    "statistic",
    "chance_bound",
    "bound",
    "is_alarm",
    "is_season_unknown",
    "reference_date",
)
MOST_ROWS = 12
LONGEST = 4.0  # bounds that fill the width of a chart
_KINDS = {
    "feature": "distribution",
    "response": "difference of means",
    "share": "shares of the set",
}


@dataclass(frozen=True)
class Moved:
    """One thing that was compared, in words.

    Attributes:
        subject: The segment, or all customers.
        key: Set and code.
        item: What was compared.
        message: What moved.
        kind: How it is measured.
        size: In bounds: what moved, on the line from nothing to what chance moves.
        found: Statistic and bound, in words.
        is_alarm: Whether it is told of.
    """

    subject: str
    key: str
    item: str
    message: str
    kind: str
    size: Interval
    found: str
    is_alarm: bool


@dataclass(frozen=True)
class Drift:
    """What moved most, in bounds.

    Attributes:
        rows: Alarms, and what came nearest to one; most of a bound first.
        alarms: How many there are.
        compared: How many things could be compared.
        untold: How many could not.
        reference: Date compared with.
        is_season_unknown: Whether that is another season.
        missing: What an older file lacks.
    """

    rows: tuple[Moved, ...]
    alarms: int
    compared: int
    untold: int
    reference: date | None
    is_season_unknown: bool
    missing: tuple[str, ...]


def load_drift(serving: Serving, labels: Mapping[str, Definition]) -> Drift:
    """Read what moved; all numbers are shared ones already."""
    if missing := serving.lacks({_TABLE: _COLUMNS}):
        return Drift((), 0, 0, 0, None, False, missing)
    found = serving.rows(
        "select kind, segment_set, segment_code, item, message, is_alarm, statistic, "
        f"chance_bound, bound, is_season_unknown, reference_date from {_TABLE} "
        "where status = 'evaluated' and bound > 0 "
        "order by is_alarm desc, statistic / bound desc, kind, segment_set, "
        "segment_code, item"
    )
    ((everything,),) = serving.rows(f"select count(*) from {_TABLE}")
    rows = tuple(
        _moved(row[:6], row[6:9], labels)
        for row in found[: max(MOST_ROWS, _alarms(found))]
    )
    return Drift(
        rows,
        _alarms(found),
        len(found),
        everything - len(found),
        found[0][10] if found else None,
        bool(found and found[0][9]),
        (),
    )


def title(found: Drift) -> str:
    """Title: how much moved by more than chance, and what most."""
    if found.missing:
        return "What has changed is not in this file"
    if not found.compared:
        return "There is no earlier date to compare with yet"
    against = "a month ago" if found.is_season_unknown else "a year ago"
    if not found.alarms:
        return f"Nothing moved by more than chance against {against}"
    first = found.rows[0]
    number = "One thing" if found.alarms == 1 else f"{found.alarms} things"
    return (
        f"{number} moved by more than chance against {against}, most of all "
        f"{first.item} of {first.subject}"
    )


def _alarms(rows: list[tuple[Any, ...]]) -> int:
    return sum(bool(row[5]) for row in rows)


def _moved(
    words: tuple[Any, ...],
    figures: tuple[float, float, float],
    labels: Mapping[str, Definition],
) -> Moved:
    kind, name, code, item, message, is_alarm = words
    statistic, chance, bound = figures
    subject = spaced(code)
    if name == "all":
        subject = "all customers"
    elif name == "primary":
        subject = labels[code].label if code in labels else subject
    else:
        subject = f"{spaced(name)} {subject}"
    return Moved(
        subject=subject,
        key=f"{kind} {name} {code} {item}",
        item=spaced(item),
        message=message,
        kind=_KINDS[kind],
        size=Interval(0.0, min(statistic / bound, LONGEST), chance / bound),
        found=f"{statistic:.3f} against {bound:.3f}",
        is_alarm=is_alarm,
    )
