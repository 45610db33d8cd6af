"""Agreement of orders: who is above whom, in truth and in what was found."""

import math

import duckdb

# Of equal values each has the mean of their ranks.
_RANK = "rank() over (order by {0}) + (count(*) over (partition by {0}) - 1) / 2.0"


def rank_correlation(
    connection: duckdb.DuckDBPyConnection, pairs: str
) -> tuple[int, float | None]:
    """Return how many pairs there are and their rank correlation (Spearman, 1904).

    Args:
        connection: Connection to the warehouse.
        pairs: Query with the columns found and truth; rows with a null are left out.

    Returns:
        The number of pairs, and a value from -1 to 1; null where one side is all equal.
    """
    [(count, value)] = connection.execute(
        f"""
        with ranked as (
            select {_RANK.format("found")} as found, {_RANK.format("truth")} as truth
            from ({pairs})
            where found is not null and truth is not null
        )
        select count(*), corr(found, truth) from ranked
        """
    ).fetchall()
    return count, None if value is None or math.isnan(value) else value


def area_under_curve(
    connection: duckdb.DuckDBPyConnection, pairs: str
) -> tuple[int, float | None]:
    """Return how many there are, and how often a true one is found above a false one.

    The area under the ROC curve, by ranks (Mann and Whitney, 1947).

    Args:
        connection: Connection to the warehouse.
        pairs: Query with the columns found, a number, and truth, a boolean.

    Returns:
        The number of rows, and a value from 0 to 1, one half by chance; null where all
        are true or none is.
    """
    [(count, positive, ranks)] = connection.execute(
        f"""
        with ranked as (
            select {_RANK.format("found")} as place, truth
            from ({pairs})
            where found is not null and truth is not null
        )
        select
            count(*),
            count(*) filter (where truth),
            sum(place) filter (where truth)
        from ranked
        """
    ).fetchall()
    negative = count - positive
    if not positive or not negative:
        return count, None
    return count, float(ranks - positive * (positive + 1) / 2) / (positive * negative)
