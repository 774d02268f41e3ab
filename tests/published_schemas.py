"""Published schemas of formats that others read; they come in source archives from PyPI.

They are fetched once, into the virtual environment. Where that cannot be done, what needs them is
skipped, or fails under `HOSTNET_REQUIRE_TOOLS=1`.
"""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

_CACHE = Path(sys.prefix) / "published"
_SECONDS = 300

SARIF = ("sarif-pydantic==0.6.2", "sarif-schema-2.1.0.json")
"""The JSON Schema of SARIF 2.1.0, as OASIS publishes it."""

JUNIT = ("pytest==9.2.0", "testing/example_scripts/junit-10.xsd")
"""The XML Schema by which Jenkins reads JUnit reports."""


def published(source: tuple[str, str]) -> Path:
    """Return the file of a schema; `source` is a release, and the path in its source archive."""
    release, member = source
    archives = release.replace("-", "_").replace("==", "-") + ".tar.gz"
    if not (archive := _CACHE / archives).exists():
        _fetch(release)
    schema = _CACHE / Path(member).name
    if not schema.exists():
        with tarfile.open(archive) as opened:
            file = opened.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{member}")
            assert file is not None
            schema.write_bytes(file.read())
    return schema


def _fetch(release: str) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-binary", ":all:", "--dest", str(_CACHE)]
    try:
        done = subprocess.run(
            [*pip, *options, release],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "PIP_FIND_LINKS": ""},
        )
    except subprocess.TimeoutExpired:
        message = f"{release} cannot be fetched: no answer in {_SECONDS} s"
    else:
        if not done.returncode:
            return
        message = f"{release} cannot be fetched: {done.stderr.strip()[-300:]}"
    if os.environ.get("HOSTNET_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)
