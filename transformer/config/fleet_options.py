"""The options of `fleet`, as plain data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from transformer.config.fleet_tasks import DEFAULT_TIMEOUT
from transformer.text.framing import MAX_DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOptions:
    """The options of `fleet`."""

    repos: tuple[str, ...] = ()
    revision: str = ""
    """Of every repository for which its list has none."""
    check: bool = False
    validate: bool = False
    placement: bool = False
    patch_dir: Path | None = None
    fail_on: tuple[str, ...] = ()
    jobs: int | None = None
    scheduler: str = ""
    """The address of the scheduler of a Dask cluster (empty: processes of this machine)."""
    timeout: float = DEFAULT_TIMEOUT
    cache: Path | None = None
    no_cache: bool = False
    pools: tuple[str, ...] = ()
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    on_invalid: Literal["fail", "pass"] | None = None
    strict: bool = False
    max_document: int = MAX_DOCUMENT
    quiet: bool = False
