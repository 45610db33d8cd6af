"""Whom each channel reaches, after consent and everything that stands against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.report.numbers import count_text, quoted, share_text, spaced
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import define, is_rest

_COLUMNS = (
    "segment_code",
    "channel",
    "addressable_basis",
    "status",
    "customer_count",
    "addressable_count",
    "identified_count",
    "reachable_count",
    "platform_minimum",
    "reach_rate",
    "detectable_difference",
)
ANY = "any"


@dataclass(frozen=True)
class Channel:
    """What may be told of a segment on one channel.

    Attributes:
        name: The channel in words.
        share: Share of customers who can be reached; null where it is not told.
        people: How many that are, or why nothing is told.
        note: What a test could show, and what else bounds the channel.
    """

    name: str
    share: float | None
    people: str
    note: str


@dataclass(frozen=True)
class SegmentReach:
    """A segment with its market and channels, the widest reach first."""

    definition: Definition
    customers: str
    addressable: str
    basis: str
    anywhere: Channel | None
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Reach:
    """All segments by their reach on any channel.

    Attributes:
        rows: Segments with customers, the widest reach first.
        has_consents: Whether consents are mapped; without them nothing may be sent.
        missing: Tables and columns that an older file lacks.
    """

    rows: tuple[SegmentReach, ...]
    has_consents: bool
    missing: tuple[str, ...]

    def share_by_code(self) -> dict[str, float]:
        """Share that any channel reaches, where it is told."""
        return {
            row.definition.code: row.anywhere.share
            for row in self.rows
            if row.anywhere is not None and row.anywhere.share is not None
        }


def load_reach(
    serving: Serving, labels: Mapping[str, Definition], settings: ReportSettings
) -> Reach:
    """Read the reach of each segment; all counts are shared ones already."""
    if missing := serving.lacks({"segments__reach": _COLUMNS}):
        return Reach((), False, missing)
    found: dict[str, list[dict[str, Any]]] = {}
    rows = serving.rows(
        f"select {', '.join(_COLUMNS)} from segments__reach "
        "order by segment_code, channel"
    )
    for values in rows:
        row = dict(zip(_COLUMNS, values, strict=True))
        found.setdefault(row["segment_code"], []).append(row)
    segments = [
        _segment(define(labels, code), channels, settings)
        for code, channels in found.items()
    ]
    order = {code: place for place, code in enumerate(labels)}
    segments.sort(
        key=lambda row: (
            -_share(row.anywhere),
            order.get(row.definition.code, len(order)),
            row.definition.code,
        )
    )
    has_consents = any(
        row["status"] != "no_consents" and row["status"] != "suppressed"
        for channels in found.values()
        for row in channels
    )
    return Reach(tuple(segments), has_consents, ())


def title(found: Reach) -> str:
    """Title of the reach: the segments that are reached most and least."""
    if found.missing:
        return "Whom each channel reaches is not in this file"
    if not found.rows:
        return "There is nobody to reach yet"
    if not found.has_consents:
        return "Nothing may be sent to anybody: no consents are mapped"
    told = [
        row
        for row in found.rows
        if row.anywhere is not None and row.anywhere.share is not None
        if not is_rest(row.definition)
    ]
    if not told:
        return "How many can be reached is withheld in every segment"
    most, least = told[0], told[-1]
    label = quoted(most.definition.label)
    share = share_text(_share(most.anywhere))
    text = f"{share} of {label} can be reached on some channel"
    if len(told) == 1:
        return text
    return (
        f"{text}, {share_text(_share(least.anywhere))} of "
        f"{quoted(least.definition.label)}"
    )


def _segment(
    definition: Definition, rows: list[dict[str, Any]], settings: ReportSettings
) -> SegmentReach:
    channels = {row["channel"]: _channel(row, settings) for row in rows}
    others = [channel for name, channel in channels.items() if name != ANY]
    others.sort(key=lambda channel: (-_share(channel), channel.name))
    customers, addressable = rows[0]["customer_count"], rows[0]["addressable_count"]
    return SegmentReach(
        definition,
        _count(customers, settings),
        "withheld" if addressable is None else count_text(addressable),
        rows[0]["addressable_basis"],
        channels.get(ANY),
        tuple(others),
    )


def _channel(row: Mapping[str, Any], settings: ReportSettings) -> Channel:
    name = "Any channel" if row["channel"] == ANY else spaced(row["channel"])
    bound = settings.smallest_cell
    reasons = {
        "suppressed": f"fewer than {bound} customers",
        "no_consents": "nothing may be sent: no consents are mapped",
        "withheld": f"withheld: fewer than {bound}, or nearly all",
    }
    if row["status"] in reasons:
        return Channel(name, None, reasons[row["status"]], "")
    notes = []
    if row["status"] == "below_platform_minimum":
        minimum = count_text(row["platform_minimum"])
        notes.append(f"too few for any platform, which needs {minimum}")
    if (difference := row["detectable_difference"]) is not None:
        notes.append(_detectable(difference))
    people = f"{count_text(row['reachable_count'])} people"
    return Channel(name, row["reach_rate"], people, "; ".join(notes))


def _detectable(difference: float) -> str:
    if difference >= 1:
        return "too few for a test"
    return f"a test shows {difference * 100:.1f} points or more"


def _count(value: int | None, settings: ReportSettings) -> str:
    if value is None:
        return f"fewer than {settings.smallest_cell}"
    return count_text(value)


def _share(channel: Channel | None) -> float:
    return -1.0 if channel is None or channel.share is None else channel.share
