"""Temporary files, and locks that distinguish files in use from those abandoned by a killed run."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from transformer.system.signals import held_back

PREFIX = ".hostnet-transform."
"""The beginning of the names of temporary files and folders, which random letters follow."""

ATTEMPTS = 100
"""How often to create one if other runs consider it abandoned before it is locked."""


def lock(handle: int) -> bool | None:
    """Lock an open file or folder until it is closed, and return whether it is locked.

    False: another process holds the lock; None: locks are not supported here.
    """
    try:
        import fcntl  # not on every system

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def remove_left(
    folder: str | Path, suffix: str, flags: int, remove: Callable[[int, str], object]
) -> None:
    """Let `remove` remove what killed runs left in `folder`, as far as it is permitted.

    It gets an open handle (opened with `flags`) and the path of each entry with a name that
    `tempfile` makes of `PREFIX` and `suffix`.
    """
    names = re.compile(rf"{re.escape(PREFIX)}[a-z0-9_]{{8}}{re.escape(suffix)}")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if names.fullmatch(entry.name):
                with suppress(OSError):
                    handle = os.open(entry.path, flags | getattr(os, "O_NOFOLLOW", 0))
                    try:
                        remove(handle, entry.path)
                    finally:
                        os.close(handle)


def spooled_file(max_size: int) -> Any:
    """Return a `SpooledTemporaryFile` that keeps up to `max_size` bytes in memory.

    Signals are blocked until it is complete: Python prints a traceback if an incomplete one is
    deleted.
    """
    from tempfile import SpooledTemporaryFile  # slow to import

    with held_back():
        return SpooledTemporaryFile(max_size)
