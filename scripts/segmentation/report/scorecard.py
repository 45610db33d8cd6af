"""Which segments deserve investment, by the served scorecard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentation.report import scorecard_words as words
from segmentation.report.numbers import listed, plural, quoted, share_text, spaced
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.sizes import define

_COLUMNS = (
    "segment_code",
    "size_verdict",
    "size_bound_name",
    "access_verdict",
    "distinctness_verdict",
    "nearest_segment",
    "distinct_outcome",
    "stability_verdict",
    "recommendation",
    "rank_factor",
    "rank_rival",
    "ceiling_basis",
    "service_tier",
    "customer_count",
    "size_bound",
    "attractiveness_rank",
    "distinct_difference",
    "distinct_lower_bound",
    "stability_kappa",
    "stay_rate",
    "attractiveness",
    "missing_weight",
    "rank_weight_change",
    "spend_ceiling_amount",
    "least_reach_share",
)
_FACTOR_COLUMNS = (
    "segment_code",
    "factor",
    "evidence",
    "score",
    "weight",
    "effective_weight",
    "is_known",
)


@dataclass(frozen=True)
class Factor:
    """One reason for a rank; the score is null where there is no evidence."""

    name: str
    score: float | None
    words: str
    evidence: str


@dataclass(frozen=True)
class Judged:
    """A segment as the scorecard judges it, in words.

    Attributes:
        definition: The segment.
        rank: Its place by attractiveness; null where nothing ranks it.
        attractiveness: Weighted mean of its factors in words.
        advice: What the scorecard recommends.
        reason: Why it does.
        verdicts: On size, access, distinctness and stability.
        factors: What its rank is made of, the heaviest first.
        missing: Which weight the others share; empty when nothing is missing.
        fragility: How little would change its rank.
        ceiling: Most to spend on one of its customers, with its basis.
        service_tier: How most of its customers are served.
    """

    definition: Definition
    rank: int | None
    attractiveness: str
    advice: str
    reason: str
    verdicts: tuple[words.Verdict, ...]
    factors: tuple[Factor, ...]
    missing: str
    fragility: str
    ceiling: str
    service_tier: str


@dataclass(frozen=True)
class Scorecard:
    """All segments by rank, and what an older file lacks."""

    rows: tuple[Judged, ...]
    missing: tuple[str, ...]


def load_scorecard(
    serving: Serving, labels: Mapping[str, Definition], reach: Mapping[str, float]
) -> Scorecard:
    """Read the scorecard; its figures are shared ones already.

    Args:
        serving: Open served file.
        labels: Definitions of the primary segments.
        reach: Share of customers that any channel reaches, by code.
    """
    needed = {
        "segments__scorecard": _COLUMNS,
        "segments__scorecard_factors": _FACTOR_COLUMNS,
    }
    if missing := serving.lacks(needed):
        return Scorecard((), missing)
    factors: dict[str, list[Factor]] = {}
    for values in serving.rows(
        f"select {', '.join(_FACTOR_COLUMNS)} from segments__scorecard_factors "
        "order by segment_code, weight desc, factor"
    ):
        row = dict(zip(_FACTOR_COLUMNS, values, strict=True))
        factors.setdefault(row["segment_code"], []).append(_factor(row))
    rows = [
        dict(zip(_COLUMNS, values, strict=True))
        for values in serving.rows(
            f"select {', '.join(_COLUMNS)} from segments__scorecard "
            "order by attractiveness_rank nulls last, segment_code"
        )
    ]
    ranked = sum(row["attractiveness_rank"] is not None for row in rows)
    return Scorecard(
        tuple(
            _judged(row, labels, factors.get(row["segment_code"], []), reach, ranked)
            for row in rows
        ),
        (),
    )


def title(found: Scorecard) -> str:
    """Title of the scorecard: who deserves investment."""
    if found.missing:
        return "Which segments deserve investment is not in this file"
    if not found.rows:
        return "There is no segment to judge yet"
    best = [
        quoted(row.definition.label) for row in found.rows if row.advice == "Invest"
    ]
    of = plural(len(found.rows), "segment")
    if not best:
        return f"None of {of} deserves investment on what is known"
    verb = "deserves" if len(best) == 1 else "deserve"
    return f"{len(best)} of {of} {verb} investment: {listed(best)}"


def _judged(
    row: Mapping[str, Any],
    labels: Mapping[str, Definition],
    factors: list[Factor],
    reach: Mapping[str, float],
    ranked: int,
) -> Judged:
    def name(code: str | None) -> str | None:
        return quoted(define(labels, code).label) if code else None

    nearest, rival = name(row["nearest_segment"]), name(row["rank_rival"])
    absent = [spaced(factor.name) for factor in factors if factor.score is None]
    score = row["attractiveness"]
    return Judged(
        definition=define(labels, row["segment_code"]),
        rank=row["attractiveness_rank"],
        attractiveness="" if score is None else f"{score:.2f} of 1",
        advice=words.advice(row["recommendation"], nearest),
        reason=words.reason(row, ranked),
        verdicts=words.verdicts(row, nearest, reach.get(row["segment_code"])),
        factors=tuple(factors),
        missing=words.missing(absent, row["missing_weight"]),
        fragility=words.fragility(row, rival),
        ceiling=words.ceiling(row["spend_ceiling_amount"], row["ceiling_basis"]),
        service_tier=spaced(row["service_tier"] or "not known"),
    )


def _factor(row: Mapping[str, Any]) -> Factor:
    if not row["is_known"] or row["score"] is None:
        text = f"missing, {share_text(row['weight'])} shared out"
        return Factor(spaced(row["factor"]), None, text, row["evidence"])
    text = f"{row['score']:.2f}, weighs {share_text(row['effective_weight'])}"
    return Factor(spaced(row["factor"]), row["score"], text, row["evidence"])
