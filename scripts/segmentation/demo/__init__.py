"""Demo data: real or generated raw tables, loaded before dbt runs."""

from collections.abc import Callable

from segmentation.demo import complete_journey
from segmentation.demo.errors import UnknownDataSetError
from segmentation.demo.raw_data import RawData

DATA_SETS: dict[str, Callable[[], RawData]] = {
    "complete_journey": complete_journey.find_data,
}


def find_data(name: str) -> RawData:
    """Return the demo data set of that name.

    Raises:
        UnknownDataSetError: there is none of that name.
        DataPackageMissingError: the package with its files is not installed.
    """
    if name not in DATA_SETS:
        raise UnknownDataSetError(name, DATA_SETS)
    return DATA_SETS[name]()
