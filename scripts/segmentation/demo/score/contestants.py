"""Who is compared with the truth: the project, rivals and two baselines."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from segmentation.demo.score.clusters import RECORDS
from segmentation.demo.score.errors import NothingToScoreError
from segmentation.demo.score.exact_keys import TABLES, join_exact_keys
from segmentation.demo.score.rivals import load_rival
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

MAP = "identity__customer_map"


def contestants(
    warehouse: Warehouse, rivals: Sequence[Path], notes: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield name and answer of each: the project, rivals, baselines.

    Args:
        warehouse: A warehouse with the truth, and the compared records prepared.
        rivals: Files of the rivals.
        notes: Who cannot take part is added here.

    Raises:
        NothingToScoreError: The project has no answer and there are no rivals.
        SegmentationError: A rival's file cannot be used.
    """
    missing = _why_project_is_missing(warehouse)
    project, *keys = (warehouse.built(table) for table in (MAP, *TABLES))
    if missing is None and project is not None:
        yield "project", project
    elif rivals:
        notes.append(f"The project is left out: found {missing}.")
    else:
        raise NothingToScoreError(str(missing))
    for number, file in enumerate(rivals):
        yield file.stem, load_rival(warehouse.connection, file, number)
    records, identifiers = keys
    if missing is None and records is not None and identifiers is not None:
        answer = join_exact_keys(warehouse.connection, records, identifiers)
        yield "exact keys", answer
    else:
        notes.append("The baseline 'exact keys' needs a build of omnichannel.")
    yield "singletons", f"(select *, record_number as customer_id from {RECORDS})"


def _why_project_is_missing(warehouse: Warehouse) -> str | None:
    project = warehouse.built(MAP)
    if project is None:
        return f"no table {MAP} in {warehouse.name}"
    if not count_answers(warehouse, project, "semi"):
        return f"no record of the truth in {MAP}, which was built of other data"
    return None


def count_answers(warehouse: Warehouse, answer: str, join: str) -> int:
    """Count answers for records of the truth (semi join) or for others (anti join)."""
    [(count,)] = warehouse.connection.execute(
        f"""
        select count(*)
        from {answer} as answers
        {join} join {TRUTH_SCHEMA}.records as records
            on
                answers.source_system = records.source_system
                and answers.source_customer_id = records.source_customer_id
        """
    ).fetchall()
    return int(count)
