"""The options of the commands, with the names of the command line and their defaults."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from transformer.text.framing import MAX_DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of every command that reads manifests."""

    report_file: Path | None = None
    report_to: tuple[tuple[str, Path], ...] = ()
    """Formats and files of further reports."""

    pools: tuple[str, ...] = ()
    config: Path | None = None
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    on_invalid: Literal["fail", "pass"] | None = None
    strict: bool = False
    stdin_filename: str = "<stdin>"
    max_document: int = MAX_DOCUMENT
    quiet: bool = False
    verbose: bool = False
    brief: bool = False
    """Print what makes the run fail, and only count the rest, as hooks do without `verbose`."""

    color: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformOptions(Options):
    """The options of `transform`."""

    write: bool = False
    check: bool = False
    diff: bool = False
    output: str = "manifests"
    allow_reformat: bool = False
    all_or_nothing: bool = False
    report: str | None = None

    @property
    def prints_manifests(self) -> bool:
        """Whether transformed manifests go to standard output."""
        return self.output == "manifests" and not (self.check or self.diff)
