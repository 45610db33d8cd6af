"""Scores whether planted changes were noticed: the section `changes`.

Planted are a quarter in which demand drifts, and two mailings of which the second has
fewer clicks although every group clicks more. In a company without them whatever is
noticed is a false alarm.
"""

from collections.abc import Sequence
from pathlib import Path

from segmentation.demo.score.results import Measure, Section, Value
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

SECTION = "changes"
TRUTH_TABLES = ("planted",)
DRIFT, CAMPAIGNS = "measurement__drift", "measurement__campaign_changes"
# The second of the two mailings.
REVERSAL = "202"
MEASURES = (
    Measure("drift_planted", "drift planted, yes or no"),
    Measure("drift_judged_count", "drift, judged"),
    Measure("drift_alarm_count", "drift, alarms"),
    Measure("reversal_planted", "reversal planted, yes or no"),
    Measure("reversal_found", "reversal found where planted"),
    Measure("other_reversal_count", "reversals found elsewhere"),
)


def score_changes(warehouse: Warehouse, _rivals: Sequence[Path]) -> Section:
    """Count alarms of drift and reversals beside what was planted.

    Args:
        warehouse: A warehouse with the truth.
        _rivals: Not used: they say who is who, and nothing of changes.
    """
    drift, campaigns = warehouse.built(DRIFT), warehouse.built(CAMPAIGNS)
    if drift is None or campaigns is None:
        absent = DRIFT if drift is None else CAMPAIGNS
        note = f"Changes are left out: found no table {absent} in {warehouse.name}."
        return Section(SECTION, {}, MEASURES, {}, (note,))
    warehouse.require_truth(TRUTH_TABLES)
    connection = warehouse.connection
    [(drifts, reversals)] = connection.execute(
        "select count(*) filter (where quantity = 'drift_of_demand' and value <> 1), "
        "count(*) filter (where quantity = 'reversal_click') "
        f"from {TRUTH_SCHEMA}.planted"
    ).fetchall()
    [(judged, alarms)] = connection.execute(
        "select count(*) filter (where is_alarm is not null), "
        f"count(*) filter (where is_alarm) from {drift}"
    ).fetchall()
    flagged = connection.execute(
        f"select distinct campaign_id from {campaigns} where is_reversal"
    ).fetchall()
    found = sum(campaign == REVERSAL for (campaign,) in flagged)
    values: dict[str, Value] = {
        "drift_planted": int(drifts > 0),
        "drift_judged_count": judged,
        "drift_alarm_count": alarms,
        "reversal_planted": int(reversals > 0),
        "reversal_found": found,
        "other_reversal_count": len(flagged) - found,
    }
    truth = {"planted changes": int(drifts > 0) + int(reversals > 0)}
    return Section(SECTION, truth, MEASURES, {"project": values})
