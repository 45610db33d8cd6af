"""Compares what was found with the truth of a made-up company: `segment demo score`.

Each section is one scorer in `SCORERS`.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb

from segmentation.connections import duckdb_path, open_duckdb
from segmentation.demo.score import (
    changes,
    experiments,
    identity,
    segments,
    tastes,
    value,
)
from segmentation.demo.score.errors import ScoreFailedError, TruthMissingError
from segmentation.demo.score.page import print_scores, scores_json
from segmentation.demo.score.results import Scores, Section
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse
from segmentation.profiles import Profile

__all__ = ["SCORERS", "Scores", "print_scores", "score", "scores_json"]

Scorer = Callable[[Warehouse, Sequence[Path]], Section]

SCORERS: Mapping[str, Scorer] = {
    identity.SECTION: identity.score_identity,
    value.SECTION: value.score_value,
    tastes.SECTION: tastes.score_tastes,
    segments.SECTION: segments.score_segments,
    experiments.SECTION: experiments.score_experiments,
    changes.SECTION: changes.score_changes,
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
    rivals: Mapping[str, Sequence[Path]] = {identity.SECTION: identities}
    path = duckdb_path(profile)
    if not path.exists():
        raise TruthMissingError(str(path), [f"schema {TRUTH_SCHEMA}"])
    with open_duckdb(profile, read_only=True) as connection:
        warehouse = Warehouse(
            connection, str(path), str(profile.output.get("schema", "main"))
        )
        warehouse.require_truth(["settings", *identity.TRUTH_TABLES])
        try:
            sections = tuple(
                scorer(warehouse, rivals.get(section, ()))
                for section, scorer in SCORERS.items()
            )
            return Scores(str(path), warehouse.settings(), sections)
        except duckdb.Error as error:
            raise ScoreFailedError(str(path), str(error)) from error
