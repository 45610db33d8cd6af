"""What a score consists of: sections, measures and contestants."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = float | int | None


@dataclass(frozen=True)
class Measure:
    """A row of a section.

    Attributes:
        name: Key in the JSON.
        label: What a person reads; it says the unit where it is not a share.
    """

    name: str
    label: str


@dataclass(frozen=True)
class Section:
    """What one scorer found.

    Attributes:
        name: Name of the section.
        truth: Sizes of the truth that was compared with, by name.
        measures: Its rows, in order.
        values: Values by measure's name, by contestant in order. A share lies between
            0 and 1; null where a measure is not defined.
        notes: What a reader must know, such as who could not take part.
    """

    name: str
    truth: Mapping[str, int]
    measures: tuple[Measure, ...]
    values: Mapping[str, Mapping[str, Value]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scores:
    """All sections, and the company they are about.

    Attributes:
        warehouse: Where the truth and the project's answers lie.
        settings: What the company was generated with, value by name.
        sections: One per scorer.
    """

    warehouse: str
    settings: Mapping[str, str]
    sections: tuple[Section, ...]
