"""The review pack: what a yearly review has to decide, and from which evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from segmentation.report.numbers import (
    WITHHELD,
    date_text,
    money_text,
    plural,
    share_text,
    spaced,
)
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving

# How far ahead a review looks for decisions that fall due.
AHEAD = timedelta(days=90)
_TABLES = {
    "measurement__advice": ("segment_code", "action", "item", "reason", "is_advised"),
    "measurement__drift": ("is_alarm", "is_season_unknown"),
    "measurement__validation": (
        *("quarter", "segment_set", "segment_code", "measure"),
        *("evidence", "is_covered", "calibration_ratio"),
    ),
    "measurement__channel_economics": (
        *("calendar_month", "channel", "spend_amount", "revenue_amount"),
    ),
    "measurement__budget_allocation": (
        *("channel", "status", "kept_amount", "proposed_amount", "gain_amount"),
    ),
    "measurement__experiments": ("experiment_label", "status", "ends_on"),
    "segments__playbook": (
        *("segment_set", "segment_code", "owner", "next_test", "review_date"),
    ),
}


@dataclass(frozen=True)
class Topic:
    """One question of the review.

    Attributes:
        key: Name in the page.
        question: What is to be decided.
        finding: What the tables say.
        link: Section of the page with the evidence.
    """

    key: str
    question: str
    finding: str
    link: str


@dataclass(frozen=True)
class Due:
    """A decision that falls due: what, who decides, and when."""

    what: str
    owner: str
    on: date
    is_late: bool


@dataclass(frozen=True)
class Share:
    """A channel's part of spend and of revenue over the months shown.

    Attributes:
        channel: Channel.
        spend: Part of all spend, 0 to 1.
        revenue: Part of the revenue that names a channel.
    """

    channel: str
    spend: float | None
    revenue: float | None

    @property
    def spend_text(self) -> str:
        """The part of spend in words."""
        return WITHHELD if self.spend is None else share_text(self.spend)

    @property
    def revenue_text(self) -> str:
        """The part of revenue in words."""
        return WITHHELD if self.revenue is None else share_text(self.revenue)


@dataclass(frozen=True)
class Review:
    """All topics, the channel mix and the decisions due."""

    topics: tuple[Topic, ...]
    mix: tuple[Share, ...]
    due: tuple[Due, ...]
    missing: tuple[str, ...]


def load_review(
    serving: Serving, labels: Mapping[str, Definition], today: date
) -> Review:
    """Read what the review needs; all numbers are shared ones already."""
    if missing := serving.lacks(_TABLES):
        return Review((), (), (), missing)
    topics = (
        _framework(serving, labels),
        _drift(serving),
        _forecasts(serving),
        _budget(serving),
    )
    return Review(topics, _mix(serving), _due(serving, labels, today), ())


def title(review: Review) -> str:
    """State how much there is to decide."""
    if review.missing:
        return "What a yearly review decides is not in this file"
    late = sum(due.is_late for due in review.due)
    if late:
        return f"{plural(late, 'decision')} should have been made already"
    if review.due:
        return f"Due in the next 90 days: {plural(len(review.due), 'decision')}"
    return "No decision falls due in the next 90 days"


def _framework(serving: Serving, labels: Mapping[str, Definition]) -> Topic:
    rows = serving.rows(
        "select action, segment_code, item, reason from measurement__advice "
        "where is_advised order by action, segment_code, item"
    )

    def name(code: str) -> str:
        return labels[code].label if code in labels else spaced(code)

    words = []
    for action, code, item, reason in rows:
        if action == "merge":
            words.append(f"merge {name(code)} with {name(item)} ({reason})")
        elif action == "split":
            words.append(f"split {name(code)} by {spaced(item)} ({reason})")
        elif action == "redefine":
            words.append(f"redefine {name(code)} ({reason})")
    kept = sum(action == "keep" for action, *_ in rows)
    open_count = sum(action == "not_evaluable" for action, *_ in rows)
    words.append(f"keep {plural(kept, 'segment')}")
    if open_count:
        words.append(f"{plural(open_count, 'segment')} cannot be judged yet")
    finding = "; ".join(words) if rows else "no segment is declared"
    return Topic("framework", "Do the segments still fit?", finding, "advice")


def _drift(serving: Serving) -> Topic:
    [(alarms, judged, unknown)] = serving.rows(
        "select count(*) filter (where is_alarm), "
        "count(*) filter (where is_alarm is not null), "
        "coalesce(bool_or(is_season_unknown), false) from measurement__drift"
    )
    finding = f"{alarms} of {judged} features, shares and responses drifted"
    if not judged:
        finding = "nothing can be compared yet"
    elif unknown:
        finding += (
            "; the season is not known, as the same month of last year is not kept"
        )
    return Topic("drift", "Did customers or the market change?", finding, "drift")


def _forecasts(serving: Serving) -> Topic:
    rows = serving.rows(
        "select quarter, evidence, count(*) filter (where is_covered),"
        " count(is_covered), max(case when segment_set = 'all' and measure = 'orders'"
        " then calibration_ratio end)"
        " from measurement__validation where is_covered is not null"
        " group by quarter, evidence order by quarter desc, evidence desc limit 1"
    )
    if not rows:
        finding = "no quarter has been graded yet"
    else:
        [(quarter, evidence, covered, judged, ratio)] = rows
        finding = f"{covered} of {judged} forecasts of {quarter} ({evidence}) held"
        if ratio is not None:
            finding += f"; customers ordered {share_text(ratio)} of what was expected"
    return Topic("forecasts", "Can forecasts be planned with?", finding, "worth")


def _budget(serving: Serving) -> Topic:
    rows = serving.rows(
        "select channel, status, kept_amount, proposed_amount, gain_amount "
        "from measurement__budget_allocation order by channel"
    )
    total = next((gain for _, status, _, _, gain in rows if status == "total"), None)
    moves = [
        f"{channel} from {money_text(kept)} to {money_text(proposed)}"
        for channel, status, kept, proposed, _ in rows
        if status in {"raised", "lowered"}
    ]
    if moves and total is not None:
        finding = f"move {', '.join(moves)}: {money_text(total)} more margin a month"
    elif rows:
        finding = "no evidence of what spend brings: keep the split"
    else:
        finding = "no spend is known"
    return Topic("budget", "Where does the budget go?", finding, "budget")


def _mix(serving: Serving) -> tuple[Share, ...]:
    rows = serving.rows(
        "select channel, sum(spend_amount), sum(revenue_amount) "
        "from measurement__channel_economics "
        "where channel not in ('all', 'unallocated') "
        "group by channel order by 2 desc, 1"
    )
    spend = sum(float(amount or 0) for _, amount, _ in rows)
    revenue = sum(float(amount or 0) for *_, amount in rows)
    return tuple(
        Share(
            spaced(channel),
            float(spent) / spend if spent is not None and spend else None,
            float(earned) / revenue if earned is not None and revenue else None,
        )
        for channel, spent, earned in rows
    )


def _due(
    serving: Serving, labels: Mapping[str, Definition], today: date
) -> tuple[Due, ...]:
    until = today + AHEAD
    rows = serving.rows(
        "select segment_code, owner, next_test, review_date from segments__playbook "
        "where segment_set = 'primary' and review_date <= $until "
        "order by review_date, segment_code",
        {"until": until},
    )
    found = [
        Due(
            f"Review {labels[code].label if code in labels else spaced(code)}"
            + (f"; next test: {test}" if test else ""),
            owner or "nobody is named",
            on,
            on < today,
        )
        for code, owner, test, on in rows
    ]
    ending = serving.rows(
        "select experiment_label, ends_on from measurement__experiments "
        "where ends_on between $today and $until order by ends_on, experiment_label",
        {"today": today, "until": until},
    )
    found += [Due(f"Decide on {name}", "", on, False) for name, on in ending]
    return tuple(sorted(found, key=lambda due: (due.on, due.what)))


def due_text(due: Due) -> str:
    """Say when a decision falls due."""
    return f"{date_text(due.on)}{', late' if due.is_late else ''}"
