"""One self-contained page about segments, built from the served file only."""

from segmentation.report.errors import (
    ReportError,
    ServingColumnMissingError,
    ServingFileMissingError,
    ServingFileUnreadableError,
    ServingTableMissingError,
)
from segmentation.report.page import ReportSummary, render_report

__all__ = [
    "ReportError",
    "ReportSummary",
    "ServingColumnMissingError",
    "ServingFileMissingError",
    "ServingFileUnreadableError",
    "ServingTableMissingError",
    "render_report",
]
