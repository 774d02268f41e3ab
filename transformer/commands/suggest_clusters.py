"""The `suggest-clusters` command: the `clusters` that follow from what Flux and Argo CD deploy."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from transformer.commands.host import discovery_options
from transformer.config.first_configuration import KIND, cluster_lines
from transformer.config.options import Options
from transformer.config.resolve import NAME, find, resolve
from transformer.inputs.discovery import discover
from transformer.inputs.repository_top import git_top
from transformer.inputs.survey import Survey
from transformer.pipeline.cluster_suggestions import Suggestion, suggested
from transformer.pipeline.deployed_paths import unpacked
from transformer.pipeline.settings import Cluster, Settings
from transformer.report.formatting import clean

_BY_HAND = "if there are several clusters, write `clusters` by hand (docs/validation.md), such as"

_EXAMPLE = tuple(Cluster(name, (f"/clusters/{name}/",)) for name in ("east", "west"))


def run(paths: tuple[str, ...], options: Options) -> int:
    """Print the clusters that follow from the files at `paths`, and return the exit status.

    Raises:
        SettingsError: the configuration is invalid, or a PATH does not exist.
    """
    settings, root = _resolved(options)
    if settings.clusters or settings.scopes:
        key = "clusters" if settings.clusters else "scopes"
        _say(f"nothing to suggest: {settings.name} has `{key}` already")
        return 0
    paths = paths or (os.path.relpath(root),)
    sources = discover(paths, discovery_options(settings, root))
    found = Survey(root)
    for source in sources:
        found.take(source, options.max_document)
    for name in found.unread:
        _say(f"left out, because it cannot be read: {name}")
    suggestion = suggestion_of(found)
    for note in suggestion.notes:
        _say(note)
    new = "" if settings.name else os.path.relpath(root / NAME)
    if suggestion.clusters:
        print("".join(_lines(suggestion.clusters, found.objects, new)), end="")
    else:
        _say(f"nothing to suggest: {suggestion.reason}; {_BY_HAND}")
        print("".join(_lines(_EXAMPLE, 0, new)), end="", file=sys.stderr)
    return 0


def _resolved(options: Options) -> tuple[Settings, Path]:
    """Return the settings, and the folder of the configuration: without any, or with an empty one
    (into which the shell is to write), the top of the repository.
    """
    found = find(Path.cwd())
    if options.config is None and (found is None or not found.stat().st_size):
        return Settings(), found.parent if found else git_top(Path.cwd()) or Path.cwd()
    return resolve(options)


def suggestion_of(found: Survey) -> Suggestion:
    """Return the clusters that follow from the objects of Flux and Argo CD in a repository."""
    deployments = unpacked(found.deployments, found.copies, found.known)
    return suggested(deployments, found.built, found.known)


def _lines(clusters: Sequence[Cluster], count: int, new: str) -> Iterator[str]:
    """Yield the text to paste: below `spec`, or all of the file `new` if it is to be made.

    The clusters follow from `count` objects; they are an example if that is 0.
    """
    yield f"# {new}\n{KIND}spec:\n" if new else "  # Below `spec`.\n"
    source = f"  # From {count} objects of Flux and Argo CD." if count else "  # An example."
    yield f"{source} A file may belong to several clusters.\n"
    yield from cluster_lines(clusters)


def _say(message: str) -> None:
    print(clean(message), file=sys.stderr)
