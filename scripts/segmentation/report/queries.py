"""Who is in the file at which dates, and how segments are declared."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from segmentation.report.palette import named_colours, tier_colours
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings

# Codes that say why a customer has no segment, and the fallback of `primary`.
RESERVED = ("otherwise", "no_orders", "not_profiled", "not_observed")
UNASSIGNED = "(no code)"


@dataclass(frozen=True)
class Release:
    """The release that wrote the file; empty texts before the first one."""

    run_id: str
    released_at: str


@dataclass(frozen=True)
class Dates:
    """As-of dates that the page compares.

    Attributes:
        current: The date the page speaks of.
        previous: What movement is measured against.
        past: When labels were assigned whose later outcomes are shown.
        panel: Dates of the movement chart, oldest first, ending with `current`.
    """

    current: date
    previous: date | None
    past: date | None
    panel: tuple[date, ...]


@dataclass(frozen=True)
class Definition:
    """A declared segment with its words for people and its colour."""

    code: str
    label: str
    rule: str
    description: str
    action: str
    colour: str
    is_reserved: bool


@dataclass(frozen=True)
class Measure:
    """The one money figure behind every statement of worth.

    Attributes:
        column: Column of `features__customers`.
        phrase: Its name within a sentence.
    """

    column: str
    phrase: str


@dataclass(frozen=True)
class Population:
    """Exact counts at the current date; they never reach the page as they are."""

    customers: int
    buyers: int
    not_profiled: int
    days: int


def load_release(serving: Serving) -> Release:
    """Read the release row."""
    rows = serving.rows(
        "select run_id, released_at from _release order by released_at desc limit 1"
    )
    if not rows:
        return Release("", "")
    run_id, released_at = rows[0]
    stamp = (
        f"{released_at:%Y-%m-%d %H:%M} UTC"
        if isinstance(released_at, datetime)
        else str(released_at or "")
    )
    return Release(str(run_id or ""), stamp)


def load_dates(serving: Serving, settings: ReportSettings) -> Dates | None:
    """Read the as-of dates; nothing when the file holds none."""
    rows = serving.rows(
        "select as_of_date, is_current, is_month_end from features__as_of_dates "
        "order by as_of_date"
    )
    marked = [day for day, is_current, _ in rows if is_current]
    if not marked:
        marked = [day for (day,) in serving.rows("select as_of_date from _release")]
        marked = [day for day in marked if day is not None]
    if not marked:
        return None
    current = max(marked)
    ends = [day for day, _, is_end in rows if is_end and day < current]
    apart = [day for day in ends if (current - day).days >= settings.comparison_days]
    older = [day for day in ends if (current - day).days >= settings.outcome_days]
    return Dates(
        current=current,
        previous=apart[-1] if apart else None,
        past=older[-1] if older else None,
        panel=(*apart, current),
    )


def load_measure(serving: Serving, dates: Dates) -> Measure:
    """Choose the money figure: a year where the data cover it, else all time."""
    ((rows, observed),) = serving.rows(
        "select count(*), count(*) filter (where window_status_365d = 'observed') "
        "from features__customers where as_of_date = ?",
        [dates.current],
    )
    if rows > 0 and rows == observed:
        return Measure("revenue_365d", "revenue of the last 365 days")
    return Measure("revenue", "revenue to date")


def load_population(serving: Serving, dates: Dates) -> Population:
    """Count customers at the current date and the days that the orders span."""
    ((customers, buyers, not_profiled, first_order),) = serving.rows(
        "select count(*), count(*) filter (where customer_type = 'buyer'), "
        "count(*) filter (where not is_profiled), min(first_order_date) "
        "from features__customers where as_of_date = ?",
        [dates.current],
    )
    ((first_event,),) = serving.rows(
        "select min(first_event_date) from measurement__source_audit "
        "where entity = 'orders' and is_mapped"
    )
    first = first_event or first_order
    days = 0 if first is None else max((dates.current - first).days + 1, 0)
    return Population(customers, buyers, not_profiled, days)


def load_definitions(serving: Serving, segment_set: str) -> dict[str, Definition]:
    """Read the declared segments of a set, in declared order of value."""
    rows = serving.rows(
        "select d.segment_code, min(d.segment_label), min(d.rule_text), "
        "min(p.description), min(p.recommended_action) "
        "from segments__definitions as d left join segments__playbook as p "
        "on d.segment_set = p.segment_set and d.segment_code = p.segment_code "
        "where d.segment_set = ? group by d.segment_code "
        "order by min(d.value_order) nulls last, min(d.priority) nulls last, "
        "d.segment_code",
        [segment_set],
    )
    codes = [row[0] for row in rows if row[0] not in RESERVED]
    rest = [row[0] for row in rows if row[0] in RESERVED]
    paint = tier_colours if segment_set == "value_tier" else named_colours
    colours = paint(codes, rest)
    by_code = {row[0]: _definition(row, colours[row[0]]) for row in rows}
    return {code: by_code[code] for code in (*codes, *rest)}


def _definition(row: tuple[Any, ...], colour: str) -> Definition:
    code, label, rule, description, action = (str(value or "") for value in row)
    return Definition(
        code=code,
        label=label or code,
        rule=rule,
        description=description,
        action=action,
        colour=colour,
        is_reserved=code in RESERVED,
    )
