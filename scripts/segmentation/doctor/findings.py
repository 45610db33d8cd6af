"""What the doctor finds, as plain values: the same for the table and for JSON."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Counts:
    """What became of the rows that a source delivered, at the last build."""

    rows: int
    kept: int
    duplicates: int
    corrected: int
    excluded: int
    quarantined: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class MappedSource:
    """One source of one entity.

    Attributes:
        entity: Input entity.
        source: Name of the source.
        model: Its staging model.
        mapped: Columns of the entity that the model names; null when they cannot be
            read from its code.
        unmapped: The other columns of the entity.
        counts: Rows at the last build; null when it was not built yet.
    """

    entity: str
    source: str
    model: str
    mapped: tuple[str, ...] | None
    unmapped: tuple[str, ...]
    counts: Counts | None = None


@dataclass(frozen=True)
class MissingEntity:
    """An entity that no source delivers, and what the company goes without."""

    entity: str
    effect: str


@dataclass(frozen=True)
class EmptyFeature:
    """A feature that says nothing about anybody, and why."""

    feature: str
    reason: str


@dataclass(frozen=True)
class BlockedRule:
    """A rule that cannot be evaluated: nobody reaches its segment because of it."""

    segment_set: str
    code: str
    reason: str


@dataclass(frozen=True)
class Window:
    """A window of days, and whether the orders cover it at the as-of date."""

    days: int
    is_observed: bool
    observed_from: date | None


@dataclass(frozen=True)
class ReleaseState:
    """The last release.

    Attributes:
        is_current: True when it is what a build of this state would release, as far
            as settings and row counts tell; null when this target does not publish.
        message: One sentence.
        run_id: Run that built it; null when there is none.
        as_of_date: Day its tables stand at.
        released_at: When it was published, UTC.
    """

    is_current: bool | None
    message: str
    run_id: str | None = None
    as_of_date: date | None = None
    released_at: datetime | None = None


@dataclass(frozen=True)
class Findings:
    """All that the doctor found.

    Attributes:
        project_dir: The project looked at.
        target: Target of its profile.
        warehouse: File or database.
        settings: Data set, time zone, currency and as-of date, once resolved.
        is_built: Whether the warehouse holds a build of this project.
        mapped: Sources by entity.
        missing: Entities without a source.
        empty_features: Features that say nothing.
        blocked_rules: Rules that cannot be evaluated.
        data_starts: First local day by dated entity and source.
        windows: Windows of the features; empty before the first build.
        release: The last release; null when the warehouse cannot be read.
        problems: What would stop a build, a sentence each.
        notes: What would not stop it and is worth knowing.
    """

    project_dir: str
    target: str
    warehouse: str
    settings: dict[str, str] = field(default_factory=dict)
    is_built: bool = False
    mapped: tuple[MappedSource, ...] = ()
    missing: tuple[MissingEntity, ...] = ()
    empty_features: tuple[EmptyFeature, ...] = ()
    blocked_rules: tuple[BlockedRule, ...] = ()
    data_starts: dict[str, date] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    release: ReleaseState | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def can_build(self) -> bool:
        """Whether nothing is known that would stop a build."""
        return not self.problems
