"""Titles that state what the data say, computed from published figures."""

from decimal import Decimal

from segmentation.report.buyers import Curve, Grid
from segmentation.report.coverage import Audit, Window
from segmentation.report.gates import Gate
from segmentation.report.movement import Flows, Matrix
from segmentation.report.numbers import (
    date_text,
    decimal_text,
    listed,
    money_text,
    plural,
    quoted,
    share_text,
)
from segmentation.report.outcomes import Outcomes
from segmentation.report.queries import Dates, Definition, Measure, Population
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import Sizes, is_rest


def too_little(
    people: Population, buyers: str, settings: ReportSettings
) -> tuple[str, ...]:
    """Say in words what is too little to conclude anything, if it is.

    Args:
        people: Exact counts.
        buyers: Published number of buyers.
        settings: The least that is needed.
    """
    reasons = []
    if people.buyers < settings.least_buyers:
        reasons.append(f"{buyers} buyers, where {settings.least_buyers} are needed")
    if people.days < settings.least_days:
        days = plural(people.days, "day")
        reasons.append(f"{days} of orders, where {settings.least_days} are needed")
    return tuple(reasons)


def headline(sizes: Sizes, measure: Measure, dates: Dates) -> str:
    """The one sentence at the top."""
    leader = sizes.leader()
    when = date_text(dates.current)
    if leader is None:
        return f"{sizes.people.text} customers in segments on {when}"
    return (
        f"The segment {quoted(leader.definition.label)} is {leader.people_share_text} "
        f"of customers and brings {leader.revenue_share_text} of the {measure.phrase}"
    )


def segments(sizes: Sizes, measure: Measure) -> str:
    """Title of the sizes: the strongest contrast between people and revenue."""
    rows = [row for row in sizes.rows if row.per_person is not None]
    rows = [row for row in rows if not is_rest(row.definition)]
    average = sizes.per_person or Decimal(0)
    if not rows or average <= 0:
        return f"No segment is large enough to show its part of the {measure.phrase}"
    row = max(rows, key=lambda row: row.per_person or Decimal(0))
    times = decimal_text(float((row.per_person or Decimal(0)) / average))
    return (
        f"A customer in {quoted(row.definition.label)} brings {times} times the "
        f"average: {row.per_person_text} against {sizes.per_person_text}"
    )


def tiers(sizes: Sizes, measure: Measure) -> str:
    """Title of the value tiers."""
    rows = [row for row in sizes.rows if row.revenue_share and row.people_share]
    rows = [row for row in rows if not is_rest(row.definition)]
    if not rows:
        return f"No tier is large enough to show its part of the {measure.phrase}"
    row = max(rows, key=lambda row: row.per_person or 0)
    return (
        f"The {quoted(row.definition.label)} tier is {row.people_share_text} of "
        f"customers and {row.revenue_share_text} of the {measure.phrase}"
    )


def curve(found: Curve | None) -> str:
    """Title of the revenue curve."""
    if found is None:
        return "Too few buyers with revenue to draw how it spreads over them"
    if found.mark is None:
        return "The best buyers who bring 80% of revenue are too few to be counted here"
    buyers = share_text(found.mark)
    return f"{share_text(found.target)} of revenue comes from {buyers} of buyers"


def grid(found: Grid) -> str:
    """Title of the score grid."""
    if found.high_share is None:
        return "Few buyers have bought both recently and often"
    return (
        f"{share_text(found.high_share)} of buyers bought both recently and often "
        "(scores 4 and 5)"
    )


def outcomes(found: Outcomes | None) -> str:
    """Title of the later outcomes."""
    if found is None:
        return "No earlier labels are old enough to see what happened next"
    leader = next((row for row in found.rows if row.revenue is not None), None)
    average = found.everybody.revenue
    if leader is None or leader.revenue is None or average is None:
        return "No segment of then is large enough to follow"
    text = (
        f"{quoted(leader.definition.label)} of {date_text(found.past)} then spent "
        f"{money_text(leader.revenue.middle)} per person in {found.days} days"
    )
    if average.middle <= 0:
        return text
    times = decimal_text(leader.revenue.middle / average.middle)
    return f"{text}, {times} times the average"


def matrix(found: Matrix | None, labels: dict[str, Definition]) -> str:
    """Title of the migration matrix."""
    if found is None:
        return "Movement cannot be seen yet"
    if found.changed_share is None:
        return f"{found.changed.text.capitalize()} customers changed segment"
    text = f"{share_text(found.changed_share)} of customers changed segment"
    largest = found.largest()
    if largest is None or largest.was is None or largest.became is None:
        return text
    was, became = labels[largest.was].label, labels[largest.became].label
    return (
        f"{text}; the largest move, {quoted(was)} to {quoted(became)}, "
        f"took {largest.people.text} people"
    )


def flows(found: Flows, labels: dict[str, Definition]) -> str:
    """Title of the flows: the segment whose share changed most over the window."""
    changes = [
        (months[-1].share - months[0].share, code)
        for code, months in found.by_code.items()
        if months[0].share is not None and months[-1].share is not None
    ]
    if not changes or len(found.dates) < 2:
        return "Flows cannot be seen yet"
    change, code = max(changes, key=lambda item: (abs(item[0]), item[1]))
    months = found.by_code[code]
    verb = "grew" if change > 0 else "shrank"
    return (
        f"{quoted(labels[code].label)} {verb} most, from {share_text(months[0].share)} "
        f"to {share_text(months[-1].share)} of customers since "
        f"{date_text(found.dates[0])}"
    )


def definitions(sizes: Sizes, declared: dict[str, Definition]) -> str:
    """Title of the definitions: how much the named rules cover."""
    named = [item for item in declared.values() if not item.is_reserved]
    rest = sizes.by_code().get("otherwise")
    text = f"{plural(len(named), 'rule')} name the segments"
    if rest is None or not rest.people.is_shown:
        return f"{text} and leave fewer than {sizes.people.bound} customers over"
    return f"{text} and leave {rest.people_share_text} of customers over"


def coverage(audit: Audit, windows: tuple[Window, ...]) -> str:
    """Title of the data coverage."""
    if not audit.kinds:
        return "Which data are connected is not known"
    text = f"{len(audit.missing)} of {audit.kinds} kinds of data are not connected"
    late = [f"{row.days}-day" for row in windows if not row.is_observed_now]
    if late:
        return f"{text}; {listed(late)} windows are not covered yet"
    return text


def gates(found: tuple[Gate, ...]) -> str:
    """Title of the checks."""
    counts = {
        status: sum(gate.status == status for gate in found)
        for status in ("fail", "warn", "not_evaluable")
    }
    if not found:
        return "No check was run"
    parts = [
        text.format(counts[status])
        for status, text in (
            ("fail", "{} failed"),
            ("warn", "{} warned"),
            ("not_evaluable", "{} could not be evaluated"),
        )
        if counts[status]
    ]
    checks = plural(len(found), "check")
    return f"Of {checks}, {listed(parts)}" if parts else f"All of {checks} passed"
