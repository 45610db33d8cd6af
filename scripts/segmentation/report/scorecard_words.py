"""The scorecard's verdicts in words, each with the bound that decided."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentation.report.numbers import (
    count_text,
    listed,
    money_text,
    share_text,
    spaced,
)
from segmentation.report.settings import DEFAULTS

Tone = Literal["good", "poor", "unknown"]
_GOOD = {"viable", "reachable", "distinct", "stable"}
_SIZE_BOUNDS = {
    "least_customers": "the least number that is worth acting on",
    "least_share": "the least share of all customers",
    "detectable_difference": "as many as a test needs to show a difference",
    "most_share": "the largest share that still says something",
}
_ADVICE = {
    "collect": "Collect the missing data",
    "split": "Split it",
    "ask_consent": "Ask for consent",
    "invest": "Invest",
    "maintain": "Maintain",
    "observe": "Observe",
}


@dataclass(frozen=True)
class Verdict:
    """One verdict: what on, in a word, and what decided."""

    subject: str
    word: str
    tone: Tone
    bound: str


def verdicts(
    row: Mapping[str, Any], nearest: str | None, reach: float | None
) -> tuple[Verdict, ...]:
    """Put the four verdicts of a row of the scorecard into words.

    Args:
        row: Row of `segments__scorecard` by column.
        nearest: Quoted label of its nearest neighbour.
        reach: Share of its customers that any channel reaches, where it is told.
    """
    return (
        _verdict("Size", row["size_verdict"], _size(row)),
        _verdict("Access", row["access_verdict"], _access(row, reach)),
        _verdict(
            "Distinctness", row["distinctness_verdict"], _distinctness(row, nearest)
        ),
        _verdict("Stability", row["stability_verdict"], _stability(row)),
    )


def advice(code: str, nearest: str | None) -> str:
    """What the scorecard recommends."""
    if code == "merge":
        return f"Merge with {nearest or 'another segment'}"
    return _ADVICE.get(code, spaced(code).capitalize())


def reason(row: Mapping[str, Any], ranked: int) -> str:
    """Why it recommends that: the first of its rules that applied."""
    rank = row["attractiveness_rank"]
    small = row["size_verdict"] == "too_small"
    place = "nothing ranks it" if rank is None else f"rank {rank} of {ranked}"
    absent = row["missing_weight"] or 0
    known = f", on {share_text(1 - absent)} of the weight" if absent > 0 else ""
    reasons = {
        "collect": "its rule asks for what nobody's data say",
        "split": "it is too large to say anything of its own",
        "merge": "it is too small to act on and to test"
        if small
        else "its customers do not behave differently later",
        "ask_consent": "hardly anybody in it can be reached on any channel",
        "invest": f"{place}, in the more attractive half{known}",
        "maintain": f"{place}, in the less attractive half{known}",
        "observe": "nobody is in it" if rank is not None else place,
    }
    return reasons.get(row["recommendation"], place)


def missing(names: list[str], weight: float | None) -> str:
    """Which factors have no evidence; empty where all have."""
    if not names:
        return ""
    return (
        f"No evidence of {listed(names)}: {share_text(weight)} of the weight, which "
        "the others share."
    )


def fragility(row: Mapping[str, Any], rival: str | None) -> str:
    """How far a weight has to move before the rank changes."""
    if row["attractiveness_rank"] is None:
        return "It has no rank."
    change = row["rank_weight_change"]
    if change is None or rival is None:
        return "No weight alone, however far it moves, changes its rank."
    verb = "rises" if change > 0 else "falls"
    by = f"{abs(change):.2f}" if abs(change) >= 0.005 else "less than 0.01"
    factor = spaced(row["rank_factor"] or "")
    return f"Changes places with {rival} if the weight of {factor} {verb} by {by}."


def ceiling(amount: float | None, basis: str) -> str:
    """Most that may be spent on one customer; never rounded up."""
    if amount is None:
        return f"none: {basis}"
    units = math.floor(amount)
    text = (
        money_text(units) if units >= 100 else f"{math.floor(amount * 100) / 100:.2f}"
    )
    return f"{text} per customer, from the {basis}"


def _verdict(subject: str, word: str, bound: str) -> Verdict:
    tone: Tone = "good" if word in _GOOD else "poor"
    if word == "not_evaluable":
        return Verdict(subject, "cannot be judged", "unknown", bound)
    return Verdict(subject, spaced(word), tone, bound)


def _size(row: Mapping[str, Any]) -> str:
    if row["size_verdict"] == "not_evaluable" or row["size_bound"] is None:
        return "There are too few buyers, or days of data, to judge a size."
    count = row["customer_count"]
    people = (
        f"Fewer than {DEFAULTS.smallest_cell} customers"
        if count is None
        else f"{count_text(count)} customers"
    )
    is_large = row["size_verdict"] == "too_large"
    needed = "at most {} are allowed" if is_large else "at least {} are needed"
    why = _SIZE_BOUNDS.get(row["size_bound_name"], spaced(row["size_bound_name"] or ""))
    return f"{people}; {needed.format(count_text(row['size_bound']))}, {why}."


def _access(row: Mapping[str, Any], reach: float | None) -> str:
    verdict = row["access_verdict"]
    if verdict == "not_evaluable":
        return "No consents are mapped, so nobody can be counted as reachable."
    if verdict == "theoretical":
        return "Its rule asks for what nobody's data say."
    share = "A share that is withheld" if reach is None else share_text(reach)
    side = "below" if verdict == "unreachable" else "not below"
    return (
        f"{share} can be reached on some channel, {side} the "
        f"{share_text(row['least_reach_share'])} that count as reachable."
    )


def _distinctness(row: Mapping[str, Any], nearest: str | None) -> str:
    verdict, size = row["distinctness_verdict"], row["distinct_difference"]
    if verdict == "not_evaluable" or size is None:
        return "Too few customers to compare, or outcomes that training has seen."
    low = row["distinct_lower_bound"]
    outcome = spaced(row["distinct_outcome"] or "")
    text = (
        f"Nearest is {nearest}; the surest difference later is in {outcome}: "
        f"{abs(size):.2f} standard deviations"
    )
    if low is not None:
        text += f", at least {low:.2f}" if low > 0 else ", or nothing"
    after = {
        "value_only": ", but not among customers of one value tier",
        "indistinct": ", less than 0.20 with 0.10 for sure",
    }
    return f"{text}{after.get(verdict, '')}."


def _stability(row: Mapping[str, Any]) -> str:
    kappa = row["stability_kappa"]
    if row["stability_verdict"] == "not_evaluable" or kappa is None:
        return "Too few customers a month ago, or no month to compare with."
    side = "below" if row["stability_verdict"] == "transitional" else "not below"
    text = f"Agreement with a month ago is {kappa:.2f} beyond chance, {side} 0.20"
    if row["stay_rate"] is None:
        return f"{text}."
    return f"{text}; {share_text(row['stay_rate'])} stayed."
