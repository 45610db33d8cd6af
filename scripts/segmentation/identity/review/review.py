"""Lets a person decide uncertain pairs: a file with questions, and one with answers."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from segmentation.identity.review.answers import (
    HEADER,
    new_answers,
    problems_of,
    read_answers,
    seed_text,
)
from segmentation.identity.review.errors import (
    AnswersRefusedError,
    ReviewExistsError,
    ReviewUnwritableError,
)
from segmentation.identity.review.source import (
    FIELDS,
    MEASURES,
    PAIR,
    read_band,
    read_known,
)
from segmentation.profiles import Profile

SEED = Path("seeds", "identity_overrides.csv")
COLUMNS = (
    *PAIR,
    *MEASURES,
    *chain.from_iterable((field, f"other_{field}") for field in FIELDS),
    "decision",
    "reason",
)
OWNER_ONLY = 0o600
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Taken:
    """What became of a file with answers.

    Attributes:
        seed: The seed that holds them.
        new: Answers that were added to it.
        known: Answers that it had.
        undecided: Pairs without a decision.
    """

    seed: Path
    new: int
    known: int
    undecided: int


def write_questions(profile: Profile, file: Path, limit: int) -> int:
    """Write the first pairs of the review band for its owner alone; return how many.

    Raises:
        SegmentationError: There is no review band, or the file cannot be written.
    """
    rows = [_question(row) for row in read_band(profile, limit)]
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
    except FileExistsError as error:
        raise ReviewExistsError(file) from error
    except OSError as error:
        raise ReviewUnwritableError(file, error.strerror or str(error)) from error
    return len(rows)


def take_answers(profile: Profile, file: Path) -> Taken:
    """Check every answer, then add those that are new to the project's seed.

    Raises:
        SegmentationError: An answer is wrong or a file is; nothing is written.
    """
    answers = read_answers(file)
    path = profile.project_dir / SEED
    seed = read_answers(path, HEADER) if path.exists() else []
    asked = {record for answer in answers for record in answer.pair}
    problems = problems_of(answers, read_known(profile, asked), seed)
    if problems:
        raise AnswersRefusedError(file, problems)
    new = new_answers(answers, seed)
    if new:
        _write(path, seed_text([*seed, *new]))
    decided = {answer.pair for answer in answers if answer.decision}
    undecided = sum(not answer.decision for answer in answers)
    return Taken(path, len(new), len(decided) - len(new), undecided)


def _question(row: Sequence[Any]) -> list[str]:
    """Return the values of a row; the warehouse's nulls are empty."""
    keys, shown = row[: len(PAIR)], row[len(PAIR) :]
    texts = ["" if value is None else str(value) for value in shown]
    return [*map(str, keys), *map(_harmless, texts), "", ""]


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running what a customer wrote as a name."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _write(file: Path, text: str) -> None:
    beside = file.with_name(f"{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReviewUnwritableError(file, error.strerror or str(error)) from error
