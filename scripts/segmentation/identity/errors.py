"""Refusals of the questions about identity."""

from collections.abc import Iterable

from segmentation.errors import SegmentationError


class IdentityMissingError(SegmentationError):
    """The warehouse does not hold the tables that an answer needs."""

    def __init__(self, warehouse: str, lacking: Iterable[str]) -> None:
        super().__init__(
            f"Found no {', '.join(sorted(lacking))} in {warehouse}; expected the "
            "identity tables of a build. Run `dbt build` with this profile and target, "
            "then ask again."
        )


class RecordFormError(SegmentationError):
    """A record was not named by source and id."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"Found '{found}' as a record; expected SOURCE/ID, such as shop/4711. Name "
            "the record by its source_system and source_customer_id."
        )


class SourceUnknownError(SegmentationError):
    """No record comes from this source."""

    def __init__(self, found: str, known: Iterable[str]) -> None:
        super().__init__(
            f"Found no source '{found}' in the last build; expected one of "
            f"{', '.join(known) or 'none, as no source has records'}. Name one of "
            "these before the slash, or map the source and run `dbt build`."
        )


class RecordUnknownError(SegmentationError):
    """The source has no record with this id."""

    def __init__(self, source: str, found: str, near: Iterable[str]) -> None:
        spelt = ", ".join(f"{source}/{record}" for record in near)
        super().__init__(
            f"Found no record '{found}' of {source} in the last build; expected one "
            f"that it holds{f', such as {spelt}' if spelt else ''}. Correct the id, or "
            "run `dbt build` if the record is new."
        )
