"""Reads answers, checks them and joins them with those that were given before."""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from segmentation.identity.review.errors import AnswersUnreadableError
from segmentation.identity.review.source import PAIR, Record

DECISIONS = ("include", "exclude")
HEADER = ("decision", *PAIR, "reason")


@dataclass(frozen=True)
class Answer:
    """One row of a file with answers.

    Attributes:
        line: Line of the file on which the row starts.
        decision: What was answered, in lower case; empty when undecided.
        one: One record, as source and record in that source.
        other: The other record.
        reason: Why.
    """

    line: int
    decision: str
    one: Record
    other: Record
    reason: str

    @property
    def pair(self) -> frozenset[Record]:
        """The two records, whichever comes first."""
        return frozenset((self.one, self.other))

    @property
    def row(self) -> tuple[str, ...]:
        """Values in the order of `HEADER`."""
        return (self.decision, *self.one, *self.other, self.reason)


def read_answers(file: Path, columns: Sequence[str] | None = None) -> list[Answer]:
    """Read the rows of a file.

    Args:
        file: A file of the review, or the seed.
        columns: All columns that it must have, when others are not welcome.

    Raises:
        AnswersUnreadableError: It is no such file, or a row has not one value for each
            column.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no text in UTF-8"
        raise AnswersUnreadableError(file, reason, "a file with answers") from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        lacking = [name for name in HEADER if name not in header]
        if lacking or (columns is not None and tuple(header) != tuple(columns)):
            found = f"the columns {', '.join(header) or 'of an empty file'}"
            expected = f"the columns {', '.join(HEADER)}"
            raise AnswersUnreadableError(file, found, expected)
        places = [header.index(name) for name in HEADER]
        answers = []
        start = lines.line_num + 1
        for row in lines:
            if row and len(row) != len(header):
                found = f"{len(row)} values on line {start}"
                expected = f"{len(header)}, with quotes around what has commas"
                raise AnswersUnreadableError(file, found, expected)
            if any(row):
                answers.append(_answer(start, [row[place] for place in places]))
            start = lines.line_num + 1
    except csv.Error as error:
        found = f"{error} on line {lines.line_num}"
        raise AnswersUnreadableError(file, found, "a file with answers") from error
    return answers


def problems_of(
    answers: Sequence[Answer], known: Collection[Record], seed: Sequence[Answer]
) -> list[str]:
    """Return what is wrong with each answer, in order of the file.

    Args:
        answers: What was answered.
        known: Records of the last build.
        seed: What was answered before.
    """
    before = {answer.pair: answer for answer in seed}
    first: dict[frozenset[Record], Answer] = {}
    problems = []
    for answer in answers:
        found = _own_problems(answer)
        found += [
            f"Found no record {' '.join(record)} in the last build; expected one of "
            "its records. Was its number changed on the way?"
            for record in (answer.one, answer.other)
            if record not in known
        ]
        if answer.decision in DECISIONS:
            earlier = first.setdefault(answer.pair, answer)
            if earlier.decision != answer.decision:
                found.append(
                    f"Found {answer.decision} for a pair that line {earlier.line} says "
                    f"to {earlier.decision}; expected one answer. Remove one."
                )
            given = before.get(answer.pair)
            if given is not None and given.decision != answer.decision:
                found.append(
                    f"Found {answer.decision} for a pair that the seed says to "
                    f"{given.decision} ({given.reason}); expected no other answer. "
                    f"Change it on line {given.line} of the seed."
                )
        problems += [f"Line {answer.line}: {problem}" for problem in found]
    return problems


def new_answers(answers: Sequence[Answer], seed: Sequence[Answer]) -> list[Answer]:
    """Return the decided answers that the seed lacks, once each."""
    known = {answer.pair for answer in seed}
    new: dict[frozenset[Record], Answer] = {}
    for answer in answers:
        if answer.decision and answer.pair not in known:
            new.setdefault(answer.pair, answer)
    return list(new.values())


def seed_text(answers: Sequence[Answer]) -> str:
    """Return the seed, sorted by records."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    ordered = sorted(answers, key=lambda answer: (answer.one, answer.other, answer.row))
    writer.writerows(answer.row for answer in ordered)
    return text.getvalue()


def _answer(line: int, values: Sequence[str]) -> Answer:
    decision, system, key, other_system, other_key, reason = values
    one, other = (system, key), (other_system, other_key)
    return Answer(line, decision.strip().lower(), one, other, reason.strip())


def _own_problems(answer: Answer) -> list[str]:
    found = []
    if answer.decision not in ("", *DECISIONS):
        found.append(
            f"Found the decision '{answer.decision}'; expected {' or '.join(DECISIONS)}"
            ", or nothing while undecided."
        )
    if answer.decision and not answer.reason:
        found.append("Found no reason; expected one for a decision. Write it down.")
    if answer.one == answer.other:
        found.append("Found one record twice; expected two. Restore the row.")
    return found
