"""F1 at other thresholds than the one that was chosen, after customers are made."""

from collections.abc import Callable

import duckdb

from dbt_project import DbtProject

# Below .5 a pair speaks against itself, and the guard decides.
THRESHOLDS = (0.55, 0.65, 0.8, 0.9, 0.95, 0.98, 0.995, 0.9999)
_DECIDED = "int_identity__pattern_verdicts+,+identity__customer_map"


def f1_by_threshold(
    project: DbtProject, score: Callable[[DbtProject], float]
) -> dict[float, float]:
    """Return F1 by threshold; the project is left as the last one resolves it.

    Args:
        project: A project whose identities were built with published weights.
        score: Returns F1 of the project as it stands.
    """
    found = {}
    for threshold in THRESHOLDS:
        with duckdb.connect(str(project.warehouse)) as connection:
            connection.execute(
                "update main_internal.identity_weights set match_probability = ? "
                "where comparison = 'threshold'",
                [threshold],
            )
        result = project.dbt("run", "--select", _DECIDED)
        assert result.success, result.ending
        found[threshold] = score(project)
    return found
