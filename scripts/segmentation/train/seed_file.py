"""Reads and rewrites the seed with the published weights."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from segmentation.train.errors import WeightsMissingError, WeightsUnreadableError
from segmentation.train.weights import DECISION, WEIGHT_DECIMALS, Weight

SEED = Path("seeds", "identity_weights.csv")
HEADER = (
    "dataset",
    "comparison",
    "level",
    "match_probability",
    "household_probability",
    "stranger_probability",
    "weight_stranger",
    "weight_household",
)
PROBABILITY_DECIMALS = 9

# Bits against strangers and against a household, by comparison and level.
Published = Mapping[tuple[str, int], tuple[float, float]]


def seed_text(file: Path, dataset: str, weights: Sequence[Weight]) -> str:
    """Return the seed with the rows of one data set replaced, others as they were.

    Raises:
        WeightsUnreadableError: The file has other columns.
    """
    rows = [
        [
            dataset,
            row.comparison,
            str(row.level),
            *(
                _text(value, PROBABILITY_DECIMALS)
                for value in (row.match, row.household, row.stranger)
            ),
            *(
                _text(value, WEIGHT_DECIMALS)
                for value in (row.against_stranger, row.against_household)
            ),
        ]
        for row in weights
    ]
    found = _read(file)
    places = [place for place, row in enumerate(found) if row[0] == dataset]
    others = [row for row in found if row[0] != dataset]
    at = places[0] if places else len(others)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([*others[:at], *rows, *others[at:]])
    return text.getvalue()


def published_weights(file: Path, dataset: str) -> Published:
    """Return the published weights of a data set, the threshold left out.

    Raises:
        WeightsMissingError: There are none.
        WeightsUnreadableError: The file has other columns, or no numbers in them.
    """
    rows = [row for row in _read(file) if row[0] == dataset and row[1] != DECISION]
    if not rows:
        raise WeightsMissingError(file, dataset)
    try:
        return {(row[1], int(row[2])): (float(row[-2]), float(row[-1])) for row in rows}
    except ValueError as error:
        raise WeightsUnreadableError(file, str(error), "numbers") from error


def _read(file: Path) -> list[list[str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    if not rows or tuple(rows[0]) != HEADER:
        found = f"the columns {', '.join(rows[0])}" if rows else "no columns"
        raise WeightsUnreadableError(file, found, f"the columns {', '.join(HEADER)}")
    short = [row for row in rows if len(row) != len(HEADER)]
    if short:
        found = f"the row {','.join(short[0])}"
        raise WeightsUnreadableError(file, found, f"{len(HEADER)} values in each row")
    return rows[1:]


def _text(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
