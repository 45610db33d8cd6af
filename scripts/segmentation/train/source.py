"""Reads the pattern counts of the last build from the warehouse."""

from datetime import date

from segmentation.connections import warehouse_name
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.train.errors import PatternsMissingError, PatternsUnreadableError
from segmentation.train.patterns import COLUMNS, Patterns, patterns_from_rows
from segmentation.warehouse_tables import find_columns, find_schemas, open_query

TABLE = "int_identity__patterns"
DATES = "features__as_of_dates"


def read_patterns(profile: Profile) -> tuple[Patterns, date | None]:
    """Read the pattern counts and the as-of date of the build, null if it has none.

    Raises:
        SegmentationError: The warehouse does not open, or has no such counts.
    """
    with open_query(profile) as query:
        schemas = find_schemas(query, (TABLE, DATES), profile) if query else {}
        if query is None or TABLE not in schemas:
            raise PatternsMissingError(warehouse_name(profile), TABLE)
        found_columns = find_columns(query, schemas[TABLE], TABLE)
        lacking = [name for name in COLUMNS if name not in found_columns]
        if lacking:
            found = f"no {', '.join(lacking)}"
            raise PatternsUnreadableError(found, f"the columns {', '.join(COLUMNS)}")
        listed = ", ".join(COLUMNS)
        # The order of rows decides the last digits of a sum.
        rows = query(
            f"select {listed} from {quoted(schemas[TABLE], TABLE)} order by {listed}"
        )
        found_dates = []
        if DATES in schemas:
            dates = quoted(schemas[DATES], DATES)
            found_dates = query(f"select as_of_date from {dates} where is_current")
    return patterns_from_rows(rows), found_dates[0][0] if found_dates else None
