"""Spare dbt what it does anew at each invocation, although one process runs many."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

import jinja2
from dbt_common.tests import disable_test_caching, enable_test_caching
from dbt_common.utils.encoding import JSONEncoder

_compile: Any = jinja2.Environment.compile
_code: dict[tuple[Any, ...], CodeType] = {}


@contextlib.contextmanager
def warm_dbt() -> Iterator[None]:
    """Keep what depends on nothing but the text of a file, and write JSON in one go."""
    enable_test_caching()  # dbt's own: macros and blocks of a text are parsed once
    with (
        mock.patch.object(jinja2.Environment, "compile", _compile_once),
        mock.patch("dbt.artifacts.schemas.base.write_json", _write_json),
    ):
        try:
            yield
        finally:
            disable_test_caching()


def _compile_once(
    environment: jinja2.Environment, source: Any, *args: Any, **kwargs: Any
) -> CodeType:
    """Compile a template; environments of dbt differ by class and never by setting."""
    key = (type(environment), str(source), args, *sorted(kwargs.items()))
    if key not in _code:
        _code[key] = _compile(environment, source, *args, **kwargs)
    return _code[key]


def _write_json(path: str, data: dict[str, Any]) -> bool:
    """Write an artifact; dbt writes it in pieces, for which Python has no fast code."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(data, cls=JSONEncoder))
    return True
