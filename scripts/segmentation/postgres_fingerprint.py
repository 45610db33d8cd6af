"""The fingerprint of a PostgreSQL relation: exact and independent of row order.

Rows are hashed by the text that PostgreSQL gives them, with MD5, so that the
fingerprint stays the same across versions of the server and kinds of machines.
"""

from segmentation.fingerprint import Fingerprint, quoted
from segmentation.warehouse_tables import Query

# The text of a value depends on these; servers and roles may set them differently.
TEXT_FORMS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}


def postgres_fingerprint(query: Query, relation: str) -> Fingerprint:
    """Hash a table or view.

    Args:
        query: Warehouse, inside a transaction: its text forms are set until it ends.
        relation: SQL name of the relation, quoted where needed.

    Returns:
        Its fingerprint, which equals that of no other engine.
    """
    for name, value in TEXT_FORMS.items():
        query("select set_config(?, ?, true)", name, value)
    columns = query(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = cast(cast(? as text) as regclass) "
        "and attnum > 0 and not attisdropped order by attnum",
        relation,
    )
    row = ", ".join(quoted(name) for name, _ in columns)
    # The first 64 bits of each hash; their sum is exact, as numeric.
    [(row_count, row_hash_sum)] = query(
        "select count(*), coalesce(sum(cast(cast("
        f"'x' || left(md5(cast(row({row}) as text)), 16) as bit(64)) as bigint)), 0) "
        f"from {relation}"
    )
    return Fingerprint(tuple(columns), int(row_count), int(row_hash_sum))
