"""The public addresses of the project: `[project.urls]` in pyproject.toml, and nowhere else."""

import tomllib
from pathlib import Path

_PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def urls() -> dict[str, str]:
    """Return the addresses by name, such as `Repository`; none of them needs to be there."""
    project = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = project.get("urls", {})
    return found
