"""Fixtures for every test: a clean environment and a PostgreSQL server."""

import os
from collections.abc import Iterator

import pytest

from postgres_server import ServerMissingError, find_binaries, running_server

LEAKING_PREFIXES = ("DBT_", "SEGMENTATION_")
KEPT_PREFIX = "SEGMENTATION_REQUIRE_"


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Hide the developer's own dbt and project settings from every test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(LEAKING_PREFIXES) and not name.startswith(KEPT_PREFIX):
                patch.delenv(name)
        patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "0")
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, str]]:
    """Yield the connection to a private PostgreSQL 15, as environment variables.

    Without one installed the tests skip, or fail if SEGMENTATION_REQUIRE_POSTGRES=1.
    """
    try:
        binaries = find_binaries()
    except ServerMissingError as missing:
        if os.environ.get("SEGMENTATION_REQUIRE_POSTGRES") == "1":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with running_server(binaries) as connection:
        yield connection
