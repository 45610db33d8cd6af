"""What is advised for each segment, and what segments would then explain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.report.numbers import quoted, spaced
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.sizes import define
from segmentation.report.statistics import Interval

_TABLE = "measurement__advice"
_COLUMNS = (
    "segment_code",
    "action",
    "item",
    "cut",
    "reason",
    "customer_count",
    "difference",
    "difference_bound",
    "explained_spend_share",
    "explained_spend_share_after",
    "information_lost",
    "is_supported",
    "is_advised",
)
LONGEST = 1.0  # standard deviations that fill the width of a chart
EQUAL_BELOW = 0.2
_ORDER = ("redefine", "merge", "split", "not_evaluable", "keep")


@dataclass(frozen=True)
class Neighbour:
    """What a merge with another segment would lose.

    Attributes:
        label: Name of the other.
        difference: Largest of any outcome, and what it may be at most.
        lost: Part of the variance of later outcomes, in words.
    """

    label: str
    difference: Interval | None
    lost: str


@dataclass(frozen=True)
class Advised:
    """The advice on one segment.

    Attributes:
        definition: The segment.
        words: What to do.
        reason: Why.
        loses: What following it loses or gains, in words; empty where nothing changes.
        is_change: Whether anything is to be done.
        neighbours: The three whom it would cost least to merge with.
    """

    definition: Definition
    words: str
    reason: str
    loses: str
    is_change: bool
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Advice:
    """Advice on all segments, those to change first; and what an older file lacks."""

    rows: tuple[Advised, ...]
    explained: float | None
    missing: tuple[str, ...]


def load_advice(serving: Serving, labels: Mapping[str, Definition]) -> Advice:
    """Read the advice; all numbers are shared ones already."""
    if missing := serving.lacks({_TABLE: _COLUMNS}):
        return Advice((), None, missing)
    rows = [
        dict(zip(_COLUMNS, row, strict=True))
        for row in serving.rows(
            f"select {', '.join(_COLUMNS)} from {_TABLE} "
            "order by segment_code, information_lost, item"
        )
    ]
    advised = [row for row in rows if row["is_advised"]]
    places = {code: place for place, code in enumerate(labels)}
    advised.sort(
        key=lambda row: (
            _ORDER.index(row["action"]),
            places.get(row["segment_code"], len(places)),
            row["segment_code"],
        )
    )
    return Advice(
        tuple(_advised(row, rows, labels) for row in advised),
        advised[0]["explained_spend_share"] if advised else None,
        (),
    )


def title(found: Advice) -> str:
    """Title: how many segments should change, and how."""
    if found.missing:
        return "What to change about segments is not in this file"
    if not found.rows:
        return "There is no segment to advise on yet"
    changing = [row for row in found.rows if row.is_change]
    if not changing:
        return "No segment has to change"
    first = changing[0]
    count = "One segment" if len(changing) == 1 else f"{len(changing)} segments"
    return (
        f"{count} should change; first {quoted(first.definition.label)}: "
        f"{first.words[:1].lower()}{first.words[1:]}"
    )


def _advised(
    row: Mapping[str, Any],
    rows: list[dict[str, Any]],
    labels: Mapping[str, Definition],
) -> Advised:
    neighbours = [
        each
        for each in rows
        if each["action"] == "merge" and each["segment_code"] == row["segment_code"]
    ]
    return Advised(
        define(dict(labels), row["segment_code"]),
        _words(row, labels),
        row["reason"],
        _loses(row["information_lost"]) if row["action"] in ("merge", "split") else "",
        row["action"] in ("redefine", "merge", "split"),
        tuple(_neighbour(each, labels) for each in neighbours[:3]),
    )


def _words(row: Mapping[str, Any], labels: Mapping[str, Definition]) -> str:
    action, item = row["action"], row["item"]
    if action == "merge":
        return f"Merge with {quoted(define(dict(labels), item).label)}"
    if action == "split":
        return f"Split by {spaced(item)}, {row['cut']}"
    if action == "redefine":
        return "Redefine it"
    return "Keep it" if action == "keep" else "Not enough is known"


def _loses(lost: float | None) -> str:
    if lost is None:
        return ""
    if abs(lost) < 0.0005:
        return "what is explained of later outcomes stays the same"
    verb = "loses" if lost > 0 else "gains"
    return f"{verb} {abs(lost):.3f} of the variance of later outcomes"


def _neighbour(row: Mapping[str, Any], labels: Mapping[str, Definition]) -> Neighbour:
    middle, high = row["difference"], row["difference_bound"]
    interval = None
    if middle is not None and high is not None:
        interval = Interval(
            max(2 * middle - high, 0.0), min(middle, LONGEST), min(high, LONGEST)
        )
    return Neighbour(
        define(dict(labels), row["item"]).label,
        interval,
        _loses(row["information_lost"]),
    )
