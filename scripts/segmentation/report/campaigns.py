"""How segments answered campaigns, and where a total hides what segments did."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation.report.disclosure import Cell
from segmentation.report.numbers import WITHHELD, capitalised, date_text, quoted, spaced
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import define
from segmentation.report.statistics import Interval

_ANSWERS = "measurement__campaign_performance"
_CHANGES = "measurement__campaign_changes"
_ANSWER_COLUMNS = (
    *("campaign_id", "segment_set", "segment_code", "measure", "campaign_name"),
    *("status", "people_count", "value", "lower_bound", "upper_bound"),
    *("index_vs_rest", "rest_value", "is_complete", "first_sent_date"),
)
_CHANGE_COLUMNS = (
    *("campaign_id", "segment_set", "measure", "previous_campaign_id", "verdict"),
    *("change", "change_lower", "change_upper", "mix_effect", "rate_effect"),
    *("rate_effect_lower", "rate_effect_upper"),
)
# In the order in which one is told when another is not recorded.
_MEASURES = ("responded", "clicked", "ordered", "opened")
_LAST = 12
_TOLD = ("reversal", "opposed", "mix", "hidden")


@dataclass(frozen=True)
class Answer:
    """A rate of people reached, in words and to draw.

    Attributes:
        name: Campaign, or segment.
        colour: Colour of the segment; of campaigns none.
        note: Day of the send, or nothing.
        people: People reached.
        rate: The rate with its interval of 95%; nothing where it is not told.
        text: The rate in words.
        index: Value per 100 of everybody else's, in words.
    """

    name: str
    colour: str
    note: str
    people: str
    rate: Interval | None
    text: str
    index: str


@dataclass(frozen=True)
class Change:
    """A total that mix explains, or that hides what segments did.

    Attributes:
        name: Campaign, measure and set in words.
        verdict: Code of the table.
        sentence: What it says.
        change: Change of the rate with its interval of 90%, in points.
        rate_effect: Change at an unchanged mix, likewise.
        widest: Largest distance from zero of both: where zero is drawn.
    """

    name: str
    verdict: str
    sentence: str
    change: Interval
    rate_effect: Interval
    widest: float

    @property
    def drawn(self) -> tuple[Interval, Interval]:
        """Change and rate effect, moved so that zero is in the middle."""
        one, other = (
            Interval(
                value.low + self.widest,
                value.middle + self.widest,
                value.high + self.widest,
            )
            for value in (self.change, self.rate_effect)
        )
        return one, other


@dataclass(frozen=True)
class Campaigns:
    """The last campaigns, the last one by segment, and totals that mislead."""

    measure: str
    rows: tuple[Answer, ...]
    last: str
    segments: tuple[Answer, ...]
    rest: float | None
    changes: tuple[Change, ...]
    missing: tuple[str, ...]

    @property
    def highest(self) -> float:
        """Upper end of the widest interval of the last campaigns."""
        return max((row.rate.high for row in self.rows if row.rate), default=0.0)

    @property
    def highest_of_segments(self) -> float:
        """Upper end of the widest interval of segments."""
        return max((row.rate.high for row in self.segments if row.rate), default=0.0)


def load_campaigns(
    serving: Serving, labels: Mapping[str, Definition], settings: ReportSettings
) -> Campaigns:
    """Read what campaigns brought; all numbers are shared ones already."""
    needed = {_ANSWERS: _ANSWER_COLUMNS, _CHANGES: _CHANGE_COLUMNS}
    if missing := serving.lacks(needed):
        return Campaigns("", (), "", (), None, (), missing)
    answers = _read(serving, _ANSWERS, _ANSWER_COLUMNS)
    answers = [row for row in answers if row["segment_set"] in {"all", "primary"}]
    names = {row["campaign_id"]: _name(row) for row in answers}
    everybody = [row for row in answers if row["segment_set"] == "all"]
    measure = _measure(everybody)
    rows = [row for row in everybody if row["measure"] == measure]
    rows.sort(key=lambda row: (row["first_sent_date"], row["campaign_id"]))
    last = next(
        (
            row["campaign_id"]
            for row in reversed(rows)
            if row["is_complete"] and row["status"] == "published"
        ),
        None,
    )
    of_last = {
        row["segment_code"]: row
        for row in answers
        if row["campaign_id"] == last
        and row["segment_set"] == "primary"
        and row["measure"] == measure
    }
    codes = [*(code for code in labels if code in of_last), *sorted(of_last)]
    changes = _read(serving, _CHANGES, _CHANGE_COLUMNS)
    return Campaigns(
        measure=measure,
        rows=tuple(
            _answer(row, names[row["campaign_id"]], "", settings)
            for row in reversed(rows[-_LAST:])
        ),
        last=names.get(last or "", ""),
        segments=tuple(
            _answer(
                of_last[code],
                capitalised(define(labels, code).label),
                define(labels, code).colour,
                settings,
            )
            for code in dict.fromkeys(codes)
        ),
        rest=next((r["value"] for r in rows if r["campaign_id"] == last), None),
        changes=_changes(changes, names),
        missing=(),
    )


def title(found: Campaigns) -> str:
    """State where a total hides what segments did, else what the last brought."""
    if found.missing:
        return "What campaigns brought is not in this file"
    if not found.rows:
        return "No campaign can be told of yet"
    for row in found.changes:
        if row.verdict == "reversal":
            return f"{row.name}: {row.sentence}"
    newest = next((row for row in found.rows if row.rate), None)
    if newest is None:
        return "How campaigns were answered is withheld"
    return f"{newest.text} of those reached by {quoted(newest.name)} {found.measure}"


def rate_text(value: float) -> str:
    """Write a rate in percent with one decimal: campaigns move few people."""
    return f"{value * 100:.1f}%".replace("-", "−")


def points_text(value: float) -> str:
    """Write a difference of rates in points with its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value) * 100:.1f}"


