"""Which audiences go to which platforms, and why others do not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.export.errors import (
    ContradictoryReleaseError,
    NotExportedError,
    UnknownNameError,
    UnsafeNameError,
)
from segmentation.export.platform_files import PLATFORM_FILES
from segmentation.export.released import Released

ACTIVE = "active"
MEMBERS = "activation__platform_members"
CHANGES = "activation__audience_changes"
AUDIENCES = "activation__audiences"
PLATFORM_AUDIENCES = "activation__platform_audiences"
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")


@dataclass(frozen=True)
class Delivery:
    """An audience on a platform.

    Attributes:
        audience: Code of the audience.
        platform: Code of the platform.
        kind: include, exclude or seed.
        status: active, or why nobody is in it; `retired` also where the audience is no
            longer sent to this platform.
        reason: The status in words; null for an active one.
        eligibility: What the platform will make of it; null where it is not declared.
        member_count: Identifiers in it.
        person_count: People in it.
        experiment: Experiment that it is an arm of, with the arm; null for others.
    """

    audience: str
    platform: str
    kind: str
    status: str
    reason: str | None
    eligibility: str | None
    member_count: int
    person_count: int
    experiment: tuple[str, str] | None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.audience} {self.platform}"

    @property
    def key(self) -> tuple[str, str]:
        """Audience and platform, as statements take them."""
        return self.audience, self.platform

    @property
    def is_active(self) -> bool:
        """Whether it has members that may be sent."""
        return self.status == ACTIVE

    @property
    def why_not(self) -> str:
        """The status with its reason."""
        return self.status + (f", {self.reason}" if self.reason else "")


def find_deliveries(
    released: Released, audience: str | None, platform: str | None
) -> list[Delivery]:
    """List what was asked for, by audience and platform; all of both by default.

    Also in it are audiences on platforms that are told of changes only, because the
    platform holds members of an earlier release.

    Raises:
        UnknownNameError: No audience has that code, or none goes to that platform.
        NotExportedError: The audience goes to no platform.
        ContradictoryReleaseError: An audience was told of and is not in the release.
        UnsafeNameError: A code cannot name a folder.
    """
    found = _all(released)
    for delivery in found:
        check_safe(*delivery.key)
    if audience is None:
        if platform is not None and all(each.platform != platform for each in found):
            raise UnknownNameError(
                "platform", platform, (each.platform for each in found)
            )
        return [each for each in found if platform in {None, each.platform}]
    codes = released.rows(f"select audience_id from {released.table(AUDIENCES)}")
    known = {str(code) for (code,) in codes}
    if audience not in known:
        raise UnknownNameError("audience", audience, known)
    own = [each for each in found if each.audience == audience]
    if not own:
        raise NotExportedError(
            audience,
            ["it is sent to no platform"],
            "Own tools read activation__memberships.",
        )
    chosen = [each for each in own if platform in {None, each.platform}]
    if not chosen and platform is not None:
        what = f"platform of {audience} called"
        raise UnknownNameError(what, platform, (each.platform for each in own))
    return chosen


def check_safe(*names: str) -> None:
    """Refuse names that would lead out of a folder or hide it.

    Raises:
        UnsafeNameError: One has other characters than those of codes.
    """
    for name in names:
        if not _SAFE.match(name):
            raise UnsafeNameError(name)


def without_file(delivery: Delivery) -> str | None:
    """Return why a platform has no file, in words; null where it has one."""
    if delivery.platform in PLATFORM_FILES:
        return None
    return f"no file is known for it, only for {', '.join(sorted(PLATFORM_FILES))}"


def _all(released: Released) -> list[Delivery]:
    declared = {
        (str(audience), str(platform)): (str(eligibility), int(members), int(people))
        for audience, platform, eligibility, members, people in released.rows(
            "select audience_code, platform, eligibility, member_count, person_count "
            f"from {released.table(PLATFORM_AUDIENCES)}"
        )
    }
    told = {
        (str(audience), str(platform))
        for audience, platform in released.rows(
            f"select distinct audience_code, platform from {released.table(CHANGES)}"
        )
    }
    audiences = {
        str(row[0]): row[1:]
        for row in released.rows(
            "select audience_id, audience_kind, status, status_reason, "
            f"experiment_code, arm from {released.table(AUDIENCES)}"
        )
    }
    keys = sorted({*declared, *told})
    for key in keys:
        if key[0] not in audiences:
            found = f"it in change sets and not in {AUDIENCES}"
            raise ContradictoryReleaseError(*key, found)
    return [_delivery(key, audiences[key[0]], declared.get(key)) for key in keys]


def _delivery(
    key: tuple[str, str],
    audience: Sequence[str | None],
    declared: tuple[str, int, int] | None,
) -> Delivery:
    kind, status, reason, experiment, arm = audience
    if declared is None and status == ACTIVE:
        status, reason = "retired", "it is no longer sent to this platform"
    eligibility, members, people = declared or (None, 0, 0)
    return Delivery(
        *key,
        str(kind),
        str(status),
        reason,
        eligibility,
        members,
        people,
        (experiment, arm) if experiment and arm else None,
    )
