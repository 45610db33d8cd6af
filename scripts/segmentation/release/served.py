"""What a release holds: its row, its tables and the two sets they are served in."""

from dataclasses import astuple, dataclass
from datetime import date, datetime

from segmentation.fingerprint import Fingerprint

SERVING = "serving"
ACTIVATION = "activation"
ROLES = (SERVING, ACTIVATION)
# How many releases are kept, beside the one that is served, to be served again.
KEPT_RELEASES = 3
RELEASE_TABLE = "_release"
RELEASE_COLUMNS = "run_id, released_at, as_of_date, content_hash, versions"


@dataclass(frozen=True)
class Release:
    """One release, as the ledger and the table `_release` of each set hold it.

    Attributes:
        run_id: dbt invocation that built it.
        released_at: When it was published, UTC without zone.
        as_of_date: Date its tables stand at.
        content_hash: Hash of all served tables.
        versions: JSON of the package version and the hash of the definitions.
    """

    run_id: str
    released_at: datetime
    as_of_date: date
    content_hash: str
    versions: str

    def says_the_same_as(self, other: "Release") -> bool:
        """Whether a reader could tell the two apart by anything but their names."""
        return astuple(self)[2:] == astuple(other)[2:]


@dataclass(frozen=True)
class TouchedRows:
    """Which rows of a panel the last build computed anew.

    Attributes:
        relation: Quoted relation that lists them.
        key: Its columns, which the panel has too; `as_of_date` is one.
        dates: Quoted relation of the dates that the panel holds.
    """

    relation: str
    key: tuple[str, ...]
    dates: str


@dataclass(frozen=True)
class ServedTable:
    """A table that is served.

    Attributes:
        name: In its place.
        source: Quoted relation that it is copied from.
        content: What identifies the rows of the source.
        touched: Its rows that may differ from those of the release before; null when
            any may.
    """

    name: str
    source: str
    content: Fingerprint
    touched: TouchedRows | None = None


@dataclass(frozen=True)
class ServedSet:
    """The tables that are served in one place: a file or a schema.

    Attributes:
        role: `serving`, which BI reads, or `activation`, for exports only.
        tables: What it holds beside `_release`.
    """

    role: str
    tables: tuple[ServedTable, ...]
