"""Let a dbt invocation start from the parse of an equal project with other data.

A full parse of this project costs more than half of a small build. dbt itself checks
which files have changed since; it is only kept from taking another warehouse file for
another profile.
"""

import json
import os
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

from dbt.adapters.duckdb.credentials import DuckDBCredentials

from shared_folder import shared_root


@dataclass(frozen=True)
class SharedParse:
    """The parse of one project, target, database name and set of variables.

    Args:
        artifacts: Target folder of the invocation.
        identity: All that must be equal, as JSON values.
    """

    artifacts: Path
    identity: tuple[Any, ...]

    def take(self) -> None:
        """Put the shared parse, if there is one, where dbt looks for its last one."""
        if self._shared.exists() and not self._own.exists():
            self.artifacts.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._shared, self._own)

    def give(self) -> None:
        """Share the parse of an invocation that had nothing to say against it."""
        if self._own.exists() and not self._shared.exists():
            self._shared.parent.mkdir(exist_ok=True)
            unfinished = self._shared.with_suffix(f".{os.getpid()}")
            shutil.copyfile(self._own, unfinished)
            unfinished.replace(self._shared)

    @property
    def _own(self) -> Path:
        return self.artifacts / "partial_parse.msgpack"

    @property
    def _shared(self) -> Path:
        text = json.dumps(self.identity, sort_keys=True, default=str)
        return shared_root() / "parses" / sha256(text.encode()).hexdigest()


def path_not_compared() -> AbstractContextManager[Any]:
    """Leave the warehouse's path out of what dbt compares before it reuses a parse."""
    keys: Any = vars(DuckDBCredentials)["_connection_keys"]
    return mock.patch.object(
        DuckDBCredentials,
        "_connection_keys",
        lambda credentials: tuple(key for key in keys(credentials) if key != "path"),
    )
