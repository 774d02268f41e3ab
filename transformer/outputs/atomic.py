"""Write a file atomically: it has either the old content or the new content, whatever happens.

The new content is written to a temporary file in the same folder, which then replaces the old file.
Its writer holds a lock on it until it is complete, so the next run can recognize and remove the
temporary files of a killed run. The result is a new file: other hard links to the old one keep the
old content.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from errno import EACCES, ESTALE
from pathlib import Path

from transformer.inputs.reading import Signature, signature
from transformer.system.files import ATTEMPTS, PREFIX, lock, remove_left
from transformer.system.signals import held_back

_SUFFIX = ".tmp"


def replace(path: Path, chunks: Iterable[bytes], expected: Signature | None = None) -> None:
    """Replace the content of the file at `path`; mode, owner and extended attributes (such as
    access control lists) are kept, as far as this user has permission to set them.

    A temporary file in the same folder is written, flushed to disk and renamed. If `path` is a
    symbolic link, its target is replaced. A file without write permission is not replaced, even if
    its folder allows that, nor is one whose signature is not `expected`.

    Raises:
        OSError: it cannot be replaced; nothing was changed.
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
            _copy_attributes(handle, target, status)
            os.fsync(handle)
        release()
        _refuse_if_changed(target.stat(), expected)
        temporary.replace(target)
    _sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed runs of this user left in `folder`."""
    remove_left(folder, _SUFFIX, os.O_RDWR | getattr(os, "O_NONBLOCK", 0), _remove_abandoned)


def _refuse_if_changed(status: os.stat_result, expected: Signature | None) -> None:
    if expected is not None and signature(status) != expected:
        raise OSError(ESTALE, "another process has changed it; run again")


@contextlib.contextmanager
def _temporary_file(folder: Path) -> Iterator[tuple[int, Path, Callable[[], None]]]:
    """Yield a new file in `folder`, open and locked: its handle, its path, and a function to call
    before it is renamed. It is removed if it was not renamed.

    The function closes the file if locks are not supported: Windows cannot rename an open file. A
    signal that terminates this process is blocked until the file is certain to be removed.
    """
    with held_back() as let_through, contextlib.ExitStack() as opened:
        handle, path, is_locked = _locked_file(folder)
        opened.callback(os.close, handle)
        # A lock is needed until the end.
        release: Callable[[], None] = (lambda: None) if is_locked else opened.close
        try:
            let_through()
            yield handle, path, release
        except BaseException:
            release()
            with contextlib.suppress(OSError):
                path.unlink()
            raise


def _locked_file(folder: Path) -> tuple[int, Path, bool]:
    import tempfile  # slow to import, and not needed for standard input

    for _ in range(ATTEMPTS):
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=_SUFFIX, dir=folder)
        is_locked = lock(handle)
        if is_locked is None or (is_locked and os.fstat(handle).st_nlink):
            return handle, Path(name), bool(is_locked)
        os.close(handle)  # another run considered it abandoned
    raise FileExistsError("a temporary file cannot be created")


def _remove_abandoned(handle: int, path: str) -> None:
    """Remove a file unless its writer is still running; keep files of other users."""
    status = os.fstat(handle)
    user = os.geteuid() if hasattr(os, "geteuid") else None
    is_ours = stat.S_ISREG(status.st_mode) and user in (0, status.st_uid)
    if is_ours and lock(handle) and os.path.samestat(status, os.lstat(path)):
        Path(path).unlink()


def _copy_attributes(handle: int, target: Path, status: os.stat_result) -> None:
    """Set owner, mode and extended attributes of the open file to those of `target`."""
    mode = stat.S_IMODE(status.st_mode)
    if hasattr(os, "fchown"):
        try:
            os.fchown(handle, status.st_uid, status.st_gid)
        except PermissionError:
            mode &= ~(stat.S_ISUID | stat.S_ISGID)  # they would apply to another user
            try:
                os.fchown(handle, -1, status.st_gid)
            except PermissionError:  # then our group does not get the permissions of its group
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
