"""Other programs that tests need."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def require_tool(name: str) -> str:
    """Return the path of a program: beside our Python, or on PATH.

    Without it the test is skipped, and fails under `HOSTNET_REQUIRE_TOOLS=1`.
    """
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if path is not None:
        return path
    message = f"{name} is not installed"
    if os.environ.get("HOSTNET_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)