def _measure(rows: list[dict[str, Any]]) -> str:
    """Return the first measure that half of the campaigns or more are told by."""
    told = Counter(row["measure"] for row in rows if row["status"] == "published")
    campaigns = len({row["campaign_id"] for row in rows})
    often = (name for name in _MEASURES if 2 * told[name] >= campaigns)
    return next(often, max(told, key=told.__getitem__, default=""))


def _read(
    serving: Serving, table: str, columns: tuple[str, ...]
) -> list[dict[str, Any]]:
    rows = serving.rows(f"select {', '.join(columns)} from {table} order by all")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _name(row: Mapping[str, Any]) -> str:
    return row["campaign_name"] or f"Campaign {row['campaign_id']}"


def _answer(
    row: Mapping[str, Any], name: str, colour: str, settings: ReportSettings
) -> Answer:
    is_told = row["status"] == "published"
    sent: date = row["first_sent_date"]
    rate = (
        Interval(row["lower_bound"], row["value"], row["upper_bound"])
        if is_told
        else None
    )
    return Answer(
        name=name,
        colour=colour,
        note=date_text(sent) + ("" if row["is_complete"] else ", still counting"),
        people=Cell(row["people_count"], "shown", settings.smallest_cell).text,
        rate=rate,
        text=rate_text(rate.middle) if rate else spaced(row["status"]),
        index=WITHHELD
        if row["index_vs_rest"] is None
        else f"{row['index_vs_rest']:.0f}",
    )


def _changes(
    rows: list[dict[str, Any]], names: Mapping[str, str]
) -> tuple[Change, ...]:
    """Return what a reader of totals would get wrong, the surest first."""
    found = []
    for row in sorted(
        (row for row in rows if row["verdict"] in _TOLD),
        key=lambda row: (_TOLD.index(row["verdict"]), -abs(row["change"])),
    ):
        change = Interval(row["change_lower"], row["change"], row["change_upper"])
        effect = Interval(
            row["rate_effect_lower"], row["rate_effect"], row["rate_effect_upper"]
        )
        bounds = (change.low, change.high, effect.low, effect.high)
        campaign = names.get(row["campaign_id"], row["campaign_id"])
        found.append(
            Change(
                name=f"{quoted(campaign)}, {row['measure']}, "
                f"by {spaced(row['segment_set'])}",
                verdict=row["verdict"],
                sentence=_sentence(row["verdict"], change.middle, effect.middle),
                change=change,
                rate_effect=effect,
                widest=max(abs(bound) for bound in bounds),
            )
        )
    return tuple(found[:_LAST])


def _sentence(verdict: str, change: float, effect: float) -> str:
    def moved(value: float) -> str:
        return f"{'rose' if value > 0 else 'fell'} {abs(value) * 100:.1f} points"

    if verdict == "reversal":
        return (
            f"the total {moved(change)}, segments at an unchanged mix {moved(effect)}"
        )
    if verdict == "opposed":
        return f"the total {moved(change)}; at an unchanged mix it {moved(effect)}"
    if verdict == "mix":
        return f"the total {moved(change)}; nothing is sure at an unchanged mix"
    return f"segments {moved(effect)}, and the total does not show it"
