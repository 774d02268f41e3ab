"""The interface between a command and its host: a person, pre-commit, kustomize, or kpt.

An adapter in `hosts/` defines what its host reads, what it answers, and how it reports; the command
does the rest.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, NamedTuple, NoReturn, TypeVar

from transformer.errors import SettingsError
from transformer.inputs.discovery import DiscoveryOptions, Source, discover
from transformer.pipeline.baseline import Baseline
from transformer.pipeline.settings import Settings
from transformer.runs.workers import MOST_WORKERS

Reads = TypeVar("Reads")
Answers = TypeVar("Answers")


class Host(NamedTuple, Generic[Reads, Answers]):
    """The host of a command, with the configuration that applies there.

    `root`: the folder that paths in `settings` are relative to. `reads`: what the command reads.
    `answers`: where its result goes. `fails_on_change`: a changed file fails a run of `transform`,
    which then asks for `git add`. `is_lenient`: `validate` only notes a file that cannot be read
    and does not look like a manifest. `cache`: where it remembers files that are not reported.
    `keeps`: where a baseline to write goes instead of to its file.
    `config`: the file of the configuration, if the host passes one. `workers`: the maximum number
    of additional processes.
    """

    settings: Settings
    root: Path
    reads: Reads
    answers: Answers
    fails_on_change: bool = False
    is_lenient: bool = False
    cache: Path | None = None
    keeps: Callable[[Baseline], object] | None = None
    config: Path | None = None
    workers: int = MOST_WORKERS

    def own_files(self) -> list[Path]:
        """Return the files that the settings come from, or name."""
        found = [self.config, Path(self.settings.name) if self.settings.name else None]
        return [path for path in (*found, self.baseline) if path is not None]

    @property
    def baseline(self) -> Path | None:
        """The baseline that the settings name, relative to the working folder."""
        named = self.settings.baseline
        return Path(os.path.relpath(self.root / named)) if named else None

    def pool_sources(self, pools: Iterable[str]) -> list[Source]:
        """Return the files of NodePools: those of `--pools`, then those that the settings name."""
        paths = [*pools, *(str(self.root / path) for path in self.settings.pool_paths)]
        return discover(paths, DiscoveryOptions(self.root))


def discovery_options(
    settings: Settings, root: Path, only: tuple[str, ...] = ()
) -> DiscoveryOptions:
    """Return how folders are searched with `settings`, whose patterns are relative to `root`; of
    the clusters only those in `only` (none: all).
    """
    include, exclude = settings.include, settings.exclude
    return DiscoveryOptions(root, include, exclude, settings.scopes, settings.clusters, only)


def refuse(one: str, other: str) -> NoReturn:
    """Raise a `SettingsError`: two arguments cannot be used together."""
    raise SettingsError(f"{one} and {other} cannot be used together", hint="remove one of them")
