"""A temporary file that is in memory until it becomes large."""

from tempfile import SpooledTemporaryFile
from typing import Any

from transformer.system.signals import held_back


def spooled_file(max_size: int, **options: Any) -> Any:
    """Return a `SpooledTemporaryFile`, of which `max_size` bytes are kept in memory.

    Signals wait until it is complete: Python prints a traceback when half of one is deleted.
    """
    with held_back():
        return SpooledTemporaryFile(max_size, **options)
