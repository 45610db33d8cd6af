"""Who objects to profiling by all that is known today, not by what a past day knew."""

from segmentation.warehouse_tables import Query

# When an objection stands, the model int_features__population says in the same words.
_STANDING = """
    with statements as (
        select
            map.customer_id, consents.channel, consents.is_granted, consents.changed_at
        from {consents} as consents
        inner join {customer_map} as map
            on consents.source_system = map.source_system
            and consents.source_customer_id = map.source_customer_id
        where consents.purpose = 'profiling' and consents.row_outcome = 'kept'
    )
    select distinct objections.customer_id
    from statements as objections
    where not objections.is_granted and not exists (
        select 1 from statements as later
        where objections.customer_id = later.customer_id
        and (objections.channel = later.channel or later.channel is null)
        and objections.changed_at < later.changed_at
        and later.is_granted
    )
"""


def objecting_customers(query: Query, consents: str, customer_map: str) -> set[str]:
    """Return the customers of a map whose records object.

    Args:
        query: Runs a statement.
        consents: Relation of `int_input__consents`, which has later rows too.
        customer_map: Relation of `identity__customer_map`.
    """
    sql = _STANDING.format(consents=consents, customer_map=customer_map)
    return {str(customer_id) for (customer_id,) in query(sql)}
