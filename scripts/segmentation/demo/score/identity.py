"""Scores who was taken for one person: the section `identity`.

Only records that name their person count: a visitor whom no source can name belongs to
nobody. Sizes of customers are sizes among these records.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from segmentation.demo.score.clusters import (
    MEMBERS,
    RECORDS,
    Counts,
    count_clusters,
    harmonic_mean,
    ratio,
)
from segmentation.demo.score.contestants import contestants, count_answers
from segmentation.demo.score.errors import ContestantNamesError, TruthMissingError
from segmentation.demo.score.results import Measure, Section, Value
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

SECTION = "identity"
TRUTH_TABLES = ("records", "persons")
MEASURES = (
    Measure("pairwise_precision", "pairwise precision"),
    Measure("pairwise_recall", "pairwise recall"),
    Measure("pairwise_f1", "pairwise F1"),
    Measure("bcubed_precision", "B-cubed precision"),
    Measure("bcubed_recall", "B-cubed recall"),
    Measure("bcubed_f1", "B-cubed F1"),
    Measure("persons_exact_share", "persons found exactly"),
    Measure("household_members_apart_share", "household members kept apart"),
    Measure("twins_apart_share", "twins kept apart"),
    Measure("customer_count", "customers"),
    Measure("largest_customer_record_count", "records of the largest customer"),
    Measure("missing_record_count", "records without an answer"),
    Measure("unknown_record_count", "answers for unknown records"),
)


def score_identity(warehouse: Warehouse, rivals: Sequence[Path]) -> Section:
    """Compare the project, two baselines and rivals with the truth.

    Args:
        warehouse: A warehouse with the truth.
        rivals: Files with the answers of rivals.

    Raises:
        TruthMissingError: The truth is empty.
        NothingToScoreError: The project has no answer and there are no rivals.
        SegmentationError: A rival's file cannot be used.
    """
    _prepare(warehouse)
    notes: list[str] = []
    answers: dict[str, str] = {}
    for name, answer in contestants(warehouse, rivals, notes):
        if name in answers:
            raise ContestantNamesError(name)
        answers[name] = answer
    counted = {
        name: count_clusters(warehouse.connection, answer)
        for name, answer in answers.items()
    }
    known = next(iter(counted.values()))
    return Section(
        name=SECTION,
        truth={
            "records": known.records,
            "persons": known.persons,
            "records of the largest person": known.largest_person,
            "household members": known.members,
            "twins": known.twins,
        },
        measures=MEASURES,
        values={
            name: {
                **measures(counts),
                "unknown_record_count": count_answers(warehouse, answers[name], "anti"),
            }
            for name, counts in counted.items()
        },
        notes=tuple(notes),
    )


def measures(counts: Counts) -> Mapping[str, Value]:
    """Return the measures of an answer.

    Pairwise: over all pairs of records, precision is the share of the pairs that the
    answer joins which are of one person, recall the share of the pairs of one person
    that it joins (Menestrina, Whang and Garcia-Molina 2010, "Evaluating entity
    resolution results", PVLDB 3). Their number grows with the square of a cluster, so
    large ones decide.

    B-cubed: the same shares seen from each record, of its own customer and its own
    person, itself included, and averaged over the records; F1 is of the averages
    (Bagga and Baldwin 1998, "Algorithms for scoring coreference chains").

    A share of nothing is null: the precision of an answer that joins no pair.
    """
    pairs = (
        ratio(counts.common_pairs, counts.customer_pairs),
        ratio(counts.common_pairs, counts.person_pairs),
    )
    bcubed = (
        ratio(counts.precision_sum, counts.records),
        ratio(counts.recall_sum, counts.records),
    )
    return {
        "pairwise_precision": pairs[0],
        "pairwise_recall": pairs[1],
        # Equal to the harmonic mean, and defined when no pair is joined.
        "pairwise_f1": ratio(
            2 * counts.common_pairs, counts.customer_pairs + counts.person_pairs
        ),
        "bcubed_precision": bcubed[0],
        "bcubed_recall": bcubed[1],
        "bcubed_f1": harmonic_mean(*bcubed),
        "persons_exact_share": ratio(counts.exact, counts.persons),
        "household_members_apart_share": ratio(counts.members_apart, counts.members),
        "twins_apart_share": ratio(counts.twins_apart, counts.twins),
        "customer_count": counts.customers,
        "largest_customer_record_count": counts.largest_customer,
        "missing_record_count": counts.missing,
    }


def _prepare(warehouse: Warehouse) -> None:
    """Write what is compared with: the records that count, and who shares a home."""
    warehouse.connection.execute(
        f"""
        create or replace temp table {RECORDS.removeprefix("temp.")} as
        select
            row_number() over () as record_number,
            source_system,
            source_customer_id,
            person_id
        from {TRUTH_SCHEMA}.records
        where names_somebody and person_id is not null
        """
    )
    if not warehouse.connection.execute(f"select 1 from {RECORDS} limit 1").fetchall():
        raise TruthMissingError(warehouse.name, ["record that names somebody"])
    warehouse.connection.execute(
        f"""
        create or replace temp table {MEMBERS.removeprefix("temp.")} as
        select
            persons.person_id,
            persons.household_id,
            coalesce(persons.is_twin, false) as is_twin
        from {TRUTH_SCHEMA}.persons as persons
        where
            persons.household_id is not null
            and persons.person_id in (select person_id from {RECORDS})
        qualify count(*) over (partition by persons.household_id) > 1
        """
    )
