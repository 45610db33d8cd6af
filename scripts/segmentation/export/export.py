"""Exports audiences and tables of channels: `segment export`."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from segmentation.export import members
from segmentation.export.channel_tables import CHANNEL_TABLES
from segmentation.export.contents import write_audience, write_channel
from segmentation.export.deliveries import (
    Delivery,
    check_safe,
    find_deliveries,
    without_file,
)
from segmentation.export.errors import NotExportedError
from segmentation.export.folder import exports_in, write_folder
from segmentation.export.platform_files import PLATFORM_FILES
from segmentation.export.released import Released, open_release
from segmentation.profiles import Profile
from segmentation.release.served import Release

PLANNED = "would be written"
NOT_EXPORTED = "not exported"


@dataclass(frozen=True)
class Request:
    """What to export, and where to.

    Attributes:
        name: Code of an audience or one of CHANNEL_TABLES; null for every audience.
        platform: Code of a platform; null for every one.
        since: Change set after which to tell changes; null for all members.
        parent: Folder in which folders are made.
        is_dry_run: Whether to write nothing.
    """

    name: str | None
    platform: str | None
    since: int | None
    parent: Path
    is_dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one folder.

    Attributes:
        name: Audience and platform, or table.
        outcome: written, unchanged, would be written, or not exported.
        details: Rows, people and eligibility in words, or why it is not exported.
        folder: The folder; null where there is to be none.
    """

    name: str
    outcome: str
    details: str
    folder: Path | None = None


@dataclass(frozen=True)
class Exported:
    """What became of a request.

    Attributes:
        release: Release that was exported.
        change_number: Number to pass as --since next time; null for a channel's table.
        outcomes: What became of each folder.
    """

    release: Release
    change_number: int | None
    outcomes: tuple[Outcome, ...]


def export(
    profile: Profile, request: Request, target_path: Path | None = None
) -> Exported:
    """Write a folder for each audience on each platform, or for the table of a channel.

    Args:
        profile: The profile that dbt used.
        request: What to export.
        target_path: dbt's target folder, which names PostgreSQL's schemas.

    Raises:
        ExportError: It cannot be exported; every folder that is there is whole.
        SegmentationError: The release cannot be found or opened.
    """
    with open_release(profile, target_path) as released:
        check_safe(released.release.run_id)
        if request.name in CHANNEL_TABLES:
            last, planned = None, [_table(released, request.name)]
        else:
            last = members.last_change_number(released)
            planned = _audiences(released, request, last)
        locked = nullcontext() if request.is_dry_run else exports_in(request.parent)
        with locked:
            outcomes = tuple(_done(released, request, plan) for plan in planned)
        return Exported(released.release, last, outcomes)


@dataclass(frozen=True)
class _Plan:
    """A folder to make, or why there is to be none.

    Attributes:
        name: Audience and platform, or table.
        details: What is in it, or why there is to be none.
        stem: Name of the folder without the release; null where there is to be none.
        fill: Writes its files into an empty folder; null likewise.
    """

    name: str
    details: str
    stem: str | None = None
    fill: Callable[[Path], None] | None = None


def _done(released: Released, request: Request, plan: _Plan) -> Outcome:
    if plan.stem is None or plan.fill is None:
        return Outcome(plan.name, NOT_EXPORTED, plan.details)
    name = f"{plan.stem}_{released.release.run_id}"
    what = PLANNED
    if not request.is_dry_run:
        what = write_folder(request.parent, name, plan.fill)
    return Outcome(plan.name, what, plan.details, request.parent / name)


def _table(released: Released, name: str) -> _Plan:
    channel = CHANNEL_TABLES[name]
    [(count,)] = released.rows(f"select count(*) from {released.table(channel.table)}")
    return _Plan(
        channel.table,
        f"{count:,} rows",
        name,
        lambda folder: write_channel(folder, released, channel),
    )


def _audiences(released: Released, request: Request, last: int) -> list[_Plan]:
    """Plan the folders of audiences; all is checked before the first is written."""
    if request.since is not None:
        members.check_since(request.since, last)
    deliveries = find_deliveries(released, request.name, request.platform)
    plans = [_audience(released, request.since, delivery) for delivery in deliveries]
    if request.name is not None and all(plan.stem is None for plan in plans):
        advice = "`--changes --since N` tells a platform whom to remove."
        raise NotExportedError(
            request.name,
            (
                f"{delivery.platform}: {plan.details}"
                for delivery, plan in zip(deliveries, plans, strict=True)
            ),
            advice if request.since is None else "Nothing was written.",
        )
    return plans


def _audience(released: Released, since: int | None, delivery: Delivery) -> _Plan:
    added, removed = members.change_counts(released, delivery, since or 0)
    reason = without_file(delivery)
    if reason is None and not delivery.is_active:
        # Whom a platform still holds it has to be told, whatever the status.
        if since is None:
            reason = delivery.why_not
        elif not removed:
            reason = f"{delivery.why_not}; nothing to remove after change set {since}"
    if reason is not None:
        return _Plan(delivery.name, reason)
    members.check_members(released, delivery)
    if since is None:
        mode = "full"
        rows = f"{delivery.member_count:,} members of {delivery.person_count:,} people"
    else:
        mode = f"changes-since-{since}"
        rows = f"{added:,} to add, {removed:,} to remove"
    judged = delivery.eligibility if delivery.is_active else delivery.why_not
    is_verified = PLATFORM_FILES[delivery.platform].is_verified
    doubt = "" if is_verified else ", columns not verified"
    return _Plan(
        delivery.name,
        f"{rows}, {judged}{doubt}",
        f"{delivery.audience}_{delivery.platform}_{mode}",
        lambda folder: write_audience(folder, released, delivery, since),
    )
