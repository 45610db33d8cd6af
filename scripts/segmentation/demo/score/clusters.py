"""Compares two ways to put records into clusters: an answer and the truth.

Everything is computed from the cells of the contingency table, the number of records
that a person and a customer share (Hubert and Arabie 1985, "Comparing partitions").
There are never more cells than records, whatever the sizes of the clusters.
"""

from dataclasses import dataclass

import duckdb

# Compared records: record_number, source_system, source_customer_id, person_id.
RECORDS = "temp.scored_records"
# Persons with another member of their household among them: household_id, is_twin.
MEMBERS = "temp.scored_members"

_COUNTS = """
with answers as (

    select source_system, source_customer_id, customer_id
    from {answer}
    where customer_id is not null

),

-- A record without an answer is a cluster of its own.
assigned as (

    select
        records.person_id,
        answers.customer_id is null as is_missing,
        case
            when answers.customer_id is null
                then concat('record ', records.record_number)
            else concat('customer ', answers.customer_id)
        end as customer
    from {records} as records
    left join answers
        on
            records.source_system = answers.source_system
            and records.source_customer_id = answers.source_customer_id

),

cells as materialized (

    select
        person_id,
        customer,
        count(*) as shared,
        count(*) filter (where is_missing) as missing
    from assigned
    group by person_id, customer

),

customers as materialized (

    select customer, cast(sum(shared) as bigint) as size from cells group by customer

),

persons as materialized (

    select person_id, cast(sum(shared) as bigint) as size from cells group by person_id

),

compared as (

    select
        cells.shared,
        cells.missing,
        customers.size as customer_size,
        persons.size as person_size
    from cells
    inner join customers on cells.customer = customers.customer
    inner join persons on cells.person_id = persons.person_id

),

neighbours as (

    select
        members.person_id,
        members.is_twin,
        count(*) over (
            partition by cells.customer, members.household_id
        ) as person_count
    from cells
    inner join {members} as members on cells.person_id = members.person_id

),

households as (

    select person_id, is_twin, max(person_count) = 1 as is_apart
    from neighbours
    group by person_id, is_twin

)

select
    (select count(*) from persons),
    (select max(size) from persons),
    (select sum(size * (size - 1)) from persons),
    (select count(*) from customers),
    (select max(size) from customers),
    (select sum(size * (size - 1)) from customers),
    (select count(*) from households),
    (select count(*) from households where is_apart),
    (select count(*) from households where is_twin),
    (select count(*) from households where is_twin and is_apart),
    sum(shared),
    sum(missing),
    sum(shared * (shared - 1)),
    count(*) filter (where shared = customer_size and shared = person_size),
    sum(shared * shared / customer_size),
    sum(shared * shared / person_size)
from compared
"""


@dataclass(frozen=True)
class Counts:
    """What the measures are made of. A pair is ordered: (a, b) and (b, a) are two.

    Attributes:
        persons: Persons.
        largest_person: Records of the person with most.
        person_pairs: Pairs of records of one person.
        customers: Customers of the answer.
        largest_customer: Records of the customer with most.
        customer_pairs: Pairs of records of one customer.
        members: Persons with another member of their household among the persons.
        members_apart: Those without a customer in common with another member.
        twins: Members who are twins.
        twins_apart: Twins without a customer in common with another member.
        records: Records.
        missing: Records without an answer, each a customer of its own.
        common_pairs: Pairs of records of one person and of one customer.
        exact: Persons with all their records, and no other, in one customer.
        precision_sum: Sum over records of the share of its customer's records that
            are of its person.
        recall_sum: Sum over records of the share of its person's records that are of
            its customer.
    """

    persons: int
    largest_person: int
    person_pairs: int
    customers: int
    largest_customer: int
    customer_pairs: int
    members: int
    members_apart: int
    twins: int
    twins_apart: int
    records: int
    missing: int
    common_pairs: int
    exact: int
    precision_sum: float
    recall_sum: float


def count_clusters(
    connection: duckdb.DuckDBPyConnection,
    answer: str,
    records: str = RECORDS,
    members: str = MEMBERS,
) -> Counts:
    """Compare an answer with the truth.

    Args:
        connection: Open connection with these tables, at least one record.
        answer: SQL name of a relation with source_system, source_customer_id and
            customer_id, one row per record; records that are not compared are ignored.
        records: SQL name of the compared records, with the columns of `RECORDS`.
        members: SQL name of persons with households, with the columns of `MEMBERS`.
    """
    [row] = connection.execute(
        _COUNTS.format(answer=answer, records=records, members=members)
    ).fetchall()
    return Counts(*row)


def ratio(part: float, whole: float) -> float | None:
    """Return the share; null when there is nothing to have a share of."""
    return part / whole if whole else None


def adjusted_rand(counts: Counts) -> float | None:
    """Return how far two partitions agree beyond chance; 1 is equal, 0 is chance.

    The corrected index of Hubert and Arabie (1985, equation 5), of ordered pairs. Null
    where both are one group, or both are all apart, and chance agrees too.
    """
    if counts.records < 2:
        return None
    pairs = counts.records * (counts.records - 1)
    expected = counts.person_pairs * counts.customer_pairs / pairs
    most = (counts.person_pairs + counts.customer_pairs) / 2
    return ratio(counts.common_pairs - expected, most - expected)


def harmonic_mean(first: float | None, second: float | None) -> float | None:
    """Return F1 of precision and recall; null when one is, 0 when both are 0."""
    if first is None or second is None:
        return None
    return 2 * first * second / (first + second) if first + second else 0.0
