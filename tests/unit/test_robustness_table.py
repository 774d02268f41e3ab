"""The table of faults and hostile input names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
TABLE = (ROOT / "docs" / "robustness.md").read_text("utf-8")


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED.findall(TABLE))))
def test_a_test_that_the_table_names_exists(file: str, test: str) -> None:
    path = ROOT / (file if "/" in file else f"tests/integration/{file}")
    tree = ast.parse(path.read_text("utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_row_of_the_table_names_a_test() -> None:
    tables = TABLE.split("## What the largest")[0]
    rows = [line for line in tables.splitlines() if line.startswith("| ")]
    heads = ("| what ", "| --- ")
    bare = [line for line in rows if not line.startswith(heads) and not NAMED.search(line)]
    assert bare == []
    assert len(rows) > 50
