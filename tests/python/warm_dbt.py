"""Spare dbt what tests have no use for: repeated work, and events nobody reads."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

import jinja2
import jinja2.runtime
from dbt_common.events.base_types import BaseEvent, DebugLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.tests import disable_test_caching, enable_test_caching
from dbt_common.utils.encoding import JSONEncoder

_compile: Any = jinja2.Environment.compile
_new_context: Any = jinja2.runtime.new_context
_init_event: Any = BaseEvent.__init__
_fire_event: Any = EventManager.fire_event
_code: dict[tuple[Any, ...], CodeType] = {}


@contextlib.contextmanager
def warm_dbt() -> Iterator[None]:
    """Keep what depends on nothing but the text of a file, and write JSON in one go.

    Events of the level debug are not made: `DbtProject.dbt` keeps none of them.
    """
    enable_test_caching()  # dbt's own: macros and blocks of a text are parsed once
    with (
        mock.patch.object(jinja2.Environment, "compile", _compile_once),
        mock.patch("jinja2.environment.new_context", _uncopied_context),
        mock.patch.object(BaseEvent, "__init__", _init_unless_debug),
        mock.patch.object(EventManager, "fire_event", _fire_unless_debug),
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


def _uncopied_context(*args: Any) -> Any:
    """Make a template's context; dbt's globals are thousands, and only read."""
    environment, name, blocks, own, shared, shared_globals, local = args
    if own or shared or local or shared_globals is None:
        return _new_context(*args)
    return environment.context_class(
        environment, shared_globals, name, blocks, globals=shared_globals
    )


def _init_unless_debug(event: BaseEvent, *args: Any, **kwargs: Any) -> None:
    if not isinstance(event, DebugLevel):
        _init_event(event, *args, **kwargs)


def _fire_unless_debug(
    manager: EventManager, e: BaseEvent, *args: Any, **kwargs: Any
) -> None:
    if not isinstance(e, DebugLevel):
        _fire_event(manager, e, *args, **kwargs)
