"""What a folder holds: the files of an audience or a channel, and their manifest."""

from pathlib import Path

from segmentation.export import members
from segmentation.export.channel_tables import (
    ChannelTable,
    channel_layout,
    channel_lines,
)
from segmentation.export.csv_files import write_parts
from segmentation.export.deliveries import Delivery
from segmentation.export.manifest import MANIFEST, ExportedFile, Manifest
from segmentation.export.platform_files import PLATFORM_FILES
from segmentation.export.platform_lines import (
    member_layout,
    member_lines,
    removal_layout,
    removal_lines,
)
from segmentation.export.released import Released
from segmentation.release.files import OWNER_ONLY, flush


def write_audience(
    folder: Path, released: Released, delivery: Delivery, since: int | None
) -> None:
    """Write the files of an audience on a platform, and their manifest.

    Args:
        folder: An empty folder.
        released: The release.
        delivery: Audience and platform.
        since: Change set after which to tell changes; null for all members.

    Raises:
        UnknownIdentifierError: A member is not what the platform takes.
    """
    files = _members(folder, released, delivery, since)
    if since is not None:
        file = PLATFORM_FILES[delivery.platform]
        hashes = members.removed_hashes(released, delivery, since)
        lines = removal_lines(file, delivery, hashes)
        files += write_parts(folder, removal_layout(file), lines)
    manifest = Manifest(
        release_id=released.release.run_id,
        as_of_date=released.release.as_of_date.isoformat(),
        audience=delivery.audience,
        platform=delivery.platform,
        table=None,
        kind=delivery.kind,
        status=delivery.status,
        mode="full" if since is None else "changes",
        since=since,
        change_number=members.last_change_number(released),
        is_first_sync=members.is_first_sync(released, delivery, since),
        files=tuple(files),
    )
    _write_manifest(folder, manifest)


def write_channel(folder: Path, released: Released, channel: ChannelTable) -> None:
    """Write the file of a channel's table, with its manifest, into an empty folder."""
    layout = channel_layout(released, channel)
    lines = channel_lines(released, channel, layout)
    manifest = Manifest(
        release_id=released.release.run_id,
        as_of_date=released.release.as_of_date.isoformat(),
        audience=None,
        platform=None,
        table=channel.table,
        kind=None,
        status=None,
        mode="full",
        since=None,
        change_number=None,
        is_first_sync=False,
        files=tuple(write_parts(folder, layout, lines)),
    )
    _write_manifest(folder, manifest)


def _members(
    folder: Path, released: Released, delivery: Delivery, since: int | None
) -> list[ExportedFile]:
    file = PLATFORM_FILES[delivery.platform]
    with_values = members.has_values(released, delivery)
    if since is None:
        content, found = "members", members.all_members(released, delivery)
    else:
        content, found = "add", members.added_members(released, delivery, since)
    layout = member_layout(file, content, with_values=with_values)
    lines = member_lines(file, delivery, found, with_values=with_values)
    return write_parts(folder, layout, lines)


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    path = folder / MANIFEST
    path.touch(mode=OWNER_ONLY)
    path.write_text(manifest.text(), encoding="utf-8")
    flush(path)
