"""Renders the page and writes it in one piece."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from segmentation.report import campaigns, charts, numbers, palette
from segmentation.report.content import gather
from segmentation.report.review import due_text
from segmentation.report.serving import Serving
from segmentation.report.settings import DEFAULTS


@dataclass(frozen=True)
class ReportSummary:
    """What was written, for the command line.

    Attributes:
        path: The page.
        run_id: Release that the page shows; empty before the first one.
        as_of_date: Date that the page speaks of, where the file holds one.
        customers: Published number of customers, in words.
        headline: First sentence of the page.
        is_conclusive: Whether the data were enough to state findings.
        size_bytes: Size of the page.
    """

    path: Path
    run_id: str
    as_of_date: date | None
    customers: str
    headline: str
    is_conclusive: bool
    size_bytes: int


def render_report(serving_path: Path, output_path: Path) -> ReportSummary:
    """Write the page for a served file; the same file gives the same bytes.

    Args:
        serving_path: The DuckDB file of the last release.
        output_path: Where the page is written; an older page is replaced at once.

    Raises:
        ServingFileMissingError: There is no such file.
        ServingFileUnreadableError: The file is no DuckDB file.
        ServingTableMissingError: A table of the served file is missing.
        ServingColumnMissingError: A served table lacks a column.
    """
    with Serving(serving_path) as serving:
        content = gather(serving, DEFAULTS)
    page = _environment().get_template("report.html.j2").render(content).encode()
    output_path.parent.mkdir(parents=True, exist_ok=True)
    waiting = output_path.with_name(f"{output_path.name}.next")
    waiting.write_bytes(page)
    waiting.replace(output_path)
    return ReportSummary(
        path=output_path,
        run_id=content["release"].run_id,
        as_of_date=content["dates"].current if content["dates"] else None,
        customers=content["customers"],
        headline=content["titles"]["headline"],
        is_conclusive=not content["doubts"],
        size_bytes=len(page),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("segmentation.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    helpers: dict[str, Any] = {
        "bar": charts.bar,
        "span": charts.span,
        "chip": charts.chip,
        "curve_chart": charts.curve,
        "effect_chart": charts.effect,
        "flow_chart": charts.flow,
        "interval_chart": charts.interval,
        "shade": charts.shade,
        "swatch": charts.swatch,
        "due_text": due_text,
        "date_text": numbers.date_text,
        "plain_colour": palette.PLAIN,
        "points_text": campaigns.points_text,
        "money_text": numbers.money_text,
        "month_text": numbers.month_text,
        "rows_text": numbers.rows_text,
        "share_text": numbers.share_text,
    }
    environment.globals.update(helpers)
    environment.filters["capitalize_first"] = numbers.capitalised
    return environment
