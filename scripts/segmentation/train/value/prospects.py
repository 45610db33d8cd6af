"""Who never ordered, as they were known on a day."""

from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats


@dataclass(frozen=True)
class Prospects:
    """Identified customers without an order who do not object to profiling.

    Attributes:
        customer_ids: By customer, rising.
        names: Inputs, as the columns of `int_features__prospects` are called.
        counts: Shape (customers, inputs); nan where the data do not cover a window.
    """

    customer_ids: tuple[str, ...]
    names: tuple[str, ...]
    counts: Floats


NOBODY = Prospects((), (), np.empty((0, 0)))
