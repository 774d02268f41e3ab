"""The options of `validate`, as plain data."""

from dataclasses import dataclass, fields
from pathlib import Path

from transformer.config.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions(Options):
    """The options of `validate`."""

    old: str | None = None
    base: str | None = None
    staged: bool = False
    format: str = "text"
    fix: bool = False
    build: bool = False
    build_dirs: tuple[str, ...] = ()
    fail_on: tuple[str, ...] = ()
    """What gives exit status 1 besides errors: `warning`, `unseen` (and `error`, for clarity)."""
    cluster: tuple[str, ...] = ()
    baseline: Path | None = None
    write_baseline: Path | None = None
    only_new: bool = False


def to_validate(options: Options) -> ValidateOptions:
    """Return the options of `validate` with the common options copied from `options`."""
    shared = {field.name: getattr(options, field.name) for field in fields(Options)}
    return ValidateOptions(**shared)
