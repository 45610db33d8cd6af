"""What the doctor finds, as plain values: the same for the table and for JSON."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


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
class Family:
    """A family of sources, from `measurement__source_families` once it was built.

    Attributes:
        family: Its name.
        mapped: Entities that a source delivers now.
        unmapped: The other entities of the family.
        state: absent, not built yet, or the state at the last build.
        finding: Code of what was found.
        finding_text: The same in words.
        rows: Rows in use.
        customers: Identified customers with a row.
        share: The same of all identified customers.
        days_behind: Days from the last day with rows to the as-of date.
        last_day: That day.
    """

    family: str
    mapped: tuple[str, ...]
    unmapped: tuple[str, ...]
    state: str
    finding: str | None = None
    finding_text: str | None = None
    rows: int | None = None
    customers: int | None = None
    share: float | None = None
    days_behind: int | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Layer:
    """A layer of segmentation: how far the data carry it, and what blocks the next."""

    layer: str
    state: str
    live_aspects: int
    aspects: int
    customers: int
    share: float | None
    next_step: str


@dataclass(frozen=True)
class RuleGap:
    """A rule left open for customers of whom it needs a feature that is unknown."""

    segment_set: str
    code: str
    feature: str
    customers: int
    at_stake_revenue: Decimal
    needs: str


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
        families: Families of sources.
        layers: Layers of segmentation; empty before the first build.
        gaps: Rules left open at the last build, the dearest first.
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
    families: tuple[Family, ...] = ()
    layers: tuple[Layer, ...] = ()
    gaps: tuple[RuleGap, ...] = ()
    data_starts: dict[str, date] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    release: ReleaseState | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def can_build(self) -> bool:
        """Whether nothing is known that would stop a build."""
        return not self.problems
