"""Refusals of the score."""

from collections.abc import Iterable
from pathlib import Path

from segmentation.errors import SegmentationError, sentence

COLUMNS = "source_system, source_customer_id and customer_id"


class TruthMissingError(SegmentationError):
    """The warehouse holds no truth to compare with."""

    def __init__(self, warehouse: str, missing: Iterable[str]) -> None:
        super().__init__(
            f"Found no {', '.join(missing)} in {warehouse}; expected the truth of the "
            "data set omnichannel, the only one whose truth is known. Load it with "
            "`segment demo load omnichannel`, build, then score."
        )


class NothingToScoreError(SegmentationError):
    """Neither the project nor a rival has an answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Found {reason}; expected the identities of a build of omnichannel. Run "
            "`dbt build --vars '{segmentation_dataset: omnichannel}'`, or name a "
            "rival's answer with --identities."
        )


class SeveralTablesError(SegmentationError):
    """A table of the build exists in more than one schema."""

    def __init__(self, table: str, schemas: Iterable[str]) -> None:
        super().__init__(
            f"Found {table} in the schemas {', '.join(schemas)}; expected one. Drop "
            "those that no build writes any more, or choose another target with "
            "--target."
        )


class RivalUnreadableError(SegmentationError):
    """A rival's file does not open."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"Found no readable CSV or Parquet in {file}: {sentence(reason)} Expected "
            f"a file *.csv or *.parquet with the columns {COLUMNS}. Write it again, "
            "or correct --identities."
        )


class RivalColumnsError(SegmentationError):
    """A rival's file lacks columns."""

    def __init__(self, file: Path, found: Iterable[str]) -> None:
        super().__init__(
            f"Found the columns {', '.join(found)} in {file}; expected {COLUMNS}, in "
            "any order. Rename or add them."
        )


class RivalEmptyError(SegmentationError):
    """A rival's file has no rows."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"Found no rows in {file}; expected one per source record, with the "
            f"columns {COLUMNS}. Write the rival's answer to it."
        )


class RivalConflictError(SegmentationError):
    """A rival gives one record to several customers."""

    def __init__(self, file: Path, count: int, example: tuple[str, str, str]) -> None:
        source, record, customers = example
        super().__init__(
            f"Found {count:,} records with more than one customer_id in {file}, such "
            f"as record {record} of {source} with {customers}; expected one customer "
            "per record. Decide for one, or give the customers the same id."
        )


class RivalForeignError(SegmentationError):
    """None of a rival's records is a record of the truth."""

    def __init__(
        self, file: Path, found: tuple[str, str], expected: tuple[str, str]
    ) -> None:
        super().__init__(
            f"Found no record of the truth in {file}: it has records such as "
            f"{found[1]} of {found[0]}; expected records such as {expected[1]} of "
            f"{expected[0]}. Use the same source names and record ids, of the company "
            "that was loaded last."
        )


class ContestantNamesError(SegmentationError):
    """Two columns of the score would have one name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Found two contestants named '{name}'; expected a name for each, which "
            "for a rival is the name of its file. Rename the file."
        )


class ScoreFailedError(SegmentationError):
    """The warehouse refused a query of the score."""

    def __init__(self, warehouse: str, reason: str) -> None:
        super().__init__(
            f"{warehouse} could not be scored: {sentence(reason)} Expected tables as "
            "this version loads and builds them. Load omnichannel and build again, or "
            "give DuckDB more memory in the profile."
        )
