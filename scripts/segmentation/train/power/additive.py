"""What one code adds to another: least squares on the dummies of both."""

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.power.variance import Code, Drawn, Model, by_nothing

# Singular values below this share of the largest are the redundancy of two dummy sets.
SMALLEST_SINGULAR_VALUE = 1e-10


def first_of(pairs: tuple[Code, ...]) -> Model:
    """Return the model that predicts the mean of the first code of each pair."""
    onto = _dummies([pair[0] for pair in pairs])

    def predict(learned: Drawn) -> Floats:
        people = (learned.people @ onto)[:, :, None]
        totals = np.einsum("wcd,cp->wpd", learned.totals, onto)
        means = totals / np.where(people > 0, people, 1)
        overall = by_nothing(learned)[:, :1]
        return np.asarray(np.where(people > 0, means, overall)[:, onto.argmax(axis=1)])

    return predict


def both_of(pairs: tuple[Code, ...]) -> Model:
    """Return the model that adds an effect of the first code and one of the second.

    A pair of which one code was held by nobody is predicted by its first code alone.
    """
    of_first = _dummies([pair[0] for pair in pairs])
    of_second = _dummies([pair[1] for pair in pairs])
    design = np.hstack([of_first, of_second])
    alone = first_of(pairs)

    def predict(learned: Drawn) -> Floats:
        crossed = np.einsum("wc,cp,cq->wpq", learned.people, design, design)
        totals = np.einsum("cp,wcd->wpd", design, learned.totals)
        inverse = np.linalg.pinv(crossed, rcond=SMALLEST_SINGULAR_VALUE, hermitian=True)
        fitted = design @ (inverse @ totals)
        is_known = np.ones(learned.people.shape, dtype=bool)
        for onto in (of_first, of_second):
            is_known &= (learned.people @ onto)[:, onto.argmax(axis=1)] > 0
        return np.asarray(np.where(is_known[:, :, None], fitted, alone(learned)))

    return predict


def _dummies(codes: list[str]) -> Floats:
    names = sorted(set(codes))
    return np.array([[float(code == name) for name in names] for code in codes])
