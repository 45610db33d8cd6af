"""Takes people out of recorded tables, which no build computes again, and seals them.

Of a forecast the hash stays, so that the root of its quarter does. Memberships are
sealed anew, with the time of the erasure: of one release and subject the last seal
counts, and the earlier one stays on record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segmentation.erase import traces
from segmentation.erase.built import Built
from segmentation.erase.plan import Plan
from segmentation.warehouse_tables import Query

# What a forecast says of a customer; the hash of it and the release stay.
_FORESEEN = (
    "customer_id",
    "primary_segment",
    "value_tier",
    "value_version",
    "order_probability",
    "expected_orders",
    "orders_variance",
    "expected_revenue",
    "revenue_variance",
)
# Of a seal whose rows are all gone.
NOTHING = "nothing is left"
_IDS = f"(select value from {traces.IDS})"


@dataclass(frozen=True)
class Reseal:
    """Rows that were sealed anew.

    Attributes:
        run_id: Release that said them.
        subject: Date they are for.
        before: Hash of the rows before.
        after: Hash of those that are left.
    """

    run_id: str
    subject: str
    before: str
    after: str


def recorded_tables(built: Built) -> set[str]:
    """Return the quoted names of the tables that have rules here."""
    return {built.relation(name) for name in RULES if built.has(name)}


def resealed(query: Query, built: Built, plan: Plan) -> tuple[Reseal, ...]:
    """List what an erasure sealed anew, as the table of seals has it."""
    rows = query(
        "with ranked as (select *, lag(content) over (partition by run_id, kind, "
        "subject order by sealed_at) as content_before "
        f"from {built.relation('measurement__seals')}) "
        "select run_id, subject, content_before, content from ranked "
        "where sealed_at = ? and content_before is not null order by run_id, subject",
        plan.erased_at,
    )
    return tuple(Reseal(*map(str, row)) for row in rows)


def purge_recorded(query: Query, built: Built, plan: Plan) -> None:
    """Apply the rule of each recorded table, and seal anew what it concerns."""
    held = _holding(query, built)
    for name, rule in RULES.items():
        if built.has(name) and rule is not None:
            rule(query, built, built.relation(name))
    _seal_anew(query, built, plan, held)


def _changes(query: Query, _: Built, table: str) -> None:
    query(f"delete from {table} where {traces.IS_THEIRS}")
    for end in ("linked", "other"):
        query(
            f"update {table} set {end}_source_system = null, "
            f"{end}_source_customer_id = null where ({end}_source_system, "
            f"{end}_source_customer_id) in (select * from {traces.RECORDS})"
        )
    # Somebody who was theirs once and is another customer today.
    query(
        f"update {table} set previous_customer_id = null "
        f"where previous_customer_id in {_IDS}"
    )


def _memberships(query: Query, built: Built, table: str) -> None:
    """Remove memberships, and take them off the counts of their releases."""
    releases = built.relation("measurement__releases")
    dates = built.relation("measurement__published_dates")
    query(
        f"update {dates} as dates set customer_count = customer_count - coalesce(("
        "select sum(case said.change_type when 'added' then 1 when 'removed' then -1 "
        f"else 0 end) from {table} as said inner join {releases} as releases "
        "on releases.run_id = dates.run_id "
        "and said.released_at <= releases.released_at "
        "and said.as_of_date is not distinct from "
        "(case when dates.as_of_date <> releases.as_of_date then dates.as_of_date end) "
        f"where said.customer_id in {_IDS}), 0)"
    )
    query(f"delete from {table} where customer_id in {_IDS}")


def _forecasts(query: Query, _: Built, table: str) -> None:
    empty = ", ".join(f"{name} = null" for name in _FORESEEN)
    query(f"update {table} set {empty} where customer_id in {_IDS}")


def _assignments(query: Query, _: Built, table: str) -> None:
    query(f"delete from {table} where customer_id in {_IDS}")


def _released_changes(query: Query, _: Built, table: str) -> None:
    query(f"delete from {table} where member_hash in {_IDS}")


# Every recorded table; null where a row is about nobody.
Rule = Callable[[Query, Built, str], None]
RULES: Mapping[str, Rule | None] = {
    "input__tombstones": None,
    "identity__changes": _changes,
    "activation__experiment_assignments": _assignments,
    "activation__released_changes": _released_changes,
    "measurement__published_memberships": _memberships,
    "measurement__published_dates": None,
    "measurement__forecasts": _forecasts,
    "measurement__releases": None,
    "measurement__release_sources": None,
    "measurement__rollbacks": None,
    "measurement__seals": None,
}


def _holding(query: Query, built: Built) -> dict[tuple[str, str], tuple[str, str]]:
    """Return dataset and content of each last seal of memberships that holds."""
    content = built.relation("int_measurement__sealed_content")
    rows = query(
        "with ranked as (select seals.*, row_number() over (partition by run_id, kind, "
        "subject order by sealed_at desc) as recency_rank "
        f"from {built.relation('measurement__seals')} as seals) "
        "select ranked.run_id, ranked.subject, ranked.dataset, ranked.content "
        f"from ranked inner join {content} as found on ranked.run_id = found.run_id "
        "and ranked.kind = found.kind and ranked.subject = found.subject "
        "and ranked.content = found.content "
        "where ranked.recency_rank = 1 and ranked.kind = 'memberships'"
    )
    return {(str(r), str(s)): (str(dataset), str(c)) for r, s, dataset, c in rows}


def _seal_anew(
    query: Query,
    built: Built,
    plan: Plan,
    held: Mapping[tuple[str, str], tuple[str, str]],
) -> None:
    """Seal what is left of rows whose seal held; a broken one stays broken."""
    left = {
        (str(run_id), str(subject)): (str(content), int(row_count))
        for run_id, subject, content, row_count in query(
            "select run_id, subject, content, row_count from "
            f"{built.relation('int_measurement__sealed_content')} "
            "where kind = 'memberships'"
        )
    }
    for (run_id, subject), (dataset, before) in sorted(held.items()):
        after, row_count = left.get((run_id, subject), (NOTHING, 0))
        if after != before:
            query(
                f"insert into {built.relation('measurement__seals')} (run_id, dataset, "
                "kind, subject, content, row_count, sealed_at) "
                "values (?, ?, 'memberships', ?, ?, ?, ?)",
                *(run_id, dataset, subject, after, row_count, plan.erased_at),
            )
