"""Where the files of a state are, which may be one of Git."""

from typing import NamedTuple


class Tree(NamedTuple):
    """Where the files of a state are: `copy` has those of `top`, or is the same folder."""

    top: str
    copy: str

    def copied(self, real: str) -> str:
        is_below = real == self.top or real.startswith(f"{self.top}/")
        return self.copy + real[len(self.top) :] if is_below else real

    def original(self, path: str) -> str:
        is_below = path == self.copy or path.startswith(f"{self.copy}/")
        return self.top + path[len(self.copy) :] if is_below else path


ON_DISK = Tree("", "")
