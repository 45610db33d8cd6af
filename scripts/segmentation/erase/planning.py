"""Works out what an erasure has to do, before anything is changed."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from segmentation.erase import traces
from segmentation.erase.built import Built
from segmentation.erase.plan import BEGUN, Plan, new_id
from segmentation.erase.subjects import Subject, carried_values
from segmentation.fingerprint import quoted
from segmentation.warehouse_tables import Query

LEAST_LENGTH = 6
LEAST_DIGITS = 10
_HASH_LENGTHS = (32, 64)


def make_plan(
    query: Query, built: Built, subjects: list[Subject], variables: str | None
) -> Plan:
    """Return what is to be erased, and what it is known by.

    Args:
        query: The warehouse.
        built: What was built in it.
        subjects: Who is to be erased.
        variables: What dbt is given as `--vars`.
    """
    erasure_id, begun_at = new_id()
    plan = Plan(
        erasure_id, begun_at, BEGUN, subjects=tuple(subjects), variables=variables
    )
    traces.give_traces(query, plan)
    plan = replace(plan, orders=_orders(query, built))
    traces.give_traces(query, plan)
    plan = replace(plan, identifiers=_identifiers(query, built))
    own_ids, hashes = _customer_ids(query, built, plan), _hashes(query, built)
    keys = _keys(query, built, plan)
    addresses, words = _values(query, built)
    made = _made_hashes([*addresses, *(value for _, value in plan.identifiers)])
    ids = sorted({*own_ids, *hashes, *keys, *addresses, *made})
    words.update(f"{source_system}/{record}" for source_system, record in plan.records)
    plan = replace(plan, ids=tuple(ids), words=tuple(sorted({*words} - {*ids})))
    traces.give_traces(query, plan)
    order_count, net_amount, first_seen_on = _sums(query, built)
    return replace(
        plan,
        tables=count_rows(query, built),
        order_count=order_count,
        net_amount=net_amount,
        first_seen_on=first_seen_on,
        removals=_removals(query, built),
    )


def count_rows(query: Query, built: Built) -> dict[str, int]:
    """Count the rows about them, of each table of the project that has any."""
    found = {}
    tables = traces.columns_of(query, built.schemas, traces.TABLE)
    for relation, columns in tables.items():
        condition = traces.is_about_them(columns)
        if condition is None:
            continue
        [(count,)] = query(f"select count(*) from {relation} where {condition}")
        if count:
            found[".".join(traces.split_name(relation))] = int(count)
    return found


def _orders(query: Query, built: Built) -> tuple[tuple[str, str], ...]:
    """List orders whose latest version is one of their records'."""
    orders = built.relation("int_input__orders")
    rows = query(
        "with ranked as (select *, row_number() over (partition by source_system, "
        "order_id order by coalesce(updated_at, loaded_at, ordered_at) desc, "
        "source_customer_id) as recency_rank "
        f"from {orders} where order_id is not null) "
        "select source_system, order_id from ranked where recency_rank = 1 and "
        f"{traces.IS_THEIRS} order by source_system, order_id"
    )
    return tuple((str(system), str(order)) for system, order in rows)


def _identifiers(query: Query, built: Built) -> tuple[tuple[str, str], ...]:
    """List identifiers that no other record carries, of the types that join records."""
    is_theirs = traces.IS_THEIRS
    rows = query(
        f"with carried as ({carried_values(built)}) "
        "select kind, value from carried where value <> '' and kind in ("
        f"select identifier_type from {built.relation('identifier_limits')}) "
        f"group by kind, value having sum(case when {is_theirs} then 0 else 1 end) = 0 "
        "order by kind, value"
    )
    # What is everybody's, such as test@, must not keep anybody out.
    blocked = {
        str(value)
        for (value,) in query(
            "select lower(trim(spelling)) from "
            f"{built.relation('int_identity__identifiers')} where block_reason is not "
            f"null and {is_theirs}"
        )
    }
    return tuple((str(kind), str(v)) for kind, v in rows if str(v) not in blocked)


def _customer_ids(query: Query, built: Built, plan: Plan) -> set[str]:
    """Ids they have, had, or would have as the anchor of a customer of their own."""
    own = {own_id for subject in plan.subjects for own_id in subject.own_ids}
    former = query(
        "select customer_id from {0} where ({1}) union "
        "select previous_customer_id from {0} where ({1})".format(
            built.relation("identity__changes"),
            traces.IS_THEIRS,
        )
    )
    others = {
        str(own_id)
        for (own_id,) in query(
            f"select own_customer_id from {built.relation('identity__customer_map')} "
            f"where not ({traces.IS_THEIRS})"
        )
    }
    return own | {str(each) for (each,) in former if each is not None} - others


def _hashes(query: Query, built: Built) -> set[str]:
    """Hashes that tables keep beside a customer's id, and in none beside another's."""
    theirs: set[str] = set()
    others: set[str] = set()
    is_theirs = (
        f"select customer_id from {built.relation('identity__customer_map')} "
        f"where {traces.IS_THEIRS}"
    )
    tables = traces.columns_of(query, built.schemas, traces.TABLE)
    for relation, columns in tables.items():
        whose = next(
            (name for name in ("customer_id", "person_id") if name in columns.names),
            None,
        )
        if whose is None:
            continue
        for name in columns.texts:
            if "hash" not in name or name == "row_hash":
                continue
            hashes = (
                f"select distinct {quoted(name)} from {relation} "
                f"where length({quoted(name)}) in {_HASH_LENGTHS} and {whose}"
            )
            theirs.update(str(v) for (v,) in query(f"{hashes} in ({is_theirs})"))
            others.update(str(v) for (v,) in query(f"{hashes} not in ({is_theirs})"))
    return theirs - others


