"""Columns of equal length, and the few things done to them everywhere."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
# Columns by name, of equal length. A row is the same position in each.
Frame = dict[str, Array]
Random = np.random.Generator

# A null, among texts and dates.
NOTHING: Array = np.array(None, dtype=object)
CHUNK_BITS = 22
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def rows(frame: Frame) -> int:
    """Return the number of rows."""
    return len(next(iter(frame.values())))


def take(frame: Frame, positions: Array) -> Frame:
    """Return the rows at positions, or where a mask holds."""
    return {name: column[positions] for name, column in frame.items()}


def stack(*frames: Frame) -> Frame:
    """Return the rows of frames with equal columns, one below the other."""
    return {
        name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]
    }


def repeated(counts: Array) -> tuple[Array, Array]:
    """Return, for each of sum(counts) rows, its owner and its number within it."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - first[owner]


def mixed(seed: int, chunk: int, number: Array, salt: int) -> Array:
    """Return ids that are unique over all chunks and tell nothing of each other.

    A Feistel network of four rounds on 32 bits, which is a bijection whatever its round
    function: one person's ids in two systems have nothing in common.

    Args:
        seed: Seed of the company.
        chunk: Number of the chunk.
        number: Numbers below 2 ** `CHUNK_BITS`, unique within the chunk.
        salt: Gives each kind of id an order of its own.
    """
    whole = number.astype(np.uint64) + np.uint64(chunk << CHUNK_BITS)
    half = np.uint64(0xFFFF)
    left, right = whole >> np.uint64(16), whole & half
    keys = np.random.SeedSequence((seed, salt)).generate_state(4, np.uint64)
    for key in keys:
        scrambled = (right + key) * np.uint64(0x9E37_79B9_7F4A_7C15)
        left, right = right, left ^ (scrambled >> np.uint64(40) & half)
    ids: Array = (left << np.uint64(16) | right).astype(np.int64)
    return ids


def pick(rng: Random, count: int, shares: Array | tuple[float, ...]) -> Array:
    """Return positions drawn with the given shares."""
    bounds = np.cumsum(np.asarray(shares, dtype=float))
    draw = rng.random(count) * bounds[-1]
    place: Array = np.searchsorted(bounds, draw, side="right")
    return place


def loaded(rng: Random, at: Array) -> Array:
    """Return when rows reach the warehouse: within a day, and a few much later."""
    lag = rng.integers(5 * MINUTE, 20 * HOUR, len(at))
    late = rng.random(len(at)) < 0.005
    lag[late] += rng.integers(2 * DAY, 30 * DAY, int(late.sum()))
    return at + lag


def delivered(rng: Random, frame: Frame, share: float = 0.003) -> Frame:
    """Return the frame with some rows delivered twice, the copy some days later.

    The frame has the column `loaded`; only that differs in a copy.
    """
    again = np.flatnonzero(rng.random(rows(frame)) < share)
    copies = take(frame, again)
    copies["loaded"] = copies["loaded"] + rng.integers(1, 6, len(again)) * DAY
    return stack(frame, copies)


def objects(values: list[Any]) -> Array:
    """Return an array of texts or dates."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
