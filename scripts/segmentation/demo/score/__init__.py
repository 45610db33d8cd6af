"""Compares what was found with the truth of a made-up company: `segment demo score`.

A later section, such as value or drift, is one more scorer in `SCORERS`.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb

from segmentation.connections import duckdb_path, open_duckdb
from segmentation.demo.score.errors import ScoreFailedError, TruthMissingError
from segmentation.demo.score.identity import SECTION, TRUTH_TABLES, score_identity
from segmentation.demo.score.page import print_scores, scores_json
from segmentation.demo.score.results import Scores, Section
from segmentation.demo.score.segments import SECTION as SEGMENTS
from segmentation.demo.score.segments import TRUTH_TABLES as SEGMENTS_TRUTH
from segmentation.demo.score.segments import score_segments
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse
from segmentation.profiles import Profile

__all__ = ["SCORERS", "Scores", "print_scores", "score", "scores_json"]

Scorer = Callable[[Warehouse, Sequence[Path]], Section]

# By section: the tables of the truth that it needs, and what computes it.
SCORERS: Mapping[str, tuple[Sequence[str], Scorer]] = {
    SECTION: (TRUTH_TABLES, score_identity),
    SEGMENTS: (SEGMENTS_TRUTH, score_segments),
}


def score(profile: Profile, identities: Sequence[Path] = ()) -> Scores:
    """Compare the project and its rivals with the truth; change nothing.

    Args:
        profile: The profile that dbt would use; its target is a DuckDB file.
        identities: Files of rivals, with a customer per source record.

    Raises:
        SegmentationError: There is no truth, or nobody has an answer, or a rival's
            file cannot be used.
    """
    rivals: Mapping[str, Sequence[Path]] = {SECTION: identities}
    path = duckdb_path(profile)
    if not path.exists():
        raise TruthMissingError(str(path), [f"schema {TRUTH_SCHEMA}"])
    with open_duckdb(profile, read_only=True) as connection:
        warehouse = Warehouse(
            connection, str(path), str(profile.output.get("schema", "main"))
        )
        needed = ["settings", *(t for tables, _ in SCORERS.values() for t in tables)]
        warehouse.require_truth(list(dict.fromkeys(needed)))
        try:
            sections = tuple(
                scorer(warehouse, rivals.get(section, ()))
                for section, (_, scorer) in SCORERS.items()
            )
            return Scores(str(path), warehouse.settings(), sections)
        except duckdb.Error as error:
            raise ScoreFailedError(str(path), str(error)) from error
