"""A folder for copies of inputs that can be read only once; the next run removes that of a killed
run.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from transformer.system.files import ATTEMPTS, PREFIX, lock, remove_left
from transformer.system.signals import held_back

if TYPE_CHECKING:
    import tempfile

_SUFFIX = ".scratch"


@contextmanager
def folder_for_copies() -> Iterator[Callable[[], str]]:
    """Yield a function that returns a `temp_folder`, which is created when it is first called."""
    with ExitStack() as opened:
        yield cache(lambda: opened.enter_context(temp_folder()))


@contextmanager
def temp_folder() -> Iterator[str]:
    """Yield a new folder, in which only files may be created; it is removed at the end."""
    import tempfile  # slow to import, rarely needed

    remove_left(tempfile.gettempdir(), _SUFFIX, os.O_RDONLY, _remove_abandoned)
    with held_back() as let_through, ExitStack() as opened, _locked_folder(opened) as name:
        let_through()
        yield name


def _locked_folder(opened: ExitStack) -> "tempfile.TemporaryDirectory[str]":
    """Return a new folder, locked until `opened` is closed if folders can be locked."""
    import tempfile

    for _ in range(ATTEMPTS):
        folder = tempfile.TemporaryDirectory(prefix=PREFIX, suffix=_SUFFIX)
        try:
            handle = os.open(folder.name, os.O_RDONLY)
        except FileNotFoundError:
            folder.cleanup()  # another run considered it abandoned, and removed it
            continue
        except OSError:
            return folder  # no folder can be opened here, so no run removes it either
        opened.callback(os.close, handle)
        if lock(handle) is not False and os.path.isdir(folder.name):  # noqa: PTH112
            return folder
        folder.cleanup()
    raise FileExistsError("a temporary folder cannot be created")


def _remove_abandoned(handle: int, path: str) -> None:
    """Remove a folder that `temp_folder` created, unless the run that created it is still running.

    Such a folder contains only files, and only its user has access to it; any other is kept.
    """
    status = os.fstat(handle)
    is_private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == stat.S_IRWXU
    if is_private and status.st_uid == os.geteuid() and lock(handle):
        with os.scandir(path) as entries:
            copies = [entry.path for entry in entries if entry.is_file(follow_symlinks=False)]
        for copy in copies:
            os.unlink(copy)  # noqa: PTH108
        os.rmdir(path)  # noqa: PTH106
