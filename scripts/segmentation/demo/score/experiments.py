"""Scores what randomised mailings are said to bring: the section `experiments`.

Compared are the differences in the share who ordered, of all people of an experiment,
with the probabilities that were planted in them. A planted order adds to the share only
where the person would not have ordered anyway.
"""

from collections.abc import Sequence
from pathlib import Path

from segmentation.demo.score.results import Measure, Section, Value
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

SECTION = "experiments"
TRUTH_TABLES = ("campaign_outcomes",)
RESULTS = "int_measurement__experiment_estimates"
MEASURES = (
    Measure("contrast_count", "contrasts of two arms"),
    Measure("covered_share", "planted difference within the interval"),
    Measure("mean_error", "mean of found less planted"),
    Measure("mean_width", "mean width of the interval"),
    Measure("planted_mean", "mean of the planted differences"),
    Measure("seen_share", "difference seen"),
    Measure("wrong_sign_count", "difference seen on the wrong side"),
)
_PLANTED = {
    "segmented": "uplift_segmented",
    "generic": "uplift_generic",
    "no_contact": "0",
}


def score_experiments(warehouse: Warehouse, _rivals: Sequence[Path]) -> Section:
    """Compare differences between arms with those that were planted.

    Args:
        warehouse: A warehouse with the truth.
        _rivals: Not used: they say who is who, and nothing of experiments.
    """
    results = warehouse.built(RESULTS)
    if results is None:
        note = (
            f"Experiments are left out: found no table {RESULTS} in {warehouse.name}."
        )
        return Section(SECTION, {}, MEASURES, {}, (note,))
    warehouse.require_truth(TRUTH_TABLES)
    planted = ", ".join(
        f"avg({column}) as {arm}_added" for arm, column in _PLANTED.items()
    )

    def added(side: str) -> str:
        arms = " ".join(f"when '{arm}' then {arm}_added" for arm in _PLANTED)
        return f"case {side} {arms} end"

    [row] = warehouse.connection.execute(
        f"""
        with campaigns as (
            select cast(campaign_id as varchar) as campaign_id, {planted}
            from {TRUTH_SCHEMA}.campaign_outcomes
            where arm is not null
            group by campaign_id
        ),

        found as (
            select * from {results}
            where metric = 'ordered' and shown_segment = 'all'
        ),

        -- Who would have ordered without a message.
        base as (
            select avg(other_arm_mean) as share from found
            where other_arm = 'no_contact'
        ),

        compared as (
            select
                found.*,
                ({added("found.arm")} - {added("found.other_arm")})
                * (1 - coalesce(base.share, 0)) as planted
            from found
            inner join campaigns
                on campaigns.campaign_id = split_part(found.experiment_code, '/', 2)
            cross join base
            where found.adjusted_low is not null
        )

        select
            count(*),
            avg(case when planted between adjusted_low and adjusted_high then 1 else 0
                end),
            avg(adjusted_effect - planted),
            avg(adjusted_high - adjusted_low),
            avg(planted),
            avg(case when is_different then 1 else 0 end),
            count(*) filter (where is_different and adjusted_effect * planted <= 0)
        from compared
        """
    ).fetchall()
    values: dict[str, Value] = dict(
        zip((measure.name for measure in MEASURES), row, strict=True)
    )
    [(people,)] = warehouse.connection.execute(
        f"select count(*) from {TRUTH_SCHEMA}.campaign_outcomes where arm is not null"
    ).fetchall()
    return Section(SECTION, {"assignments": people}, MEASURES, {"project": values})
