"""How revenue and scores spread over buyers."""

from dataclasses import dataclass
from decimal import Decimal

from segmentation.report.disclosure import Cell, publish_one, share_of
from segmentation.report.queries import Dates, Measure
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings

SCORES = (1, 2, 3, 4, 5)
_HIGH = 4


@dataclass(frozen=True)
class Curve:
    """Cumulative share of revenue over buyers, the best first.

    Attributes:
        buyers: Published number of buyers.
        points: Share of buyers and of revenue, from nobody to everybody.
        mark: Share of buyers who bring `target` of the revenue, where it can be told.
        target: The share of revenue that is marked.
    """

    buyers: Cell
    points: tuple[tuple[float, float], ...]
    mark: float | None
    target: float = 0.80


@dataclass(frozen=True)
class Grid:
    """Buyers by recency score (rows, 5 first) and frequency score (columns)."""

    cells: dict[tuple[int, int], Cell]
    scored: Cell
    high: Cell
    high_share: float | None


def load_curve(
    serving: Serving, dates: Dates, measure: Measure, settings: ReportSettings
) -> Curve | None:
    """Rank buyers by revenue and accumulate it in steps of at least a full cell.

    Returns:
        The curve, or nothing where buyers are too few or revenue is not positive.
    """
    ((count, total),) = serving.rows(
        f"select count(*), coalesce(sum({measure.column}), 0) "
        "from features__customers "
        "where as_of_date = ? and customer_type = 'buyer'",
        [dates.current],
    )
    steps = min(settings.curve_steps, count // settings.smallest_cell)
    if steps < SCORES[-1] or total <= 0:
        return None
    rows = serving.rows(
        "with ranked as ("
        f" select coalesce({measure.column}, 0) as money, row_number() over ("
        f" order by coalesce({measure.column}, 0) desc, customer_id) as place"
        " from features__customers"
        " where as_of_date = $current and customer_type = 'buyer'"
        "), running as ("
        " select place, sum(money) over (order by place) as money_so_far,"
        " place * $steps // $count > (place - 1) * $steps // $count as is_step"
        " from ranked"
        "), reached as ("
        " select min(place) as place from running where money_so_far >= $target"
        ") select running.place, money_so_far, is_step,"
        " running.place = reached.place from running cross join reached "
        "where is_step or running.place = reached.place order by running.place",
        {
            "current": dates.current,
            "steps": steps,
            "count": count,
            "target": Decimal(str(Curve.target)) * total,
        },
    )
    points = [
        (place / count, float(money / total)) for place, money, step, _ in rows if step
    ]
    mark = next((place for place, _, _, is_mark in rows if is_mark), 0)
    share = round(mark / count, 2) if mark >= settings.smallest_cell else None
    return Curve(publish_one(count, settings), ((0.0, 0.0), *points), share)


def load_grid(serving: Serving, dates: Dates, settings: ReportSettings) -> Grid:
    """Count buyers by recency and frequency score."""
    rows = serving.rows(
        "select recency_score, frequency_score, count(*) from features__customers "
        "where as_of_date = ? and customer_type = 'buyer' "
        "and recency_score is not null and frequency_score is not null "
        "group by recency_score, frequency_score",
        [dates.current],
    )
    counts = {(r, f): 0 for r in reversed(SCORES) for f in SCORES}
    counts |= {(int(r), int(f)): n for r, f, n in rows}
    scored = publish_one(sum(counts.values()), settings)
    high = publish_one(
        sum(n for (r, f), n in counts.items() if min(r, f) >= _HIGH), settings
    )
    cells = {key: publish_one(n, settings) for key, n in counts.items()}
    return Grid(cells, scored, high, share_of(high, scored))
