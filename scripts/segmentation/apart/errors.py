"""Why a part of the project cannot be built beside the tables of a build."""

from collections.abc import Iterable

from segmentation.errors import SegmentationError, sentence


class WarehouseMissingError(SegmentationError):
    """There is no warehouse yet."""

    def __init__(self, warehouse: str) -> None:
        super().__init__(
            f"Found no {warehouse}; expected the warehouse of a build. Run `dbt "
            "build`, then this command."
        )


class SchemaNotApartError(SegmentationError):
    """A table of the build apart would not lie in a schema of its own."""

    def __init__(self, node: str, found: str, expected: str) -> None:
        super().__init__(
            f"Found {node} in {found}; expected a schema that begins with {expected}, "
            "so that nothing of a build is touched. Let generate_schema_name and the "
            "settings of that model keep the schema and database of the target."
        )


class BuildApartFailedError(SegmentationError):
    """dbt could not build what was asked for."""

    def __init__(self, reasons: Iterable[str]) -> None:
        listed = "\n".join(f"- {sentence(reason)}" for reason in reasons)
        super().__init__(
            "Found a project that does not build as it stands; expected one that does. "
            f"Nothing was changed. Correct this:\n{listed}"
        )
