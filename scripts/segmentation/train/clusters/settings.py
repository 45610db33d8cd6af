"""The numbers that training and its gate work with."""

from dataclasses import dataclass

BEHAVIOR, PSYCHOGRAPHIC = "behavior", "psychographic"
CLUSTER_COUNTS = (4, 5, 6, 7, 8)
DECIMALS = 9


@dataclass(frozen=True)
class Settings:
    """How clusters are found, and what they have to show.

    Attributes:
        seed: Of every random number; the same seed gives the same bytes.
        cluster_counts: Numbers of clusters that are tried.
        max_rows: Customers that are clustered; of more, every so many by key.
        starts: Cold starts of a clustering, of which the best counts.
        bootstrap_starts: The same of a resampled one.
        bootstraps: Resamples that a clustering is compared with.
        resample_size: Customers in one. With their number agreement tends to 1 whether
            there are clusters or not (Ben-David, von Luxburg and Pal, 2006), so that it
            is the same for all companies.
        nulls: Data sets drawn from each null.
        folds: Parts of the customers for the held-out share.
        min_ari: Least mean adjusted Rand index of the resamples.
        min_excess: By how much it must exceed the 95th percentile of each null.
        min_jaccard: Least mean Jaccard of every cluster (Hennig, 2007).
        min_share: Least share of the smallest cluster.
        min_size: Its least size, where all clusters could have it.
        min_warm_ari: Least agreement of a start from the quarter before with a cold
            one.
        max_warm_inertia: Largest ratio of their inertias.
    """

    seed: int = 20240229
    cluster_counts: tuple[int, ...] = CLUSTER_COUNTS
    max_rows: int = 20_000
    starts: int = 10
    bootstrap_starts: int = 2
    bootstraps: int = 20
    resample_size: int = 1000
    nulls: int = 20
    folds: int = 10
    min_ari: float = 0.85
    min_excess: float = 0.10
    min_jaccard: float = 0.75
    min_share: float = 0.03
    min_size: int = 300
    min_warm_ari: float = 0.90
    max_warm_inertia: float = 1.005

    @property
    def allowed_exceedances(self) -> int:
        """Null draws that may exceed a 95th percentile."""
        return self.nulls // 20
