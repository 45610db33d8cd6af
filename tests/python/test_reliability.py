"""The catalogue of faults (docs/reliability.md) names tests that are there."""

import ast
import re
from functools import cache

import pytest

from dbt_project import REPOSITORY

TESTS = REPOSITORY / "tests" / "python"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (REPOSITORY / "docs" / "reliability.md").read_text().splitlines()
    if line.startswith("|") and not line.startswith(("| fault |", "|---"))
]
PROOF = re.compile(r"`(test_\w+\.py)::(test_\w+)`( \*slow\*)?")


@cache
def found_in(file: str) -> dict[str, bool]:
    """Tests of a file, and whether each is left to `make test-all`."""
    tree = ast.parse((TESTS / file).read_text())
    all_slow = any(
        isinstance(node, ast.Assign)
        and ast.unparse(node) == "pytestmark = pytest.mark.slow"
        for node in tree.body
    )
    return {
        node.name: all_slow
        or any(ast.unparse(mark) == "pytest.mark.slow" for mark in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def test_there_are_faults_each_told_once() -> None:
    assert len(ROWS) >= 25
    assert all(len(row) == 3 and all(row) for row in ROWS)
    assert len({fault for fault, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[fault for fault, _, _ in ROWS])
def test_every_proof_is_a_test(row: list[str]) -> None:
    proofs = PROOF.findall(row[2])
    assert proofs
    # Nothing else stands in the cell.
    assert PROOF.sub("", row[2]).strip(", ") == ""
    for file, name, mark in proofs:
        assert (TESTS / file).exists(), file
        assert name in found_in(file), f"{file} has no {name}"
        assert found_in(file)[name] == bool(mark), f"{name}: slow or not?"
