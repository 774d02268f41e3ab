"""Standard input and output as bytes: closed streams, held output, and readers that are gone."""

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


def is_interactive() -> bool:
    """Whether all three standard streams are terminals: a person sees a result and can answer."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


@contextmanager
def held(out: BinaryIO, has_failed: Callable[[], bool]) -> Iterator[BinaryIO]:
    """Yield a file whose content is written to `out` at the end, unless something failed."""
    from transformer.system.files import spooled_file  # rarely needed

    with spooled_file(_MEMORY) as file:
        yield file
        if not has_failed():
            file.seek(0)
            while chunk := file.read(_CHUNK):
                out.write(chunk)


def discard_output() -> None:
    """Flush standard output and standard error, and discard what cannot be written.

    Their reader is gone, or the disk is full; this keeps the interpreter from reporting it at exit.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _discard(stream)


def discard_unread() -> None:
    """Discard the buffers of standard output, and of standard error if nobody reads it.

    This process has to end now, not when somebody has read them.
    """
    import select

    _discard(sys.stdout)
    with suppress(OSError, ValueError):
        if sys.stderr is not None and not select.select([], [sys.stderr], [], 0)[1]:
            _discard(sys.stderr)


def _discard(stream: TextIO | None) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(nowhere, cast(TextIO, stream).fileno())
    os.close(nowhere)
