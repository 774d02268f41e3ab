"""The shell commands of a document in `integrations/`, for the test of the host they are for.

A block under `<!-- test: MARK -->` is run by the test that knows MARK. A block without a mark is
one that needs what no test has: a cluster, say.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

INTEGRATIONS = Path(__file__).resolve().parents[2] / "integrations"

_BLOCK = re.compile(
    r"^<!-- test: (?P<mark>\w+) -->\n```sh\n(?P<text>.*?)^```\n", re.MULTILINE | re.DOTALL
)


class ShellBlock(NamedTuple):
    """Commands of a document."""

    mark: str
    text: str


def shell_blocks(document: Path) -> list[ShellBlock]:
    """Return the marked blocks of a document, in their order."""
    text = document.read_text(encoding="utf-8")
    blocks = [ShellBlock(match["mark"], match["text"]) for match in _BLOCK.finditer(text)]
    assert len(blocks) == text.count("<!-- test"), f"{document}: a mark without its block"
    return blocks


def run_block(
    text: str, folder: Path, *programs: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run commands in `folder`, with the tool under test and `programs` (folders) on PATH."""
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", text],
        cwd=folder,
        env={**os.environ, **(env or {}), "PATH": path_with(*programs)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def path_with(*programs: Path) -> str:
    """Return a PATH with the folders `programs`, that of the tool, and the usual ones."""
    tool = Path(sys.executable).parent
    return os.pathsep.join([*map(str, programs), str(tool), os.environ.get("PATH", os.defpath)])
