"""The two baselines as SQL: what makes two records one person.

Each rule is a query of two record numbers over `records` and `keys`, which
`identity_records.open_records` writes.
"""

# No list of blocked values, no limit: whoever shares a key is one person.
PLAIN_KEYS = (
    """
    select min(records.record_number) over (partition by keys.kind, keys.value),
        records.record_number
    from keys
    inner join records using (source_system, source_customer_id)
    """,
)

# A short name lies in the long one (Johanna, Hanna) or begins like it (Steffi).
PREPARED = """
create or replace macro same_name(a, b) as
    a = b or damerau_levenshtein(a, b) <= 1
    or (least(length(a), length(b)) >= 6 and damerau_levenshtein(a, b) <= 2);

create or replace macro same_first(a, b) as
    same_name(a, b) or left(a, 3) = left(b, 3) or contains(a, b) or contains(b, a);

-- What is not known contradicts nothing. A family name may have changed.
create or replace macro one_person(a, b) as
    coalesce(same_first(a.first_name, b.first_name), true)
    and coalesce(levenshtein(
        cast(a.birth_date as varchar), cast(b.birth_date as varchar)
    ) <= 1, true);

create or replace macro one_name(a, b) as
    one_person(a, b) and coalesce(same_name(a.last_name, b.last_name), true);

create or replace table held as
select
    keys.kind,
    keys.value,
    records.*
from keys
inner join records using (source_system, source_customer_id)
where not keys.is_placeholder and keys.kind in ('email', 'phone');

-- An address or a telephone of several people says nothing about records without name.
create or replace table shared as
select distinct a.kind, a.value
from held as a
inner join held as b
    on
        a.kind = b.kind
        and a.value = b.value
        and a.record_number < b.record_number
where not one_person(a, b)
    and a.first_name is not null
    and b.first_name is not null
union
select kind, value
from held
where kind = 'email' and is_shared_inbox(value);

create or replace table crowded as
select kind, value
from held
group by kind, value
having count(distinct last_name) > 8 or count(distinct record_number) > 500
"""
MULTI_RULE = (
    # A browser with two logins is shared: the first login keeps it.
    """
    select min(record_number) over (partition by login), record_number
    from records
    where login is not null
    """,
    # The same e-mail, and no name or birth date that contradicts it.
    """
    select a.record_number, b.record_number
    from held as a
    inner join held as b
        on a.kind = b.kind and a.value = b.value and a.record_number < b.record_number
    anti join shared on a.kind = shared.kind and a.value = shared.value
    anti join crowded on a.kind = crowded.kind and a.value = crowded.value
    where a.kind = 'email'
    """,
    # A shared e-mail or telephone: only between records that agree in the name.
    """
    select a.record_number, b.record_number
    from held as a
    inner join held as b
        on a.kind = b.kind and a.value = b.value and a.record_number < b.record_number
    anti join crowded on a.kind = crowded.kind and a.value = crowded.value
    where
        a.first_name is not null
        and b.first_name is not null
        and one_name(a, b)
        and (a.kind = 'phone' or (a.kind, a.value) in (from shared))
    """,
    # A record without a name: e-mail and telephone together, or its own telephone.
    """
    select a.record_number, b.record_number
    from records as a
    inner join records as b
        on a.phone = b.phone and a.email = b.email and a.record_number < b.record_number
    where a.first_name is null and b.first_name is null
    """,
    """
    select a.record_number, b.record_number
    from held as a
    inner join held as b
        on a.kind = b.kind and a.value = b.value and a.record_number < b.record_number
    anti join shared on a.kind = shared.kind and a.value = shared.value
    where a.kind = 'phone' and is_mobile(a.value) and one_name(a, b)
    """,
    # The same full name and birth date.
    """
    select a.record_number, b.record_number
    from records as a
    inner join records as b
        on
            a.first_name = b.first_name
            and a.last_name = b.last_name
            and a.birth_date = b.birth_date
            and a.record_number < b.record_number
    """,
    # The same birth date and postal code, and a first name that fits: a new surname.
    """
    select a.record_number, b.record_number
    from records as a
    inner join records as b
        on
            a.birth_date = b.birth_date
            and a.postal_code = b.postal_code
            and a.record_number < b.record_number
    where same_first(a.first_name, b.first_name)
    """,
    # The same name at the same address.
    """
    select a.record_number, b.record_number
    from records as a
    inner join records as b
        on
            a.last_name = b.last_name
            and a.street = b.street
            and a.postal_code = b.postal_code
            and a.record_number < b.record_number
    where one_person(a, b)
    """,
)
