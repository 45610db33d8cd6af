"""How the file of each platform looks: columns in order, and where it was read."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PlatformFile:
    """What a platform takes in a file.

    Attributes:
        identifiers: Header of each identifier type, in order; every platform wants the
            hash in the column of its type.
        fields: Column of `activation__platform_members` and its header, in order.
        value: Header of what a member of a seed is worth; null where it takes none.
        has_header: Whether the first line names the columns.
        maximum_rows: Most members in one file; null where no page says.
        source: Pages that say so.
        checked_on: Day they were read, as ISO 8601.
        is_verified: Whether all of it was read in the vendor's own documentation.
    """

    identifiers: Mapping[str, str]
    source: str
    checked_on: str
    is_verified: bool
    fields: tuple[tuple[str, str], ...] = ()
    value: str | None = None
    has_header: bool = True
    maximum_rows: int | None = None

    @property
    def headers(self) -> list[str]:
        """Headers of a file of members without values."""
        return [*self.identifiers.values(), *(header for _, header in self.fields)]


PLATFORM_FILES: Mapping[str, PlatformFile] = {
    "google_ads": PlatformFile(
        identifiers={"email": "Email", "phone": "Phone"},
        fields=(
            ("first_name", "First Name"),
            ("last_name", "Last Name"),
            ("country", "Country"),
            ("postal_code", "Zip"),
        ),
        # Said of one call of the API; no page names a limit of rows for a file.
        maximum_rows=100_000,
        source="https://support.google.com/google-ads/answer/7659867; "
        "https://developers.google.com/google-ads/api/docs/remarketing/"
        "audience-segments/customer-match/get-started",
        checked_on="2026-12-01",
        is_verified=True,
    ),
    "meta": PlatformFile(
        identifiers={"email": "EMAIL", "phone": "PHONE"},
        fields=(
            ("first_name", "FN"),
            ("last_name", "LN"),
            ("city", "CT"),
            ("region", "ST"),
            ("postal_code", "ZIP"),
            ("country", "COUNTRY"),
        ),
        value="LOOKALIKE_VALUE",
        # Said of one call of the API, as the headers are its keys.
        maximum_rows=10_000,
        source="https://developers.facebook.com/docs/marketing-api/audiences/guides/"
        "custom-audiences; https://developers.facebook.com/docs/marketing-api/"
        "audiences/guides/value-based-lookalike-audiences",
        checked_on="2026-12-01",
        is_verified=True,
    ),
    # Its template has columns for names in clear; no page of LinkedIn says how it takes
    # them beside hashes, so they are not sent.
    "linkedin": PlatformFile(
        identifiers={"email": "email"},
        maximum_rows=300_000,
        source="https://www.linkedin.com/help/lms/answer/a1489764 and a530615 (read in "
        "copies)",
        checked_on="2026-12-01",
        is_verified=False,
    ),
    # The file lists values, by lines or commas; what they are is said on upload.
    "x": PlatformFile(
        identifiers={"email": "email"},
        has_header=False,
        source="https://business.x.com/en/help/campaign-setup/campaign-targeting/"
        "custom-audiences/lists; https://developer.x.com/en/docs/x-ads-api/audiences/"
        "overview/user-data",
        checked_on="2026-12-01",
        is_verified=False,
    ),
    # Another copy of the page spells the headers with a space before 256.
    "tiktok": PlatformFile(
        identifiers={"email": "Email_SHA256", "phone": "Phone_SHA256"},
        source="https://ads.tiktok.com/help/article/"
        "list-of-supported-ids-and-formats-for-a-customer-file (June and August 2025)",
        checked_on="2026-12-01",
        is_verified=False,
    ),
}
