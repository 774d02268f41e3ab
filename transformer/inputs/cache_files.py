"""Files in which values are kept from one run to the next: safe to delete, and never trusted.

A file begins with a line with the hash of what follows, so that one that is damaged, or has been
written by anything else, is not read. It is written beside and renamed, so several runs may write
at once: the last one counts.
"""

import json
import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

_MOST_FILES = 8
_MOST_BYTES = 64 * 1024 * 1024
"""Of all files together; the oldest are removed."""

_NAME, _TEMPORARY = ".json", ".tmp"
_ABANDONED = 3600
"""The age, in seconds, of a temporary file that no run writes any more."""


def load(folder: Path, name: str) -> dict[str, Any]:
    """Return what is kept under a name; nothing if it is missing, damaged or of another user."""
    path = folder / f"{name}{_NAME}"
    try:
        if not (_is_own(folder) and _is_readable(path)):
            return {}
        head, _, rest = path.read_bytes().partition(b"\n")
        found = json.loads(rest) if head == _hash(rest) else {}
        os.utime(path)  # it is in use
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def save(folder: Path, name: str, values: dict[str, Any], most: int = _MOST_FILES) -> None:
    """Keep values under a name, and remove what is too much (more than `most` files in the folder,
    say); nothing is done if that fails.
    """
    with suppress(OSError, ValueError, RecursionError):
        data = json.dumps(values, separators=(",", ":")).encode()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_own(folder) and len(data) <= _MOST_BYTES:
            _replace(folder / f"{name}{_NAME}", (_hash(data), b"\n", data))
            _prune(folder, most)


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file under another name, and rename it.

    Raises:
        OSError: it cannot be written; then nothing is left.
    """
    from tempfile import mkstemp  # slow to import

    handle, temporary = mkstemp(_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _hash(data: bytes) -> bytes:
    return sha256(data).hexdigest().encode()


def _is_own(folder: Path) -> bool:
    """Whether only this user can write into the folder.

    Raises:
        OSError: it does not exist.
    """
    status = folder.stat()
    is_mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return is_mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _is_readable(path: Path) -> bool:
    """Whether it is a file of a size that is read, and not a pipe, say, to wait for.

    Raises:
        OSError: it does not exist.
    """
    status = path.stat()
    return stat.S_ISREG(status.st_mode) and status.st_size <= _MOST_BYTES


def _prune(folder: Path, most: int) -> None:
    """Remove the oldest files beyond the limits, and what killed runs have left."""
    now, size = time.time(), 0
    found = [(path.stat(), path) for path in folder.iterdir()]
    for path in (one for status, one in found if _is_abandoned(one, now - status.st_mtime)):
        path.unlink()
    kept = [(status, path) for status, path in found if path.suffix == _NAME]
    kept.sort(key=lambda one: one[0].st_mtime_ns, reverse=True)
    for number, (status, path) in enumerate(kept):
        size += status.st_size
        if number >= most or size > _MOST_BYTES:
            path.unlink()


def _is_abandoned(path: Path, age: float) -> bool:
    return path.suffix == _TEMPORARY and age > _ABANDONED
