"""The folder in which the tool may remember what it can find out again."""

import os
from pathlib import Path


def cache_folder() -> Path | None:
    """Return the folder, which may not exist yet; None if there is no place for it.

    Source: XDG Base Directory Specification, `$XDG_CACHE_HOME`; a relative path is ignored.
    """
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        base = chosen if chosen.is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # there is no home
        return None
    return base / "hostnet-transform"
