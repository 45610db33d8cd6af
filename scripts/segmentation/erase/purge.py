"""Takes people out of the warehouse: delivered rows first, at last what is left.

Each step may be repeated. The build between them computes all that rests on their rows,
as it does when a source delivers something else.
"""

from segmentation.erase import traces
from segmentation.erase.built import Built, Entity
from segmentation.erase.key import CHECK, digest
from segmentation.erase.plan import Plan
from segmentation.warehouse_tables import Query

# What stays of a delivered row: it is counted, as it may be delivered again.
_STAYS = {"source_system", "loaded_at"}


def keep_out(query: Query, built: Built, plan: Plan, key: bytes) -> dict[str, int]:
    """Record what keeps their rows out; return how many tombstones, by kind."""
    wanted = {
        "record": [("record", *record) for record in plan.records],
        "order": [("order", *order) for order in plan.orders],
        "identifier": [("identifier", *each) for each in plan.identifiers],
    }
    table = built.relation("input__tombstones")
    for kind, texts in wanted.items():
        for text in texts:
            value = digest(key, *text)
            if not query(f"select 1 from {table} where digest = ?", value):
                query(
                    f"insert into {table} (erasure_id, kind, digest, key_check, "
                    "erased_at) values (?, ?, ?, ?, ?)",
                    *(plan.erasure_id, kind, value, digest(key, CHECK), plan.erased_at),
                )
    return {kind: len(texts) for kind, texts in wanted.items()}


def empty_rows(query: Query, built: Built) -> None:
    """Empty every delivered row of theirs, and tell the next build who is concerned."""
    number = _next_run(query, built)
    for entity in built.entities:
        _empty(query, entity, number)
    query(
        f"insert into {built.relation('int_input__lost_records')} "
        "(run_number, source_system, source_customer_id) "
        f"select {number}, source_system, source_customer_id from {traces.RECORDS}"
    )


def remove_rows(query: Query, built: Built, recorded: set[str]) -> dict[str, int]:
    """Remove what the build left of them.

    That are lists of who was concerned, values that are no more, and stored failures.

    Args:
        query: The warehouse, with the traces given.
        built: What was built in it.
        recorded: Quoted tables that have rules of their own.

    Returns:
        Rows removed by table.
    """
    removed = {}
    for relation, columns in traces.columns_of(
        query, built.schemas, traces.TABLE
    ).items():
        conditions = [traces.is_about_them(columns)]
        if "is_present" in columns.names and "changed_in_run" in columns.names:
            # What was there once: no later build looks at it.
            conditions.append("not is_present")
        condition = " or ".join(each for each in conditions if each)
        if not condition or relation in recorded:
            continue
        [(count,)] = query(f"select count(*) from {relation} where {condition}")
        if count:
            query(f"delete from {relation} where {condition}")
            removed[".".join(traces.split_name(relation))] = int(count)
    return removed


def _empty(query: Query, entity: Entity, number: int) -> None:
    schema, _ = traces.split_name(entity.relation)
    columns = traces.columns_of(query, [schema], traces.TABLE)[entity.relation]
    condition = traces.is_about_them(columns)
    values = {name: "null" for name in columns.names if name not in _STAYS}
    values |= {"row_outcome": "'erased'", "changed_in_run": str(number)}
    if "currency_rate" in values:
        values["currency_rate"] = "1"
    listed = ", ".join(f'"{name}" = {value}' for name, value in values.items())
    query(f"update {entity.relation} set {listed} where {condition}")


def _next_run(query: Query, built: Built) -> int:
    """Number that the next build will have, as in the macro open_run."""
    [(number,)] = query(
        "select coalesce(max(case when is_complete then run_number end), 0) + 1 "
        f"from {built.relation('int_input__runs')}"
    )
    return int(number)
