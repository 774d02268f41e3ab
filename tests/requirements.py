"""Other programs that tests need."""

import os
import shutil
import sys
import tomllib
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def has_go_tool(name: str) -> bool:
    """Whether a program is there that only Go can build; under `HOSTNET_REQUIRE_GO=1` it must be.

    For what does not only need that program; else see `require_go_tool`.
    """
    return find_tool(name) is not None or os.environ.get("HOSTNET_REQUIRE_GO") == "1"


def find_tool(name: str) -> str | None:
    """Return the path of a program, beside our Python or on PATH, or None."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def require_go_tool(name: str) -> str:
    """Return the path of a program that only Go can build, as `require_tool`.

    Without it the test is skipped, and fails under `HOSTNET_REQUIRE_GO=1`.
    """
    return require_tool(name, "HOSTNET_REQUIRE_GO")


def require_tool(name: str, required_by: str = "HOSTNET_REQUIRE_TOOLS") -> str:
    """Return the path of a program: beside our Python, or on PATH.

    Without it the test is skipped, and fails where the variable `required_by` is 1.
    """
    path = find_tool(name)
    if path is not None:
        return path
    message = f"{name} is not installed"
    if os.environ.get(required_by) == "1":
        pytest.fail(message)
    pytest.skip(message)


def require_module(name: str) -> Any:
    """Return a module that some platforms or environments lack, or skip as `require_tool` does.

    Where the markers in `pyproject.toml` leave its package out, the test is always skipped.
    """
    try:
        return import_module(name)
    except ImportError:
        pass
    if not is_wanted_here(name):
        pytest.skip(f"pyproject.toml leaves {name} out on this platform and Python")
    message = f"the module {name} is not installed; `make setup` does that"
    if os.environ.get("HOSTNET_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


def is_wanted_here(name: str, **environment: str) -> bool:
    """Whether an extra in `pyproject.toml` has the package on this platform, or another."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    entries = [
        entry
        for entry in map(Requirement, chain(*extras.values()))
        if canonicalize_name(entry.name) == canonicalize_name(name)
    ]
    assert entries, f"pyproject.toml does not name {name}"
    return any(entry.marker is None or entry.marker.evaluate(environment) for entry in entries)
