"""Writing a file so that it is wholly old or wholly new, whatever happens."""

import contextlib
import os
from collections.abc import Iterable
from errno import EACCES
from pathlib import Path


def replace(path: Path, chunks: Iterable[bytes]) -> None:
    """Replace the content of the file at `path`, keeping its mode and owner.

    A temporary file in the same folder is written, flushed to disk and renamed. Where `path` is a
    symbolic link, the file it points to is replaced. A file that may not be written is not
    replaced, although its folder would allow that.

    Raises:
        OSError: nothing was changed.
    """
    import tempfile  # slow to import, and a filter needs it nowhere

    target = Path(os.path.realpath(path))
    status = target.stat()
    if not os.access(target, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES), str(target))
    handle, name = tempfile.mkstemp(
        prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent
    )
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(temporary, status.st_uid, status.st_gid)
        temporary.chmod(status.st_mode & 0o7777)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
