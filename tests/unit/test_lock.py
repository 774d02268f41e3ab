"""The lock files and pyproject.toml agree."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = {
    name: (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    for name in ("dev", "run", "tool", "browser", "site")
}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNS = PYPROJECT["project"]["dependencies"]
NEEDED = {
    "dev": [*RUNS, *PYPROJECT["project"]["optional-dependencies"]["dev"]],
    "run": [*RUNS, *PYPROJECT["build-system"]["requires"]],
    "tool": RUNS,
    "browser": [*RUNS, *PYPROJECT["project"]["optional-dependencies"]["browser"]],
    "site": [*RUNS, *PYPROJECT["project"]["optional-dependencies"]["site"]],
}
ENTRIES = {name: re.findall(r"^[a-z].*(?:\n    .*)*", lock, re.M) for name, lock in LOCKS.items()}
PYTHONS = ("3.11", "3.12", "3.13")


def locked(entry: str) -> Requirement:
    return Requirement(entry.replace("\\\n", " ").partition(" --hash")[0])


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("lock", "text"), [(lock, text) for lock, texts in NEEDED.items() for text in texts]
)
def test_what_is_needed_is_locked_within_its_bounds(lock: str, text: str, python: str) -> None:
    needed = Requirement(text)
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    environment |= {"sys_platform": "linux", "platform_machine": "x86_64"}
    if needed.marker is not None and not needed.marker.evaluate(environment):
        return
    (entry,) = (
        entry
        for entry in map(locked, ENTRIES[lock])
        if canonicalize_name(entry.name) == canonicalize_name(needed.name)
        and (entry.marker is None or entry.marker.evaluate(environment))
    )
    (pin,) = entry.specifier
    assert pin.operator == "=="
    assert needed.specifier.contains(pin.version)


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_with_hashes_and_nothing_says_where_it_comes_from(lock: str) -> None:
    assert all("--hash=sha256:" in entry for entry in ENTRIES[lock])
    assert "://" not in LOCKS[lock]
    assert "index" not in LOCKS[lock].replace("indexer", "")


def test_the_tools_for_development_run_with_what_the_tool_runs_with() -> None:
    pins = {name: {entry.split()[0] for entry in entries} for name, entries in ENTRIES.items()}
    assert pins["run"] <= pins["dev"]
    assert pins["tool"] <= pins["run"]


def test_the_sbom_lists_what_the_tool_needs_with_the_hashes_of_the_lock() -> None:
    sbom = json.loads((ROOT / "requirements/hostnet-transform.cdx.json").read_bytes())
    assert (sbom["bomFormat"], sbom["metadata"]["component"]["name"]) == (
        "CycloneDX",
        PYPROJECT["project"]["name"],
    )
    listed = {
        (one["name"], one["version"]): {
            found["content"] for place in one["externalReferences"] for found in place["hashes"]
        }
        for one in sbom["components"]
    }
    pinned = {
        (locked(entry).name, next(iter(locked(entry).specifier)).version): set(
            re.findall("sha256:([0-9a-f]{64})", entry)
        )
        for entry in ENTRIES["tool"]
    }
    assert listed == pinned
