"""Which data are there and which are missing."""

from dataclasses import dataclass
from datetime import date

from segmentation.report.disclosure import publish_one, share_of
from segmentation.report.numbers import date_text, rows_text, share_text, spaced
from segmentation.report.queries import Dates
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings

TABLE = "features__customers"
_WINDOWS = (30, 90, 365)
_KNOWN = (
    ("age_band", "Age band"),
    ("income_band", "Income band"),
    ("household_size", "Household size"),
    ("household_composition", "Household composition"),
    ("region", "Region"),
    ("country_code", "Country"),
    ("gender", "Gender"),
)


@dataclass(frozen=True)
class Source:
    """Deliveries of one kind of data from one source, as texts for the table."""

    entity: str
    source: str
    delivered: str
    kept: str
    put_aside: str
    span: str


@dataclass(frozen=True)
class Audit:
    """All kinds of data: mapped ones with counts, missing ones with their cost."""

    sources: tuple[Source, ...]
    missing: tuple[tuple[str, str], ...]
    excluded: int
    quarantined: int

    @property
    def kinds(self) -> int:
        """Number of kinds of data that the project reads."""
        return len({row.entity for row in self.sources}) + len(self.missing)


@dataclass(frozen=True)
class Window:
    """Maturity of one look-back window.

    Attributes:
        days: Length of the window.
        since: First as-of date at which the data cover it.
        waiting: As-of dates at which they do not.
        dates: As-of dates in the file.
        is_observed_now: Whether the current date is covered.
    """

    days: int
    since: date | None
    waiting: int
    dates: int
    is_observed_now: bool


def load_audit(serving: Serving, settings: ReportSettings) -> Audit:
    """Read the source audit."""
    rows = serving.rows(
        "select entity, source_system, is_mapped, row_count, kept_count, "
        "duplicate_count, corrected_count, excluded_count, quarantined_count, "
        "first_event_date, last_event_date, effect_when_missing "
        "from measurement__source_audit order by entity, source_system"
    )
    sources: list[Source] = []
    missing: list[tuple[str, str]] = []
    bound = settings.smallest_cell
    names = ("duplicate", "corrected", "excluded", "quarantined")
    for entity, source, is_mapped, delivered, kept, *rest in rows:
        *aside, first, last, effect = rest
        if not is_mapped:
            missing.append((spaced(entity), str(effect or "")))
            continue
        parts = [
            f"{rows_text(n, bound)} {name}"
            for n, name in zip(aside, names, strict=True)
            if n
        ]
        sources.append(
            Source(
                spaced(entity),
                str(source),
                rows_text(delivered or 0, bound),
                rows_text(kept or 0, bound),
                ", ".join(parts) or "–",
                f"{date_text(first)} to {date_text(last)}" if first and last else "–",
            )
        )
    return Audit(
        tuple(sources),
        tuple(missing),
        sum(row[7] or 0 for row in rows),
        sum(row[8] or 0 for row in rows),
    )


def load_windows(serving: Serving, dates: Dates) -> tuple[Window, ...]:
    """See at which as-of dates every customer's window is covered by data."""
    found = []
    for days in _WINDOWS:
        status = f"window_status_{days}d"
        rows = serving.rows(
            f"select as_of_date, bool_and({status} = 'observed') "
            "from features__customers group by as_of_date order by as_of_date"
        )
        observed = [as_of for as_of, is_observed in rows if is_observed]
        found.append(
            Window(
                days,
                observed[0] if observed else None,
                len(rows) - len(observed),
                len(rows),
                dates.current in observed,
            )
        )
    return tuple(found)


def load_known(
    serving: Serving, dates: Dates, settings: ReportSettings
) -> tuple[tuple[str, str], ...]:
    """Tell for which share of customers each describing attribute is known."""
    columns = [item for item in _KNOWN if serving.has_column(TABLE, item[0])]
    found = []
    for column, name in columns:
        ((everybody, known),) = serving.rows(
            f"select count(*), count(*) filter (where {column} <> 'unknown') "
            "from features__customers where as_of_date = ?",
            [dates.current],
        )
        whole = publish_one(everybody, settings)
        share = share_of(publish_one(known, settings), whole)
        if whole.is_shown:
            text = f"fewer than {settings.smallest_cell} customers"
            found.append((name, text if share is None else share_text(share)))
    return tuple(found)
