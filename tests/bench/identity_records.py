"""What every rival of `bench_identity.py` starts from: records with cleaned fields.

Two tables, the same for all: `records`, the latest version of each source record, and
`keys`, every identifier that any version or sighting of it gives. No truth is read.
"""

from pathlib import Path

import duckdb

from segmentation.errors import SegmentationError


class InputMissingError(SegmentationError):
    """The warehouse has not been built."""

    def __init__(self, warehouse: Path) -> None:
        super().__init__(
            f"Found no input__customer_records and input__identifiers in {warehouse}; "
            "expected a build of omnichannel. Build its input layer first."
        )


# Values that people type to get past a form, and the day that systems fill in.
_PLACEHOLDERS = """
    regexp_matches(value, '^(test|none|no|nobody|na|x+|noreply|no-reply)@')
    or (delivered.kind = 'phone' and length(replace(value, left(value, 1), '')) = 0)
"""
_NO_BIRTH_DATE = "date '1900-01-01'"

_MACROS = r"""
create or replace macro folded(text) as nullif(trim(regexp_replace(strip_accents(
    replace(replace(replace(replace(
        lower(nfc_normalize(text)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')
), '[^a-z0-9]+', ' ', 'g')), '');

-- The number within its country: the same telephone is written with and without it.
create or replace macro national_number(text) as nullif(regexp_replace(regexp_replace(
    regexp_replace(text, '[^0-9+]', '', 'g'), '^(\+|00)(43|49|41|44)', ''
), '^[0+]', ''), '');

create or replace macro street_name(text) as
    regexp_replace(folded(text), 'str(asse)?( |$)', 'str ');

-- Read by several people, whatever their names: offices and families.
create or replace macro is_shared_inbox(text) as coalesce(regexp_matches(
    text, '^(info|office|einkauf|kontakt|service|mail|team|familie|family)[^a-z]'
), false);

-- Mobile numbers of the countries above begin with 1 far more often than fixed lines.
create or replace macro is_mobile(text) as starts_with(text, '1');

create or replace macro cleaned(kind, text) as case
    when kind = 'phone' then national_number(text)
    when kind = 'email' then nullif(lower(trim(text)), '')
    else nullif(trim(text), '')
end
"""

_KEYS = """
create or replace table keys as
with delivered as (

    select source_system, source_customer_id, 'email' as kind, email as text, updated_at
    from {records}
    union all
    select source_system, source_customer_id, 'phone', phone, updated_at
    from {records}
    union all
    select
        source_system, source_customer_id, identifier_type, identifier_value,
        observed_at
    from {identifiers}

),

spellings as (

    select kind, text, cleaned(kind, text) as value
    from (select distinct kind, text from delivered where text is not null)

)

select
    delivered.source_system,
    delivered.source_customer_id,
    delivered.kind,
    spellings.value,
    {placeholders} as is_placeholder,
    min(delivered.updated_at) as first_seen_at,
    max(coalesce(delivered.updated_at, timestamp '1900-01-01')) as last_seen_at
from delivered
inner join spellings
    on delivered.kind = spellings.kind and delivered.text = spellings.text
where spellings.value is not null
group by all
"""

_RECORDS = """
create or replace table records as
with latest as (

    select *
    from {records}
    qualify row_number() over (
        partition by source_system, source_customer_id
        order by updated_at desc nulls last
    ) = 1

),

every as (

    select source_system, source_customer_id from latest
    union
    select source_system, source_customer_id from keys

),

values_of as (

    select
        source_system,
        source_customer_id,
        arg_max(value, last_seen_at) filter (where kind = 'email') as email,
        arg_max(value, last_seen_at) filter (where kind = 'phone') as phone,
        arg_min(value, first_seen_at) filter (where kind = 'login') as login
    from keys
    where not is_placeholder
    group by all

)

select
    row_number() over (
        order by every.source_system, every.source_customer_id
    ) - 1 as record_number,
    every.source_system,
    every.source_customer_id,
    folded(latest.first_name) as first_name,
    folded(latest.last_name) as last_name,
    nullif(latest.birth_date, {no_birth_date}) as birth_date,
    street_name(latest.street_address) as street,
    nullif(trim(latest.postal_code), '') as postal_code,
    values_of.email,
    values_of.phone,
    values_of.login
from every
left join latest using (source_system, source_customer_id)
left join values_of using (source_system, source_customer_id)
"""


def open_records(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Open a built warehouse and write `records` and `keys` into a scratch database.

    Args:
        warehouse: DuckDB file with input__customer_records and input__identifiers; it
            is opened read-only.

    Returns:
        Connection whose default database is in memory, two threads and 4 GB like the
        project's own profile.

    Raises:
        InputMissingError: The warehouse holds no such tables.
    """
    connection = duckdb.connect(
        config={"threads": 2, "memory_limit": "4GB", "preserve_insertion_order": False}
    )
    path = str(warehouse).replace("'", "''")
    # Views of the build name their database, which is the stem of the file.
    connection.execute(f"attach '{path}' as \"{warehouse.stem}\" (read_only)")
    tables = {
        name.removeprefix("input__"): f'"{catalog}"."{schema}"."{name}"'
        for catalog, schema, name in connection.execute(
            "select table_catalog, table_schema, table_name "
            "from information_schema.tables where table_name in "
            "('input__customer_records', 'input__identifiers')"
        ).fetchall()
    }
    if len(tables) < 2:
        raise InputMissingError(warehouse)
    for statement in _MACROS.split(";"):
        connection.execute(statement)
    names = {
        "records": tables["customer_records"],
        "identifiers": tables["identifiers"],
    }
    connection.execute(_KEYS.format(placeholders=_PLACEHOLDERS, **names))
    connection.execute(_RECORDS.format(no_birth_date=_NO_BIRTH_DATE, **names))
    return connection
