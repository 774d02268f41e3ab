"""Material that lies beside the repository, in `../shared`; what needs it is skipped without it."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).parents[2] / "shared"

CORPUS = _SHARED / "corpus"
YAML_SUITE = _SHARED / "yaml-test-suite"


def needs(folder: Path) -> pytest.MarkDecorator:
    """Return the mark that skips tests where `folder` is missing."""
    reason = f"../{folder.relative_to(_SHARED.parent).as_posix()} is not there"
    return pytest.mark.skipif(not folder.is_dir(), reason=reason)


def files(folder: Path, pattern: str) -> list[str]:
    """Return the names of the files of `folder` by a glob, relative to it; none if it is missing.

    Sorted by their bytes, as the shell's `*` is in the C locale.
    """
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))
