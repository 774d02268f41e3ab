"""A folder for copies of what can be read only once; a killed run's is removed by the next."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from transformer.edges.locks import lock
from transformer.edges.signals import held_back

_PREFIX = "hostnet-transform-"
_ATTEMPTS = 100


@contextmanager
def scratch_folder() -> Iterator[str]:
    """Yield a new folder, which is removed in the end."""
    _sweep(tempfile.gettempdir())
    with held_back() as let_through:
        folder, handle = _locked_folder()
        try:
            with folder as name:
                let_through()
                yield name
        finally:
            os.close(handle)


def _locked_folder() -> tuple["tempfile.TemporaryDirectory[str]", int]:
    for _ in range(_ATTEMPTS):
        folder = tempfile.TemporaryDirectory(prefix=_PREFIX)
        handle = os.open(folder.name, os.O_RDONLY)
        if lock(handle) is not False and Path(folder.name).is_dir():
            return folder, handle
        os.close(handle)  # another run takes it for an abandoned one, and removes it
        folder.cleanup()
    raise FileExistsError("no temporary folder can be made")


def _sweep(around: str) -> None:
    with suppress(OSError), os.scandir(around) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    _remove_abandoned(entry.path)


def _remove_abandoned(path: str) -> None:
    """Remove a folder unless the run that made it still lives; another user's is left alone."""
    import shutil

    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        if os.fstat(handle).st_uid == os.geteuid() and lock(handle):
            shutil.rmtree(path)
    finally:
        os.close(handle)
