"""What is in a basket, and how its amount is shared out."""

import numpy as np

from segmentation.demo.omnichannel.catalogue import choose_products
from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.frames import Array, Random, repeated

MOST_LINES = 15


def draw_lines(
    chunk: Chunk, owner: Array, rng: Random
) -> tuple[Array, Array, Array, Array]:
    """Return order, number, product and weight of each line of orders by owner."""
    count = np.minimum(1 + rng.poisson(1.2, len(owner)), MOST_LINES)
    order, number = repeated(count)
    who = owner[order]
    # Who seeks novelty buys across categories.
    focus = 1 / (1 + np.exp(0.7 * chunk.people.latent["novelty_seeking"][who] - 0.3))
    product = choose_products(chunk.people.affinity[who], focus, rng)
    weight = chunk.products["price"][product] * rng.uniform(0.8, 1.2, len(order))
    return order, number, product, weight


def share_out(total: Array, order: Array, weight: Array) -> Array:
    """Return whole cents by line that add up to the total of their order."""
    running = np.cumsum(weight)
    ends = np.flatnonzero(np.append(order[1:] != order[:-1], True))
    before = np.concatenate(([0.0], running[ends][:-1]))
    whole = running[ends] - before
    share = np.clip((running - before[order]) / whole[order], 0, 1)
    share[ends] = 1
    upto = np.floor(total[order] * share).astype(np.int64)
    previous = np.concatenate(([0], upto[:-1]))
    previous[np.concatenate(([0], ends[:-1] + 1))] = 0
    cents: Array = upto - previous
    return cents
