"""What a release holds: its row, its tables and the two sets they are served in."""

from dataclasses import astuple, dataclass
from datetime import date, datetime

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
class ServedTable:
    """A table that is served and the quoted relation it is copied from."""

    name: str
    source: str


@dataclass(frozen=True)
class ServedSet:
    """The tables that are served in one place: a file or a schema.

    Attributes:
        role: `serving`, which BI reads, or `activation`, for exports only.
        tables: What it holds beside `_release`.
    """

    role: str
    tables: tuple[ServedTable, ...]
