"""A temporary file that is kept in memory until it becomes large."""

from tempfile import SpooledTemporaryFile
from typing import Any

from transformer.system.signals import held_back


def spooled_file(max_size: int, **options: Any) -> Any:
    """Return a `SpooledTemporaryFile` that keeps up to `max_size` bytes in memory.

    Signals are blocked until it is complete: Python prints a traceback if an incomplete one is
    deleted.
    """
    with held_back():
        return SpooledTemporaryFile(max_size, **options)
