"""Where and how much a section measures."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that a section may fill, and what the command line asks for.

    `is_quick`: small sizes, and each command runs once. `corpus` and `repository` are folders of
    real files.
    """

    folder: Path
    is_quick: bool = False
    corpus: Path | None = None
    repository: Path | None = None

    def size(self, full: int, quick: int) -> int:
        """Return how many there are to be of something."""
        return quick if self.is_quick else full

    @property
    def rounds(self) -> int:
        """How often each command is timed."""
        return self.size(5, 0)
