"""Write several new files, all or none, and never one in the place of another."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from transformer.errors import SettingsError, reason_of
from transformer.outputs import atomic


def write_new(files: Mapping[str, str], top: Path) -> None:
    """Write files below the folder `top`, with the folders that are missing.

    Each name is claimed first, with an empty file; if one cannot be, or cannot be written, what was
    made is removed.

    Raises:
        SettingsError: one exists, leads out of `top`, or cannot be written.
    """
    with ExitStack() as undo:
        for name in files:
            _claim(top / name, top, undo)
        for name, text in files.items():
            try:
                atomic.replace(top / name, [text.encode()])
            except OSError as error:
                raise _refused(top / name, error) from None
        undo.pop_all()


def _claim(path: Path, top: Path, undo: ExitStack) -> None:
    """Make an empty file and the folders above it; `undo` is told how to remove them."""
    missing = [one for one in path.parents if one.is_relative_to(top) and not os.path.lexists(one)]
    there = missing[-1].parent if missing else path.parent
    if not there.resolve().is_relative_to(top.resolve()):
        hint = "a link on the way leads out of the repository; write the file by hand"
        raise SettingsError("this is not written", file=os.path.relpath(path), hint=hint)
    try:
        for folder in reversed(missing):
            folder.mkdir()
            undo.callback(_remove, folder.rmdir)
        with path.open("xb"):
            undo.callback(_remove, path.unlink)
    except OSError as error:
        raise _refused(path, error) from None


def _remove(remove: Callable[[], object]) -> None:
    with suppress(OSError):
        remove()


def _refused(path: Path, error: OSError) -> SettingsError:
    message = f"this cannot be written: {reason_of(error)}"
    return SettingsError(message, file=os.path.relpath(path), hint="nothing was written")
