"""The options of `placement`, as plain data."""

from dataclasses import dataclass

from transformer.config.validate_options import ValidateOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementOptions(ValidateOptions):
    """The options of `placement`; what it reads is given by those of `validate`."""

    format: str = "table"
    before_after: bool = False
    pool: tuple[str, ...] = ()
    """The only pools to show (none: all)."""
    plan: bool = False
    explain: str = ""
    """The workload to explain, as `Kind/namespace/name`."""
