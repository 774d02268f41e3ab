"""Published schemas of formats that others read; they come in source archives from PyPI.

They are fetched once, into the virtual environment. Where that cannot be done, what needs them is
skipped, or fails under `HOSTNET_REQUIRE_TOOLS=1`.
"""

import sys
import tarfile
from pathlib import Path

from tests.downloads import fetch

_CACHE = Path(sys.prefix) / "published"

SARIF = (
    "sarif-pydantic==0.6.2",
    "634df2784533fcac8e86f0c60a0e45ead1d35452dc2331d32596275595906e7f",
    "sarif-schema-2.1.0.json",
)
"""The JSON Schema of SARIF 2.1.0, as OASIS publishes it."""

JUNIT = (
    "pytest==9.2.0",
    "97c4f3b1f3c7414aa36465e09b8220f1d03627993bd51b1282e193753c80557b",
    "testing/example_scripts/junit-10.xsd",
)
"""The XML Schema by which Jenkins reads JUnit reports."""


def published(source: tuple[str, str, str]) -> Path:
    """Return the file of a schema; `source`: a release, its SHA-256, the path in its archive."""
    release, sha256, member = source
    archives = release.replace("-", "_").replace("==", "-") + ".tar.gz"
    if not (archive := _CACHE / archives).exists():
        fetch(release, sha256, _CACHE, "--no-binary", ":all:")
    schema = _CACHE / Path(member).name
    if not schema.exists():
        with tarfile.open(archive) as opened:
            file = opened.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{member}")
            assert file is not None
            schema.write_bytes(file.read())
    return schema
