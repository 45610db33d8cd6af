"""Measures what behaviour adds to the value tier: what is bought, and who responds."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add

from segmentation.train.power.additive import both_of, first_of
from segmentation.train.power.origins import Origin, Period
from segmentation.train.power.outcomes import (
    OUTCOME_TABLES,
    find_categories,
    has_clicks,
    has_pairs,
    sum_categories,
    sum_clicks,
    sum_responses,
)
from segmentation.train.power.panel import Panel
from segmentation.train.power.results import Addition, Estimate
from segmentation.train.power.variance import Draws, Sums, by_nothing, judge

MIN_PEOPLE = 200
# Sums to learn from and sums to judge.
Pair = tuple[Sums, Sums]
Reader = Callable[[Origin], Pair]


def measure_additions(
    panel: Panel, origins: Sequence[Origin], draws: Draws
) -> tuple[Addition, ...]:
    """Measure the outcomes that this panel can show.

    Args:
        panel: Where to read; the served file shows clicks only.
        origins: Dates to judge at.
        draws: Which customers.
    """
    if not origins or not has_pairs(panel):
        return ()

    def categories(origin: Origin) -> Pair:
        # Told apart by what sold before the origin.
        names = find_categories(panel, origin.learned)
        learned = sum_categories(panel, origin.learned, names)
        return learned, sum_categories(panel, origin.judged, names)

    def each(read: Callable[[Panel, Period], Sums]) -> Reader:
        return lambda origin: (read(panel, origin.learned), read(panel, origin.judged))

    readers: dict[str, Reader] = {}
    if all(table in panel.relations for table in OUTCOME_TABLES):
        readers["categories bought"] = categories
        readers["campaign response"] = each(sum_responses)
    if has_clicks(panel):
        readers["message clicks"] = each(sum_clicks)
    return tuple(
        compare_addition(name, [read(origin) for origin in origins], draws)
        for name, read in readers.items()
    )


def compare_addition(name: str, found: Sequence[Pair], draws: Draws) -> Addition:
    """Judge tier and behaviour together against the tier alone.

    Args:
        name: The outcome, in words.
        found: Sums to learn from and to judge, one pair per origin; codes are pairs of
            tier and behaviour.
        draws: Which customers.
    """
    people = tuple(judged.people for _, judged in found)
    partial, tier = [], []
    by_origin: list[Estimate | None] = []
    for learned, judged in found:
        if min(learned.people, judged.people) < MIN_PEOPLE:
            by_origin.append(None)
            continue
        codes = tuple(sorted({*learned.codes, *judged.codes}, key=str))
        before = draws.sample(learned.arranged(codes))
        after = draws.sample(judged.arranged(codes))
        partial.append(judge(before, after, both_of(codes), first_of(codes)))
        tier.append(judge(before, after, first_of(codes), by_nothing))
        by_origin.append(Estimate.of_draws(partial[-1].explained))
    overall = Estimate.of_draws(reduce(add, partial).explained) if partial else None
    explained = Estimate.of_draws(reduce(add, tier).explained) if tier else None
    reason = ""
    if overall is None:
        reason = "all did the same" if partial else f"under {MIN_PEOPLE} people"
    return Addition(name, people, tuple(by_origin), explained, overall, reason)
