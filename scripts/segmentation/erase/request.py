"""Who is to be erased, as asked for: records, customers and identifiers."""

import csv
from dataclasses import dataclass
from pathlib import Path

from segmentation.erase.errors import RequestUnreadableError

RECORD, CUSTOMER, IDENTIFIER = "record", "customer", "identifier"
HEADER = ["kind", "name", "value"]


@dataclass(frozen=True)
class Wanted:
    """One thing that says who is meant.

    Attributes:
        kind: record, customer or identifier.
        name: Source of a record; type of an identifier; empty for a customer.
        value: Record within its source, id of the customer, or the identifier.
    """

    kind: str
    name: str
    value: str

    def __str__(self) -> str:
        return f"the {self.kind} {f'{self.name} ' if self.name else ''}{self.value}"


def read_request(path: Path) -> list[Wanted]:
    """Read a CSV file of what is wanted.

    Raises:
        RequestUnreadableError: It has another header, or a line that says nobody.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *lines = list(csv.reader(file)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RequestUnreadableError(path, str(error)) from error
    if [name.strip() for name in header] != HEADER:
        raise RequestUnreadableError(path, f"the header {','.join(header)}")
    found = []
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        kind, name, value = [*(cell.strip() for cell in line), "", "", ""][:3]
        is_named = bool(name) == (kind != CUSTOMER)
        if kind not in {RECORD, CUSTOMER, IDENTIFIER} or not is_named or not value:
            raise RequestUnreadableError(path, f"another line {number}")
        found.append(Wanted(kind, name, value))
    if not found:
        raise RequestUnreadableError(path, "no line")
    return found
