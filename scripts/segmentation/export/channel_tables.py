"""The tables of channels as files: every column as it is, consents apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from segmentation.export.cells import neutralised
from segmentation.export.csv_files import Layout, Line
from segmentation.export.released import Released

_CONSENTS = "consent_references"


@dataclass(frozen=True)
class ChannelTable:
    """A table that a channel is synced from.

    Attributes:
        table: Its name.
        key: Column that identifies a row, by which rows are ordered.
    """

    table: str
    key: str


CHANNEL_TABLES = {
    "email": ChannelTable("activation__email", "customer_id"),
    "crm": ChannelTable("activation__crm", "crm_key"),
    "web": ChannelTable("activation__web_personalization", "visitor_key"),
}


def channel_layout(released: Released, channel: ChannelTable) -> Layout:
    """Return what the file looks like."""
    released.table(channel.table)
    columns = released.columns(channel.table)
    consents = (channel.key, _CONSENTS) if _CONSENTS in columns else ()
    return Layout("rows", [name for name in columns if name != _CONSENTS], consents)


def channel_lines(
    released: Released, channel: ChannelTable, layout: Layout
) -> Iterator[Line]:
    """Yield a line for each row, in the order of the key."""
    consents = _CONSENTS if layout.consents_header else f"null as {_CONSENTS}"
    columns = ", ".join(f'"{name}"' for name in [channel.key, *layout.header])
    for key, *cells, references in released.rows(
        f"select {columns}, {consents} from {released.table(channel.table)} "
        f'order by {channel.key} collate "C"'
    ):
        yield Line(
            [_cell(cell) for cell in cells],
            None if references is None else (str(key), str(references)),
        )


def _cell(value: object) -> str:
    """Write a value; a missing one is empty, as an empty text is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return neutralised(value)
    # A number is no formula, with a minus sign neither.
    return str(value)
