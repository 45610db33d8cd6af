"""Scores whether planted segments were found: the section `segments`.

Compared is the code that a customer has with the archetype of the person. Only a
customer whose records are of one person counts, and only with a code that says how
they are: who has no orders, no answers or objects to profiling has none. Codes of
clusters are scored apart too; they are one to one with the ids of clusters.
"""

from collections.abc import Sequence
from pathlib import Path

from segmentation.demo.score.clusters import adjusted_rand, count_clusters
from segmentation.demo.score.contestants import MAP
from segmentation.demo.score.people import ONE_PERSON, find_people
from segmentation.demo.score.results import Measure, Section, Value
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

SECTION = "segments"
TRUTH_TABLES = ("records", "persons")
CODES = "int_segments__layer_codes"
SETS = ("behavior", "psychographic")
NO_CODES = ("no_orders", "not_observed", "not_profiled")
MEASURES = tuple(
    Measure(f"{name}{suffix}", f"{name}, {label}")
    for name in SETS
    for suffix, label in (
        ("_adjusted_rand", "adjusted Rand index"),
        ("_customer_count", "customers"),
        ("_code_count", "codes"),
        ("_cluster_adjusted_rand", "adjusted Rand index of clusters"),
        ("_cluster_customer_count", "customers in clusters"),
    )
)
_PEOPLE, _COMPARED, _NOBODY = (
    f"temp.scored_{name}" for name in ("segment_people", "segment_codes", "no_members")
)


def score_segments(warehouse: Warehouse, _rivals: Sequence[Path]) -> Section:
    """Compare codes with archetypes by the adjusted Rand index.

    Args:
        warehouse: A warehouse with the truth.
        _rivals: Not used: they say who is who, and nothing of segments.
    """
    codes, customers = warehouse.built(CODES), warehouse.built(MAP)
    if codes is None or customers is None:
        note = f"Segments are left out: found no table {CODES} in {warehouse.name}."
        return Section(SECTION, {}, MEASURES, {}, (note,))
    warehouse.require_truth(TRUTH_TABLES)
    _prepare(warehouse, codes, customers)
    [(persons, archetypes)] = warehouse.connection.execute(
        "select count(archetype), count(distinct archetype) "
        f"from {TRUTH_SCHEMA}.persons"
    ).fetchall()
    notes = () if archetypes else ("Nobody of this company has an archetype.",)
    values: dict[str, Value] = {}
    for name in SETS:
        values |= _measures(warehouse, name)
    truth = {"persons with an archetype": persons, "archetypes": archetypes}
    return Section(SECTION, truth, MEASURES, {"project": values}, notes)


def _measures(warehouse: Warehouse, name: str) -> dict[str, Value]:
    """Return the measures of a set, by name; null where nobody is compared."""
    values: dict[str, Value] = {}
    for suffix, condition in (("", "true"), ("_cluster", "origin = 'cluster'")):
        warehouse.connection.execute(
            f"""
            create or replace temp table {_COMPARED.removeprefix("temp.")} as
            select
                row_number() over () as record_number,
                'customers' as source_system,
                customer_id as source_customer_id,
                archetype as person_id,
                code as customer_id
            from {_PEOPLE}
            where segment_set = '{name}' and {condition}
            """
        )
        [(count, code_count)] = warehouse.connection.execute(
            f"select count(*), count(distinct customer_id) from {_COMPARED}"
        ).fetchall()
        index = None
        if count:
            counts = count_clusters(warehouse.connection, _COMPARED, _COMPARED, _NOBODY)
            index = adjusted_rand(counts)
        values[f"{name}{suffix}_adjusted_rand"] = index
        values[f"{name}{suffix}_customer_count"] = count
        if not suffix:
            values[f"{name}_code_count"] = code_count
    return values


def _prepare(warehouse: Warehouse, codes: str, customers: str) -> None:
    """Write the code of each set beside the archetype, of who is one person."""
    find_people(warehouse, customers)
    of_sets = " union all ".join(
        f"select customer_id, as_of_date, '{name}' as segment_set, {name} as code, "
        f"{name}_origin as origin from {codes}"
        for name in SETS
    )
    warehouse.connection.execute(
        f"""
        create or replace temp table {_PEOPLE.removeprefix("temp.")} as
        select of_sets.*, persons.archetype
        from ({of_sets}) as of_sets
        inner join {ONE_PERSON} as people using (customer_id)
        inner join {TRUTH_SCHEMA}.persons as persons
            on people.person_id = persons.person_id
        where
            of_sets.as_of_date = (select max(as_of_date) from {codes})
            and of_sets.code not in {NO_CODES}
            and persons.archetype is not null
        """
    )
    warehouse.connection.execute(
        f"create or replace temp table {_NOBODY.removeprefix('temp.')} "
        "(person_id varchar, household_id varchar, is_twin boolean)"
    )
