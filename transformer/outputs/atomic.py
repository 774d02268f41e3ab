"""Writing a file so that it is wholly old or wholly new, whatever happens.

The new content goes to a temporary file in the same folder, which then takes the place of the old
one. As long as it is written, its writer holds a lock on it: so the next run can tell what a run
that was killed has left behind, and removes it. The name under which a file is replaced is a new
file: other hard links to the old one keep the old content.
"""

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from errno import EACCES, ESTALE
from pathlib import Path

from transformer.inputs.reading import Signature, signature
from transformer.system.locks import lock
from transformer.system.signals import held_back

_PREFIX = ".hostnet-transform."
_SUFFIX = ".tmp"
_OURS = re.compile(r"\.hostnet-transform\.[a-z0-9_]{8}\.tmp")
_ATTEMPTS = 100


def replace(path: Path, chunks: Iterable[bytes], expected: Signature | None = None) -> None:
    """Replace the content of the file at `path`; mode, owner and extended attributes (an access
    control list is one) are kept, as far as this user may set them.

    A temporary file in the same folder is written, flushed to disk and renamed. Where `path` is a
    symbolic link, the file it points to is replaced. A file that may not be written is not
    replaced, although its folder would allow that; nor one that is no longer as `expected`.

    Raises:
        OSError: nothing was changed.
    """
    target = Path(os.path.realpath(path))
    _refuse_if_changed(target.stat(), expected)
    if not os.access(target, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES), str(target))
    with _temporary_file(target.parent) as (handle, temporary, release):
        with os.fdopen(os.dup(handle), "wb") as out:
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            status = target.stat()
            _refuse_if_changed(status, expected)
            _dress(handle, target, status)
            os.fsync(handle)
        release()
        _refuse_if_changed(target.stat(), expected)
        temporary.replace(target)
    _sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed runs of this user have left in `folder`."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    _remove_abandoned(entry.path)


def _refuse_if_changed(status: os.stat_result, expected: Signature | None) -> None:
    if expected is not None and signature(status) != expected:
        raise OSError(ESTALE, "somebody else has changed it meanwhile; run again")


@contextlib.contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[int, Path, Callable[[], None]]]:
    """Yield a new file in `folder`, open and locked; in the end its name is gone, one way or other.

    What comes with it closes it where there are no locks: Windows renames no file that is open. A
    signal that ends us waits until there is somebody to remove the file.
    """
    with held_back() as let_through, contextlib.ExitStack() as opened:
        handle, path, is_locked = _locked_file(folder)
        opened.callback(os.close, handle)
        release = _keep if is_locked else opened.close
        try:
            let_through()
            yield handle, path, release
        except BaseException:
            release()
            with contextlib.suppress(OSError):
                path.unlink()
            raise


def _locked_file(folder: Path) -> tuple[int, Path, bool]:
    import tempfile  # slow to import, and a filter needs it nowhere

    for _ in range(_ATTEMPTS):
        handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        is_locked = lock(handle)
        if is_locked is None or (is_locked and os.fstat(handle).st_nlink):
            return handle, Path(name), bool(is_locked)
        os.close(handle)  # another run took it for an abandoned one
    raise FileExistsError("no temporary file can be made")


def _remove_abandoned(path: str) -> None:
    """Remove a file unless its writer still lives; one of another user is left alone."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(handle)
        is_ours = stat.S_ISREG(status.st_mode) and _user() in (0, status.st_uid)
        if is_ours and lock(handle) and os.path.samestat(status, os.lstat(path)):
            Path(path).unlink()
    finally:
        os.close(handle)


def _keep() -> None:
    """Leave a file open: the lock on it is needed until the end."""


def _user() -> int | None:
    return os.geteuid() if hasattr(os, "geteuid") else None


def _dress(handle: int, target: Path, status: os.stat_result) -> None:
    """Give the open file owner, mode and extended attributes of `target`."""
    mode = stat.S_IMODE(status.st_mode)
    if hasattr(os, "fchown"):
        try:
            os.fchown(handle, status.st_uid, status.st_gid)
        except PermissionError:
            mode &= ~(stat.S_ISUID | stat.S_ISGID)  # they would speak for somebody else
            try:
                os.fchown(handle, -1, status.st_gid)
            except PermissionError:  # then its rights are not for our group either
                mode &= ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(target):
                with contextlib.suppress(OSError):
                    os.setxattr(handle, name, os.getxattr(target, name))
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
