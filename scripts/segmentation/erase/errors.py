"""Refusals of an erasure: what was found, what was expected and what to do."""

from collections.abc import Iterable
from pathlib import Path

from segmentation.errors import SegmentationError, sentence


class ErasureError(SegmentationError):
    """An erasure cannot begin or go on."""


class KeyUnusableError(ErasureError):
    """The key of the tombstones is missing or no key."""

    def __init__(self, variable: str, found: str) -> None:
        super().__init__(
            f"{variable} is {found}; expected 64 hexadecimal digits, the same for each "
            "erasure and each build. Make one with `openssl rand -hex 32`, keep it "
            "where secrets are kept, and set the variable."
        )


class RequestUnreadableError(ErasureError):
    """The file of a request is not what it should be."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"{path} has {found}; expected a CSV file with the header kind,name,value "
            "and lines such as record,crm,4711 or identifier,email,a@example.com or "
            "customer,,<id>. Correct it; nothing was erased."
        )


class NobodyFoundError(ErasureError):
    """What was asked for belongs to no customer."""

    def __init__(self, wanted: str, why: str) -> None:
        super().__init__(
            f"Found no customer with {wanted}{why}; expected one. Nothing was erased. "
            "Check the spelling, or leave it out."
        )


class SeveralFoundError(ErasureError):
    """What was asked for belongs to several customers."""

    def __init__(self, wanted: str, customers: Iterable[str]) -> None:
        super().__init__(
            f"Found {wanted} with several customers: {', '.join(customers)}; expected "
            "one, as others may share it. Nothing was erased. `segment why` says "
            "who they are: name the customer, or each of them, with --customer."
        )


class NotBuiltError(ErasureError):
    """The warehouse has no tables to find anybody in."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"Found no table {missing} in the warehouse; expected what `dbt build` of "
            "this version builds. Build once, then erase."
        )


class ErasureBegunError(ErasureError):
    """An erasure was begun and did not end."""

    def __init__(self, erasure_id: str, wanted: str) -> None:
        super().__init__(
            f"Erasure {erasure_id} was begun and has not ended: somebody may be "
            f"half erased; expected no such thing before {wanted}. Run `segment erase "
            "--resume` first."
        )


class NothingBegunError(ErasureError):
    """There is no erasure to go on with."""

    def __init__(self, option: str, state: str) -> None:
        super().__init__(
            f"Found no erasure that {state}; expected one for {option}. Name whom to "
            "erase, or see the receipts in the folder `erasures`."
        )


class BuildRefusedError(ErasureError):
    """The build without the erased people did not end well."""

    def __init__(self, message: str) -> None:
        super().__init__(
            "Not erased yet: the build without these people was not released: "
            f"{sentence(message)} Their rows are kept out from now on, and what is "
            "served still has them. Mend it and run `segment erase --resume`."
        )
