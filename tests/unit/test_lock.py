"""The lock file and pyproject.toml agree."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENTRIES = [
    (Requirement(entry.replace("\\\n", " ").partition(" --hash")[0]), entry.count("--hash=sha256:"))
    for entry in re.findall(r"^[a-z].*(?:\n    .*)*", LOCK, re.MULTILINE)
]
PYTHONS = ("3.11", "3.12", "3.13")
NEEDED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("text", NEEDED)
def test_what_is_needed_is_locked_within_its_bounds(text: str, python: str) -> None:
    needed = Requirement(text)
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    environment |= {"sys_platform": "linux", "platform_machine": "x86_64"}
    if needed.marker is not None and not needed.marker.evaluate(environment):
        return
    (locked,) = (
        entry
        for entry, _ in ENTRIES
        if canonicalize_name(entry.name) == canonicalize_name(needed.name)
        and (entry.marker is None or entry.marker.evaluate(environment))
    )
    (pin,) = locked.specifier
    assert pin.operator == "=="
    assert needed.specifier.contains(pin.version)


def test_everything_is_pinned_with_hashes_and_nothing_says_where_it_comes_from() -> None:
    assert len(ENTRIES) > 40
    assert all(hashes for _, hashes in ENTRIES)
    assert "://" not in LOCK
    assert "index" not in LOCK.replace("indexer", "")
