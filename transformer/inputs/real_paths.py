"""Real paths: without symbolic links, and each folder is looked up once in a run."""

import os
import posixpath


class RealPaths:
    """Resolves paths; for one run, in which links do not change."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: "str | os.PathLike[str]") -> str:
        """Return the same as `os.path.realpath`."""
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir):
            return self._folder(os.fspath(path))
        found = posixpath.join(self._folder(folder), name)
        is_link = os.path.islink(found)  # noqa: PTH114 (a Path takes longer than the question)
        return os.path.realpath(found) if is_link else found

    def _folder(self, path: str) -> str:
        if path not in self._folders:
            self._folders[path] = os.path.realpath(path)
        return self._folders[path]
