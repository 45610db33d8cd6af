"""Refusals of `segment ledger`; nothing was written when one is raised."""

from pathlib import Path

from segmentation.errors import SegmentationError, sentence


class LedgerError(SegmentationError):
    """An export or import of the ledger cannot go on."""


class NoLedgerError(LedgerError):
    """The warehouse has no recorded tables."""

    def __init__(self, warehouse: Path) -> None:
        super().__init__(
            f"Found no recorded tables in {warehouse}; expected those of the ledger "
            "schema, which dbt creates. Run `dbt seed` and `dbt run --empty` to create "
            "them without a row and without a release."
        )


class NoExportError(LedgerError):
    """The folder holds no export that could be read."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"Found {found} in {folder}; expected a manifest.json that `segment ledger "
            "export` wrote. Name the folder of an export."
        )


class ForeignFolderError(LedgerError):
    """The folder holds something else than an export."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"Found {found} in {folder}; expected an empty folder, or an earlier "
            "export to bring up to date. Name another folder."
        )


class DamagedExportError(LedgerError):
    """A file is not what the manifest says of it."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"Found {sentence(found)[:-1]} in {file}; the manifest says {expected}. "
            "The export is damaged or was edited: copy it again, or export again."
        )


class UnknownRecordError(LedgerError):
    """The export holds what the tables of the warehouse have no place for."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"The export holds {found}; the ledger of the warehouse has {expected}. "
            "Use the version of the project that the export was made with or a later "
            "one, and let it create its tables with `dbt run --empty`."
        )


class LedgerContradictsError(LedgerError):
    """One ledger is not the beginning of the other."""

    def __init__(self, table: str, found: str, advice: str) -> None:
        super().__init__(
            f"{table}: {found}. The ledger only grows: expected the older one to be "
            f"the beginning of the newer. {advice}"
        )
