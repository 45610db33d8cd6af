"""What beside the warehouse an erasure cleans and searches."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """What beside the warehouse is cleaned and searched.

    Attributes:
        exports: Folders that `segment export` wrote into.
        ledger_exports: Folders that `segment ledger export` wrote.
        others: Files and folders to search only.
        report: The report to write anew; null means none.
        target_path: dbt's target folder; null means DBT_TARGET_PATH or `target`.
    """

    exports: tuple[Path, ...] = (Path("exports"),)
    ledger_exports: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    report: Path | None = Path("report.html")
    target_path: Path | None = None

    def absolute(self) -> "Places":
        """Return the same, whatever folder dbt works in."""
        return Places(
            tuple(each.resolve() for each in self.exports),
            tuple(each.resolve() for each in self.ledger_exports),
            tuple(each.resolve() for each in self.others),
            self.report and self.report.resolve(),
            self.target_path,
        )
