"""Standard input and output as bytes: missing ones, held output, and readers that have gone."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, TextIO, cast

_MEMORY = 16 * 1024 * 1024
_CHUNK = 1024 * 1024


def standard_input() -> BinaryIO:
    """Return standard input.

    Raises:
        SettingsError: the shell has closed it.
    """
    return _opened(sys.stdin, "standard input", "name a PATH, or pipe manifests in").buffer


def standard_output() -> BinaryIO:
    """Return standard output.

    Raises:
        SettingsError: the shell has closed it.
    """
    return _opened(sys.stdout, "standard output", "redirect it to a file or a pipe").buffer


def _opened(stream: TextIO | None, name: str, hint: str) -> TextIO:
    if stream is None:
        from transformer.errors import SettingsError  # rarely needed

        raise SettingsError(f"{name} is closed", hint=hint)
    return stream


@contextmanager
def held(out: BinaryIO, has_failed: Callable[[], bool]) -> Iterator[BinaryIO]:
    """Yield a file whose content goes to `out` in the end, and nowhere if something failed."""
    from transformer.system.spooled import spooled_file  # slow to import

    with spooled_file(_MEMORY) as file:
        yield file
        if not has_failed():
            file.seek(0)
            while chunk := file.read(_CHUNK):
                out.write(chunk)


def discard_output() -> None:
    """Send to nowhere what standard output and standard error still hold.

    Whoever read them has gone, or the disk is full; the interpreter shall not complain at exit.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _to_nowhere(stream)


def discard_unread() -> None:
    """Send to nowhere what standard output, and a standard error that nobody reads, still hold.

    We are to end now, and not when somebody has read them.
    """
    import select

    _to_nowhere(sys.stdout)
    with suppress(OSError, ValueError):
        if sys.stderr is not None and not select.select([], [sys.stderr], [], 0)[1]:
            _to_nowhere(sys.stderr)


def _to_nowhere(stream: TextIO | None) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(nowhere, cast(TextIO, stream).fileno())
    os.close(nowhere)
