"""What dbt and this project's macros look like to sqlfluff, so that no dbt has to run.

sqlfluff puts every public name of this module into the Jinja context of a model.
Variables have the values of dbt_project.yml. A macro that returns a list or a mapping
is run, so that loops are linted as they unroll. Any other macro has a stand-in: a query
on its arguments where its body is a query, nothing where it restricts or configures,
and else a call of the same name.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import jinja2
import yaml

_REPOSITORY = Path(__file__).resolve().parents[2]
_PROJECT = yaml.safe_load((_REPOSITORY / "dbt_project.yml").read_text(encoding="utf-8"))
_MACRO = re.compile(r"{%-?\s*macro (\w+)\(.*?%}(.*?){%-?\s*endmacro", re.DOTALL)
_COLUMN = re.compile(r"\b[a-z_]\w*\.[a-z_]\w*\b")
_UNROLLED = 8  # a longer loop teaches the linter nothing new
_JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)


class _Text(str):
    """A rendered piece of SQL that also passes for a list, mapping or object."""

    # Jinja's sandbox asks both before it calls an object.
    unsafe_callable = False
    alters_data = False

    def __getattr__(self, name: str) -> "_Text":
        return _Text(f"{name}_")  # `measure.column` must not render a reserved word

    def __call__(self, *arguments: Any, **_: Any) -> "_Text":
        return _Text(f"{self}({', '.join(_argument(value) for value in arguments)})")

    def __iter__(self) -> Iterator["_Text"]:
        return iter([_Text("item")])

    def items(self) -> list[tuple["_Text", "_Text"]]:
        """Return one pair, so that a loop over a setting renders once."""
        return [(_Text("key"), _Text("value"))]


class _Returned(Exception):
    """Ends a macro, as `return` does in dbt."""


def _return(value: Any) -> NoReturn:
    raise _Returned(value)


def _argument(value: Any) -> str:
    """Keep what a linter follows of an argument: the columns of named relations."""
    return ", ".join(_COLUMN.findall(str(value))) or "argument"


def _type(*_: Any) -> str:
    return "varchar"


@cache
def _compiled(source: str) -> Any:
    return _ENVIRONMENT.from_string(source).module


class _Macro:
    """One macro of the project."""

    unsafe_callable = False
    alters_data = False

    def __init__(self, name: str, body: str, source: str) -> None:
        self._name = name
        self._source = source
        words = _JINJA.sub(" ", body).split()
        self._is_query = bool(words) and words[0] in {"select", "with"}
        self._returns = "return(" in body
        restricts = bool(words) and words[0] in {"inner", "where"}
        self._is_silent = restricts or (not words and not self._returns)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self._is_silent:
            return ""
        if self._is_query:
            names = [str(name) for name in arguments if isinstance(name, str)]
            return "select * from " + " cross join ".join(names or ["rendered"])
        collection = self._collection(*arguments, **named) if self._returns else None
        return _Text(self._name)(*arguments) if collection is None else collection

    def _collection(self, *arguments: Any, **named: Any) -> Any:
        """Run the macro and return its value if that is a list or a mapping."""
        try:
            getattr(_compiled(self._source), self._name)(*arguments, **named)
        except _Returned as returned:
            value = returned.args[0]
            if isinstance(value, dict):
                return dict(list(value.items())[:_UNROLLED])
            return value[:_UNROLLED] if isinstance(value, list) else None
        except Exception:  # noqa: BLE001 - it needs a running dbt: a stand-in will do
            return None
        return None


class _Namespace:
    """A package of macros: `dbt.hash(x)`, `segmentation.local_date(x)`."""

    def __init__(self, macros: dict[str, _Macro]) -> None:
        self._macros = macros

    def __getattr__(self, name: str) -> Any:
        if name.startswith("type_") or name.endswith("_type"):
            return _type
        return self._macros.get(name, _Text(name))


def _macros() -> dict[str, _Macro]:
    macros: dict[str, _Macro] = {}
    for path in (_REPOSITORY / "macros").rglob("*.sql"):
        source = path.read_text(encoding="utf-8")
        for name, body in _MACRO.findall(source):
            macros[name] = _Macro(name, body, source)
    return macros


def var(name: str, default: Any = None) -> Any:
    """Return the project's own value of a variable."""
    value = _PROJECT["vars"].get(name, default)
    return _Text(name) if value is None else value


dbt = _Namespace({})
segmentation = _Namespace(_macros())
adapter = api = exceptions = graph = model = modules = run_started_at = _Text("stub")
env_var = _Text("env_var")
execute = True

_ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
_ENVIRONMENT.globals.update(
    {"return": _return, "var": var, "dbt": dbt, "segmentation": segmentation}
)
