"""Say how well planted archetypes could be recovered at all.

python tests/bench/bench_archetypes.py warehouse.duckdb

The warehouse is a build of the made-up company in the world `planted`, as
docs/clusters.md says. Prints the adjusted Rand index with the archetypes of three
answers, none of which the project has: the most probable archetype given a person's
true attitudes; a linear discriminant that has learned from the archetypes of other
customers what the inputs of the clusters say; k-means on these inputs, told how many
archetypes there are.
"""

import argparse

import duckdb
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from segmentation.demo.omnichannel.people import (
    ARCHETYPE_SHARES,
    ARCHETYPES,
    CENTRES,
    LATENT,
    TRAITS,
)

SEED = 1
PERSONS = 100_000
SEPARATION = 3.0
SEPARATED = LATENT[: CENTRES.shape[1]]
# Which of the attitudes that set archetypes apart a set can know of.
KNOWN = {
    "behavior": [name not in TRAITS for name in SEPARATED],
    "psychographic": [name in TRAITS for name in SEPARATED],
}
_INPUTS = """
    with one_person as (

        select map.customer_id, min(records.person_id) as person_id
        from main_identity.identity__customer_map as map
        inner join truth.records as records
            on
                map.source_system = records.source_system
                and map.source_customer_id = records.source_customer_id
        where records.names_somebody and records.person_id is not null
        group by map.customer_id
        having count(distinct records.person_id) = 1

    )

    select inputs.* exclude (customer_id, as_of_date), persons.archetype
    from main_internal.int_segments__{set_name}_inputs as inputs
    inner join one_person on inputs.customer_id = one_person.customer_id
    inner join truth.persons as persons on one_person.person_id = persons.person_id
    where
        persons.archetype is not null
        and inputs.as_of_date = (
            select max(as_of_date) from main_internal.int_segments__{set_name}_inputs
        )
    order by inputs.customer_id
"""
Floats = NDArray[np.float64]


def score_with_attitudes(set_name: str) -> float:
    """Return the index of the most probable archetype given the true attitudes."""
    random = np.random.default_rng(SEED)
    shares = np.array(ARCHETYPE_SHARES)
    centres = CENTRES[:, KNOWN[set_name]] * SEPARATION / np.sqrt(2)
    archetypes = random.choice(len(ARCHETYPES), PERSONS, p=shares)
    drawn = centres[archetypes] + random.standard_normal((PERSONS, centres.shape[1]))
    distances = ((drawn[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    guessed = (distances / 2 - np.log(shares)).argmin(axis=1)
    return float(adjusted_rand_score(archetypes, guessed))


def read_inputs(
    connection: duckdb.DuckDBPyConnection, set_name: str
) -> tuple[Floats, NDArray[np.str_]]:
    """Return inputs, standardised logarithms with the median for nulls, and archetypes.

    Returns:
        customers x inputs, and one archetype per customer.
    """
    frame = connection.execute(_INPUTS.format(set_name=set_name)).df()
    values = frame.drop(columns="archetype").to_numpy(dtype=float)
    values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    logs = np.sign(values) * np.log1p(np.abs(values))
    logs = logs[:, logs.std(axis=0) > 0]
    return (logs - logs.mean(axis=0)) / logs.std(axis=0), frame["archetype"].to_numpy()


def main() -> None:
    """Print the index of each answer for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", nargs="?", default="warehouse.duckdb")
    arguments = parser.parse_args()
    table = Table(title="Adjusted Rand index with the archetypes")
    for heading in ("set", "customers", "true attitudes", "labels", "k-means"):
        table.add_column(heading)
    with duckdb.connect(arguments.warehouse, read_only=True) as connection:
        for set_name in KNOWN:
            values, archetypes = read_inputs(connection, set_name)
            folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
            learned = cross_val_predict(
                LinearDiscriminantAnalysis(), values, archetypes, cv=folds
            )
            found = KMeans(len(ARCHETYPES), n_init=10, random_state=SEED)
            indices = (
                score_with_attitudes(set_name),
                adjusted_rand_score(archetypes, learned),
                adjusted_rand_score(archetypes, found.fit_predict(values)),
            )
            figures = (f"{index:.3f}" for index in indices)
            table.add_row(set_name, f"{len(archetypes):,}", *figures)
    Console().print(table)


if __name__ == "__main__":
    main()
