"""What an erasure says it did. It names nobody: people are keyed digests."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from segmentation import __version__
from segmentation.erase.files import Rewritten
from segmentation.erase.recorded import Reseal
from segmentation.erase.residue import Owed
from segmentation.erase.texts import Hit
from segmentation.release.files import replace_text

RECEIPT = "receipt"
COMPLETE, OWED, FOUND = "complete", "owed", "found"
_STATES = {
    COMPLETE: "Nothing is left of them in what was searched.",
    OWED: "The project's own tables and files are free of them; others have to act.",
    FOUND: "Something of them is left, in the places below.",
}


@dataclass(frozen=True)
class Person:
    """A customer who was erased.

    Attributes:
        digest: Keyed digest of their id.
        records: How many records they had, by source.
    """

    digest: str
    records: Mapping[str, int]


@dataclass(frozen=True)
class Removal:
    """Members that a platform holds and must be told to remove.

    Attributes:
        audience: Code of the audience.
        platform: Code of the platform.
        members: How many identifiers.
        file: Name of the file with their hashes, beside the receipt.
    """

    audience: str
    platform: str
    members: int
    file: str


@dataclass(frozen=True)
class Parameters:
    """Trained parameters in use, and whether they may have learned from them.

    Attributes:
        seed: Seed that holds them.
        version: Their version.
        trained_through: Last day of what they were trained on, as ISO 8601.
        may_have_learned: Whether anything was known of them by then.
    """

    seed: str
    version: str
    trained_through: str
    may_have_learned: bool


@dataclass(frozen=True)
class Scan:
    """What was searched, and what was found.

    Attributes:
        tables: Tables that were read.
        files: Files that were read.
        bytes: Their size.
        left_out: What was not read, and why.
        found: Where something of them is left.
    """

    tables: int
    files: int
    bytes: int
    left_out: tuple[str, ...]
    found: tuple[Hit, ...]


@dataclass(frozen=True)
class Receipt:
    """One erasure, as far as it came.

    Attributes:
        erasure_id: Its id.
        begun_at: When it began, UTC.
        written_at: When this was written, UTC.
        state: complete, owed or found.
        people: Who was erased.
        tombstones: Digests that keep their rows out, by kind.
        order_count: Orders that company totals lost.
        net_amount: What they were worth.
        rows_before: Rows about them by table, before.
        rows_after: Rows about them in all tables, after.
        resealed: Recorded rows that were sealed anew.
        run_id: Release that was made without them; null where none was needed.
        rewritten: Files that were written anew.
        exports: Files of exports that lost rows.
        ledger_exports: Exports of the ledger that were written anew.
        removals: What platforms are to be told.
        parameters: Trained parameters.
        raw: Raw tables that still deliver rows of theirs.
        scan: The search at the end.
    """

    erasure_id: str
    begun_at: str
    written_at: str
    state: str
    people: tuple[Person, ...]
    tombstones: Mapping[str, int]
    order_count: int
    net_amount: str
    rows_before: Mapping[str, int]
    rows_after: int
    resealed: tuple[Reseal, ...]
    run_id: str | None
    rewritten: tuple[Rewritten, ...]
    exports: tuple[Rewritten, ...]
    ledger_exports: tuple[str, ...]
    removals: tuple[Removal, ...]
    parameters: tuple[Parameters, ...]
    raw: tuple[Owed, ...]
    scan: Scan

    def json(self) -> str:
        """The receipt as JSON."""
        content = {"format": "segmentation erasure 1", "project_version": __version__}
        return json.dumps({**content, **asdict(self)}, indent=2) + "\n"

    def markdown(self) -> str:
        """The receipt for people."""
        records = sum(sum(each.records.values()) for each in self.people)
        rows = sum(self.rows_before.values())
        found = len(self.scan.found) or "no"
        lines = [
            f"# Erasure {self.erasure_id}",
            "",
            f"**{self.state}**: {_STATES[self.state]}",
            "",
            f"Begun {self.begun_at} UTC, this receipt {self.written_at} UTC.",
            "",
            f"- {len(self.people):,} customers with {records:,} records.",
            f"- {rows:,} rows were about them, {self.rows_after:,} are.",
            f"- {self.order_count:,} orders of {self.net_amount} net left the totals.",
            f"- Kept out when delivered again, by digest: {_counts(self.tombstones)}.",
            f"- Release made without them: {self.run_id or 'none was needed'}.",
        ]
        lines += _table(
            "Raw tables that still hold them: delete there, then `segment erase "
            "--finish`",
            ["entity", "source", "raw tables", "rows"],
            [
                [each.entity, each.source_system, ", ".join(each.tables), each.rows]
                for each in self.raw
            ],
        )
        lines += _table(
            "Platforms to be told: upload the removals, then `segment erase --finish`",
            ["audience", "platform", "members", "file"],
            [[e.audience, e.platform, e.members, e.file] for e in self.removals],
        )
        lines += _table(
            "Parameters that may have learned from them: train again",
            ["seed", "version", "trained through"],
            [
                [each.seed, each.version, each.trained_through]
                for each in self.parameters
                if each.may_have_learned
            ],
        )
        lines += _table(
            "Recorded memberships that were sealed anew",
            ["release", "date", "seal before", "seal now"],
            [[e.run_id, e.subject, e.before, e.after] for e in self.resealed],
        )
        lines += _table(
            "Files written anew",
            ["file", "bytes before", "bytes now", "rows removed"],
            [
                [each.name, each.bytes_before, each.bytes_after, each.rows_removed]
                for each in (*self.rewritten, *self.exports)
            ],
        )
        lines += [
            "",
            "## Searched",
            "",
            f"{self.scan.tables:,} tables, {self.scan.files:,} files: {found} places.",
        ]
        lines += [f"- not read: {each}" for each in self.scan.left_out]
        lines += _table(
            "Places with something of them",
            ["place", "times"],
            [[each.place, each.count] for each in self.scan.found],
        )
        return "\n".join(lines) + "\n"


def write_receipt(folder: Path, receipt: Receipt) -> Path:
    """Write both forms; return the one for people."""
    replace_text(folder / f"{RECEIPT}.json", receipt.json())
    path = folder / f"{RECEIPT}.md"
    replace_text(path, receipt.markdown())
    return path


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}s" for kind, count in counts.items())


def _table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[object]]
) -> list[str]:
    if not rows:
        return []
    listed = [header, ["---"] * len(header), *rows]
    return [
        "",
        f"## {title}",
        "",
        *(f"| {' | '.join(str(cell) for cell in row)} |" for row in listed),
    ]
