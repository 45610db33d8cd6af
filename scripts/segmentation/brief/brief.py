"""Reads the briefs of a served file, all or one."""

from pathlib import Path

from segmentation.brief.errors import ProfilesMissingError, SegmentUnknownError
from segmentation.report.briefs import Brief, load_briefs, missing_for_briefs
from segmentation.report.serving import Serving


def read_briefs(serving: Path, code: str | None = None) -> list[Brief]:
    """Read the briefs of a served file, by priority of the rules.

    Args:
        serving: The served file.
        code: One primary segment; null for all.

    Raises:
        SegmentationError: The file or a table is missing, or nobody knows the code.
    """
    with Serving(serving) as opened:
        if missing := missing_for_briefs(opened):
            raise ProfilesMissingError(serving, missing)
        [(as_of_date,)] = opened.rows("select as_of_date from _release")
        found = load_briefs(opened, as_of_date)
    if code is None:
        return found
    chosen = [brief for brief in found if brief.code == code]
    if not chosen:
        raise SegmentUnknownError(code, [brief.code for brief in found])
    return chosen
