"""The options of `patch`, as plain data."""

from dataclasses import dataclass
from pathlib import Path

from transformer.config.options import TransformOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchOptions(TransformOptions):
    """The options of `patch`; what it reads and writes is given by those of `transform`."""

    operations: Path
    """The file of the JSON patch."""

    target: str | None = None
    """The objects to patch, as `Kind/namespace/name` (None: the only one)."""
