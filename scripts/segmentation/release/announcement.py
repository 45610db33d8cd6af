"""Tells whoever listens, in the process that runs dbt, what publishing did."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from segmentation.release.publish import Publication
from segmentation.release.run import Run

Listener = Callable[[Run, Publication | Exception], None]

_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have a function called with each run that is published during a block.

    It gets the run and what publishing did, or the error with which it failed.
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def announce(run: Run, result: Publication | Exception) -> None:
    """Tell every listener how publishing a run ended."""
    for listener in _listeners:
        listener(run, result)
