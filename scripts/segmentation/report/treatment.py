"""How customers of an age band or region are treated, which decides nothing."""

from dataclasses import dataclass

from segmentation.report.disclosure import Cell
from segmentation.report.numbers import WITHHELD, money_text, share_text, spaced
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings

_TABLE = "activation__treatment"
_COLUMNS = (
    "attribute_name",
    "attribute_value",
    "customer_count",
    "mailed_share",
    "advertised_share",
    "excluded_share",
    "mean_spend_ceiling",
)


@dataclass(frozen=True)
class Treated:
    """Customers of one age band or region, in words.

    Attributes:
        attribute: Age band or region.
        value: Which one.
        customers: How many they are.
        mailed: Share who are written to with an offer.
        advertised: Share who are shown advertising.
        excluded: Share who are kept out of it.
        ceiling: What may be spent on one of them, on average.
    """

    attribute: str
    value: str
    customers: str
    mailed: str
    advertised: str
    excluded: str
    ceiling: str


@dataclass(frozen=True)
class Treatment:
    """Every age band and region, and what an older file lacks."""

    rows: tuple[Treated, ...]
    missing: tuple[str, ...]


def load_treatment(serving: Serving, settings: ReportSettings) -> Treatment:
    """Read how groups are treated; all numbers are shared ones already."""
    if missing := serving.lacks({_TABLE: _COLUMNS}):
        return Treatment((), missing)
    rows = serving.rows(
        f"select {', '.join(_COLUMNS)} from {_TABLE} "
        "order by attribute_name, attribute_value = 'unknown', attribute_value"
    )
    return Treatment(
        tuple(
            Treated(
                attribute=spaced(name),
                value=value,
                customers=Cell(count, "shown", settings.smallest_cell).text,
                mailed=_share(mailed),
                advertised=_share(advertised),
                excluded=_share(excluded),
                ceiling=money_text(ceiling),
            )
            for name, value, count, mailed, advertised, excluded, ceiling in rows
        ),
        (),
    )


def _share(share: float | None) -> str:
    return WITHHELD if share is None else share_text(share)