def _keys(query: Query, built: Built, plan: Plan) -> set[str]:
    """Keys that name one of their records, as that of a contact does for a CRM."""
    theirs = {f"{source_system}/{record}" for source_system, record in plan.records}
    found: set[str] = set()
    tables = traces.columns_of(query, built.schemas, traces.TABLE)
    for relation, columns in tables.items():
        if "customer_id" not in columns.names:
            continue
        for name in columns.texts:
            if name.endswith("_key"):
                found.update(
                    str(value)
                    for (value,) in query(
                        f"select distinct {quoted(name)} from {relation} "
                        "where customer_id in (select customer_id from "
                        f"{built.relation('identity__customer_map')} "
                        f"where {traces.IS_THEIRS})"
                    )
                    if str(value).partition("/")[2] in theirs
                )
    return found


def _values(query: Query, built: Built) -> tuple[set[str], set[str]]:
    """Return addresses, and other personal values and keys, that nobody else has."""
    addresses: set[str] = set()
    words: set[str] = set()
    for entity in built.entities:
        for column in {*entity.personal, *entity.key} - {"source_customer_id"}:
            for value in _unshared(query, entity.relation, column):
                (addresses if "@" in value else words).add(value)
    identifiers = built.relation("int_identity__identifiers")
    for column in ("identifier_key", "spelling"):
        for value in _unshared(query, identifiers, column):
            (addresses if "@" in value else words).add(value)
    records = [
        str(record)
        for (record,) in query(f"select source_customer_id from {traces.RECORDS}")
    ]
    words.update(records)
    # A table of theirs alone says nothing of who else delivers the value elsewhere.
    theirs = _carried_by_others(query, built, addresses | words)
    addresses -= theirs
    words -= theirs
    return addresses, {word for word in words if _is_telling(word)}


def _carried_by_others(query: Query, built: Built, values: set[str]) -> set[str]:
    """Return those of some values that a record of somebody else carries too."""
    folded = {value: value.strip().lower() for value in values}
    digits = {
        value: "".join(filter(str.isdigit, value))
        for value in values
        if not any(character.isalpha() for character in value)
    }
    wanted = sorted({*folded.values(), *digits.values()} - {""})
    if not wanted:
        return set()
    rows = query(
        f"with carried as ({carried_values(built)}) "
        f"select distinct kind, value from carried where not ({traces.IS_THEIRS}) "
        f"and value in ({', '.join('?' for _ in wanted)})",
        *wanted,
    )
    phones = {str(value) for kind, value in rows if kind == "phone"}
    others = {str(value) for kind, value in rows if kind != "phone"}
    return {
        value
        for value in values
        if folded[value] in others or digits.get(value) in phones
    }


def _unshared(query: Query, relation: str, column: str) -> Iterable[str]:
    rows = query(
        f"select cast({column} as text) from {relation} where {column} is not null "
        f"group by cast({column} as text) "
        f"having sum(case when {traces.IS_THEIRS} then 0 else 1 end) = 0"
    )
    return [str(value) for (value,) in rows]


def _is_telling(word: str) -> bool:
    """Whether a value is long enough to be nobody else's by chance."""
    return len(word) >= (LEAST_DIGITS if word.isdigit() else LEAST_LENGTH)


def _made_hashes(values: Iterable[str]) -> set[str]:
    """Return what platforms and the website know values by, whatever table made it."""
    forms = {form for value in values for form in (value, value.strip().lower())}
    forms |= {f"+{form}" for form in forms if form.isdigit()}
    return {sha256(form.encode()).hexdigest() for form in forms}


def _sums(query: Query, built: Built) -> tuple[int, str, str | None]:
    [(count, amount)] = query(
        "select coalesce(sum(order_count), 0), coalesce(sum(revenue), 0) from "
        f"{built.relation('features__purchases')} where customer_id in "
        f"(select value from {traces.IDS}) and as_of_date = (select as_of_date from "
        f"{built.relation('features__as_of_dates')} where is_current)"
    )
    [(first,)] = query(
        "select cast(min(first_seen_at) as date) from "
        f"{built.relation('identity__customer_map')} where "
        f"{traces.IS_THEIRS}"
    )
    return int(count), str(amount), None if first is None else str(first)


def _removals(query: Query, built: Built) -> tuple[tuple[str, str, str], ...]:
    """List what platforms hold of them, by the change sets that were released."""
    if not built.has("activation__released_changes"):
        return ()
    rows = query(
        "with ranked as (select *, row_number() over (partition by platform, "
        "audience_code, member_hash order by change_number desc) as recency_rank "
        f"from {built.relation('activation__released_changes')} where member_hash in "
        f"(select value from {traces.IDS})) "
        "select audience_code, platform, member_hash from ranked "
        "where recency_rank = 1 and change_type <> 'removed' "
        "order by audience_code, platform, member_hash"
    )
    return tuple((str(a), str(p), str(h)) for a, p, h in rows)
