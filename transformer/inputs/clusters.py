"""Whether there are the clusters that the configuration and `--cluster` name."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from transformer.errors import SettingsError
from transformer.globs import is_chosen
from transformer.inputs.comparison import States
from transformer.inputs.discovery import (
    DiscoveryOptions,
    is_taken,
    relative_to_root,
    scope_of,
    searched,
)
from transformer.wording import any_of, clip, did_you_mean


def check_clusters(states: States, options: DiscoveryOptions, name: str) -> None:
    """Check that each cluster has a file: in the input, or else below the folder of the
    configuration, which is called `name`.

    Raises:
        SettingsError: a cluster of the configuration, or of `options.only`, has none.
    """
    if not (options.clusters or options.scopes or options.only):
        return
    if any(source.is_stream for source in states.new):  # it belongs to none
        return
    files = (*states.new, *states.new_context, *(states.old or ()), *states.old_context)
    given = (source.relative for source in files)
    search = _Search(options)
    search.run(chain(given, _on_disk(options)))
    search.refuse(name)


class _Search:
    """What no file has been found for yet."""

    def __init__(self, options: DiscoveryOptions) -> None:
        self._options = options
        self._clusters = list(options.clusters)
        self._scopes = [pattern for pattern in options.scopes if not pattern.startswith("!")]
        self._only = [name for name in options.only if name not in _names(options)]
        self._known = dict.fromkeys(_names(options))

    def run(self, files: Iterable[str]) -> None:
        """Look at the paths of files until everything has been found."""
        for file in files:
            if not (self._clusters or self._scopes or self._only):
                return
            self._clusters = [one for one in self._clusters if not is_chosen(file, one.paths)]
            self._scopes = [one for one in self._scopes if not scope_of(file, (one,))]
            names = self._options.clusters_of(file) if self._only else ()
            self._known.update(dict.fromkeys(names))
            self._only = [name for name in self._only if name not in names]

    def refuse(self, name: str) -> None:
        """Raise an error for what has not been found."""
        if self._clusters:
            first = self._clusters[0]
            patterns = any_of([f'"{clip(pattern)}"' for pattern in first.paths])
            message = f"the cluster {first.name} has no files: nothing matches {patterns}"
            hint = (
                "correct its `paths`, which are relative to the folder of this file, or remove it"
            )
            raise SettingsError(message, file=name, line=first.line, column=1, hint=hint)
        if self._scopes:
            message = (
                f'the pattern "{clip(self._scopes[0])}" of `scopes` matches no folder with files'
            )
            hint = "correct it (it is relative to the folder of this file), or remove it"
            raise SettingsError(message, file=name, hint=hint)
        if self._only:
            message = f'there is no cluster "{clip(self._only[0])}"'
            hint = did_you_mean(self._only[0], self._known)
            if not hint and self._known:
                hint = f"one of {any_of(list(self._known)[:10])}"
            raise SettingsError(message, hint=hint or "the configuration has no `clusters`")


def _names(options: DiscoveryOptions) -> list[str]:
    return [one.name for one in options.clusters]


def _on_disk(options: DiscoveryOptions) -> Iterator[str]:
    """Yield the paths of all files that a search of the configuration's folder finds."""
    for name in searched(os.walk(options.root)):
        relative = relative_to_root(Path(name), options.root)
        if is_taken(relative, options.include, options.exclude):
            yield relative
