"""Scores what is said of each customer's tastes: the section `tastes`.

Compared are features at the last date with what was planted in the person. Only
customers who are one person count, and only with a feature that is known.
"""

from collections.abc import Sequence
from pathlib import Path

from segmentation.demo.score.contestants import MAP
from segmentation.demo.score.people import ONE_PERSON, find_people
from segmentation.demo.score.ranks import rank_correlation
from segmentation.demo.score.results import Measure, Section, Value
from segmentation.demo.score.value import FEATURES
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

SECTION = "tastes"
TRUTH_TABLES = ("records", "persons")
TRAITS = (
    *("price_consciousness", "quality_focus", "brand_consciousness"),
    *("novelty_seeking", "convenience", "sustainability"),
)
# Feature, and the expression that is true where it is right.
_RIGHT = {
    "affinity_category": "affinity_category = affinity",
    "top_category": "top_category = affinity",
    # Of a clock: 23 is two hours before 1.
    "usual_hour": (
        "least(abs(features.usual_hour - persons.usual_hour), "
        "24 - abs(features.usual_hour - persons.usual_hour)) <= 2"
    ),
}
_LABELS = {
    "affinity_category": "affinity is the taste",
    "top_category": "top category is the taste",
    "usual_hour": "usual hour within two hours",
}
MEASURES = (
    *(
        Measure(f"{name}_{kind}", f"{_LABELS[name]}, {label}")
        for name in _RIGHT
        for kind, label in (("share", "share"), ("customer_count", "customers"))
    ),
    *(
        Measure(
            f"{name}_rank_correlation", f"{name.replace('_', ' ')}, rank correlation"
        )
        for name in TRAITS
    ),
)


def score_tastes(warehouse: Warehouse, _rivals: Sequence[Path]) -> Section:
    """Compare features with what was planted in each person.

    Args:
        warehouse: A warehouse with the truth.
        _rivals: Not used: they say who is who, and nothing of tastes.
    """
    features, customers = warehouse.built(FEATURES), warehouse.built(MAP)
    if features is None or customers is None:
        note = f"Tastes are left out: found no table {FEATURES} in {warehouse.name}."
        return Section(SECTION, {}, MEASURES, {}, (note,))
    warehouse.require_truth(TRUTH_TABLES)
    find_people(warehouse, customers)
    compared = (
        f"from {features} as features inner join {ONE_PERSON} as people "
        f"using (customer_id) inner join {TRUTH_SCHEMA}.persons as persons "
        f"using (person_id) where as_of_date = (select max(as_of_date) from {features})"
    )
    values: dict[str, Value] = {}
    for name, is_right in _RIGHT.items():
        [(count, share)] = warehouse.connection.execute(
            f"select count(*), avg(case when {is_right} then 1 else 0 end) {compared} "
            f"and features.{name} is not null"
        ).fetchall()
        values |= {f"{name}_share": share, f"{name}_customer_count": count}
    for name in TRAITS:
        _, values[f"{name}_rank_correlation"] = rank_correlation(
            warehouse.connection,
            f"select features.{name} as found, persons.{name} as truth {compared}",
        )
    [(persons,)] = warehouse.connection.execute(
        f"select count(*) from {TRUTH_SCHEMA}.persons"
    ).fetchall()
    return Section(SECTION, {"persons": persons}, MEASURES, {"project": values})
