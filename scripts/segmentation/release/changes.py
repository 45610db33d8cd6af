"""Records what a release tells platforms of the members of audiences."""

from segmentation.release.served import Release
from segmentation.warehouse_tables import Query

COLUMNS = (
    "change_number",
    "platform",
    "audience_code",
    "audience_kind",
    "member_hash",
    "change_type",
    "consent_references",
    "refresh_epoch",
    "is_first_sync",
)


def record_changes(query: Query, released: str, changes: str, release: Release) -> None:
    """Append the change set that is new with a release.

    Args:
        query: Warehouse, inside a transaction.
        released: Quoted table with the change sets of earlier releases.
        changes: Quoted relation with these and the new one.
        release: The release.
    """
    columns = ", ".join(COLUMNS)
    query(
        f"insert into {released} (run_id, {columns}) "
        f"select cast(? as text), {columns} from {changes} "
        "where change_number > "
        f"(select coalesce(max(change_number), 0) from {released})",
        release.run_id,
    )
