"""Releases on PyPI that tests take a file from: of one version, and of exactly these bytes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

_SECONDS = 300


def fetch(release: str, sha256: str, folder: Path, *options: str) -> None:
    """Download a release (`name==version`) into `folder`, or do without what needs it."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place) / "wanted.txt"
        wanted.write_text(f"{release} --hash=sha256:{sha256}\n", encoding="utf-8")
        command = [*pip, "--no-deps", "--require-hashes", *options, "--dest", str(folder)]
        try:
            done = subprocess.run(
                [*command, "--requirement", str(wanted)],
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
                env={**os.environ, "PIP_FIND_LINKS": ""},
            )
        except subprocess.TimeoutExpired:
            do_without(f"{release} cannot be fetched: no answer in {_SECONDS} s")
    if done.returncode:
        do_without(f"{release} cannot be fetched: {done.stderr.strip()[-300:]}")


def do_without(message: str) -> NoReturn:
    """Skip the test, or fail it under `HOSTNET_REQUIRE_TOOLS=1`."""
    if os.environ.get("HOSTNET_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)
